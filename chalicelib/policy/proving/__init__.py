"""What proves a policy before it ships: its tests, what they would miss, and its lint."""
