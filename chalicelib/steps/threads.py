"""What a thread remembers of our public words: one way to write it, for the machine, for people, and for what they took back."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.facts import Thread, ThreadPost
from chalicelib.domain.keys import Key
from chalicelib.ports import Put, Write
from chalicelib.steps.rows import to_row, unchanged

KEPT = 50
"""The latest posts of ours that a thread remembers."""


def put_thread(place: Key, before: Thread, posts: tuple[ThreadPost, ...], acknowledgements: int = 0) -> Write:
    """The write of a thread with these posts and so many more acknowledgements, if nobody changed it meanwhile."""
    after = replace(
        before,
        version=before.version + 1,
        acknowledgements=before.acknowledgements + acknowledgements,
        posts=posts[-KEPT:],
    )
    return Put(place, to_row(after, key=place), when=unchanged(before.version))
