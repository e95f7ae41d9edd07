"""What ops look for in a text: phrases and named detectors, and where they stand in it."""
