"""One slot each."""
