"""How long a reply is, as the strictest platform weighs it."""

from __future__ import annotations


def weight(text: str) -> int:
    """How long X says ``text`` is: characters outside Latin and common punctuation count twice (twitter-text config v3)."""
    return sum(1 if weighs_one(character) else 2 for character in text)


def weighs_one(character: str) -> bool:
    """Whether X counts the character once."""
    point = ord(character)
    return point <= 4351 or 8192 <= point <= 8205 or 8208 <= point <= 8223 or 8242 <= point <= 8247
