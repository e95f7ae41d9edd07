"""One process that runs every Lambda of app.py; never imported by a Lambda."""
