"""What a policy that can be read may still get wrong: one file an area, each ends ``LINTS = (...)``."""
