"""What we may do: pure."""
