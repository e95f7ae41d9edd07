"""The Reed–Solomon code that decides which wordings stand together in one word."""

from __future__ import annotations

from functools import cache
from math import isqrt

PLACES = 5
"""Parts of a word."""


@cache  # asked for every word of a voice
def size(p: int) -> int:
    """How many words the code over the prime ``p`` has; raises ValueError unless ``p`` is a prime of at least 5."""
    if p < PLACES or any(p % divisor == 0 for divisor in range(2, isqrt(p) + 1)):
        raise ValueError(f"{p} is not a prime of at least {PLACES}")
    return p * p * p


def numbers(index: int, p: int) -> tuple[int, ...]:
    """The five numbers of word ``index``, each in 0 … p-1; raises ValueError for an index outside the code.

    Write the index to the base p, index = u0 + p·u1 + p²·u2. Part j takes f(j) mod p with f(j) = u0 + u1·j + u2·j².

    Guarantee: two different words share at most 2 of their 5 numbers. Proof: where they share one, the difference
    d = f - g of their polynomials has a root. d has degree at most 2 and is not zero, because an index has one expansion.
    The integers mod a prime are a field, and over a field a polynomial of degree at most 2 that is not zero has at most 2
    roots; 0 … 4 are five different elements because p ≥ 5. With equal u2, d has degree at most 1: at most 1 root. With equal
    u1 and u2, d is a constant other than zero: no root. So the p words that follow each other from a multiple of p
    share nothing at all. Leaving words out keeps all of this. (I. S. Reed and G. Solomon, 1960.)
    """
    if not 0 <= index < size(p):
        raise ValueError(f"word {index} is outside a code of {size(p)} words")
    u0, u1, u2 = index % p, index // p % p, index // p**2
    return tuple((u0 + u1 * place + u2 * place**2) % p for place in range(PLACES))
