"""The pieces of the LinkedIn platform file: names of things, notifications, and the comments API."""
