"""What we say: parts, frames, the code that spreads them, tone checks, sameness. Pure."""
