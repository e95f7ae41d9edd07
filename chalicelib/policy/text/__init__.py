"""How a text reads: its words, what looks alike folded to read alike, its sentences and its language."""
