"""Where people are told: one file each, sans-I/O, found by its name."""
