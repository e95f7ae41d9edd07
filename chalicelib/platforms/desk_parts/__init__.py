"""What comes through the desk's door."""
