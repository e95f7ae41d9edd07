"""What may vary inside a wording: one slot each."""
