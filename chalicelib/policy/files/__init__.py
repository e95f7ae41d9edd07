"""The files that ops write: read strictly, laid out, checked as one pack and compiled to a bundle."""
