"""The pieces of the X platform file: two webhook shapes and the posting API."""
