"""What happens, in order; talks to ports only."""
