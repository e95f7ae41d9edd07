"""How like a draft is to what the account said lately: it asks the person who writes, it never forbids."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.voice.sameness import mask, overlap, trigrams

WARN, ASK = 0.60, 0.80
"""Similarity from which the writer is shown the closest posts, and from which one sentence is asked for (issue: DESIGN §6)."""

SHOWN = 3
"""How many of the closest posts are shown."""


@dataclass(frozen=True, slots=True)
class Post:
    """One public post of the account; ``by``: machine | person."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Near:
    """An earlier post, how like it the draft is (0 … 1), and how old it is."""

    post: Post
    similarity: float
    age: timedelta


def closest(draft: str, posts: Iterable[Post], disclosures: Iterable[str], now: datetime) -> Sequence[Near]:
    """The ``SHOWN`` posts most like ``draft``, the closest first; handles, greeted names, initials, numbers, links and
    ``disclosures`` do not count, and among equals the newest comes first."""
    forms = tuple(disclosures)
    ours = trigrams(mask(draft, forms))
    near = (Near(post, overlap(ours, trigrams(mask(post.text, forms))), now - post.at) for post in posts)
    return heapq.nsmallest(SHOWN, near, key=lambda one: (-one.similarity, one.age))
