"""What we say: pure."""
