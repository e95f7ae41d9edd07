"""Signatures over raw bytes, compared in constant time."""
