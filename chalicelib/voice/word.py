"""What a word is made of: wordings in five parts, a frame that orders them, a disclosure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from chalicelib.registry import members
from chalicelib.voice.slots.contract import Slot

PARTS = ("seen", "owner", "happens", "where", "when")
"""The five coded parts in the order of the code: seen · owner · what happens · where · when."""

SLOTS: Mapping[str, Slot] = members("chalicelib.voice.slots", "SLOT")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
"""A slot in a wording: its name between braces."""


@dataclass(frozen=True, slots=True)
class Approval:
    """Who let a wording be said to the public, and since when."""

    by: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """One way to say one part: a clause without capital or full stop.

    ``without`` is its form when an optional slot has no value, ``topics`` its own form for some topics. A retired wording
    keeps its number taken and is never said again. ``approved`` None: with the whole edition.
    """

    text: str
    without: str | None = None
    topics: Mapping[str, str] = field(default_factory=dict)
    retired: bool = False
    approved: Approval | None = None

    @property
    def base(self) -> str:
        """The text with its slots masked: what makes two wordings the same."""
        return _masked(self.text)

    def mark(self, part: str) -> str:
        """``<part>:<12 hex>`` of what it says: the same in every edition and voice, so a switch or a memory outlives a number."""
        return _mark(part, self.text)

    def forms(self) -> tuple[str, ...]:
        """Every text that this wording may turn into."""
        return (self.text, *(() if self.without is None else (self.without,)), *self.topics.values())


@dataclass(frozen=True, slots=True)
class Frame:
    """An order of the five parts, and what stands after each of them (the last one is a full stop)."""

    order: tuple[str, ...]
    joins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word of the code: five wordings, and the frame and disclosure that its index brings (they never count)."""

    index: int
    voice: str
    numbers: tuple[int, ...]
    parts: tuple[Wording, ...]
    frame: Frame
    disclosure: str

    @property
    def wordings(self) -> tuple[str, ...]:
        """``<part>:<number>``, five of them in the order of the code."""
        return tuple(f"{part}:{number}" for part, number in zip(PARTS, self.numbers, strict=True))

    @property
    def marks(self) -> tuple[str, ...]:
        """What each of the five says (see ``Wording.mark``), in the order of the code."""
        return tuple(wording.mark(part) for part, wording in zip(PARTS, self.parts, strict=True))

    @property
    def opening(self) -> str:
        """The mark of what is said first."""
        first = PARTS.index(self.frame.order[0])
        return self.parts[first].mark(PARTS[first])

    @property
    def lock(self) -> str:
        """SHA-256 (hex) over the voice and the five base texts in the order of the code: the same in every edition."""
        said = "\n".join((self.voice, *(wording.base for wording in self.parts)))
        return hashlib.sha256(said.encode()).hexdigest()


@lru_cache(maxsize=4096)
def _masked(text: str) -> str:
    return PLACEHOLDER.sub("{}", text)


@lru_cache(maxsize=4096)
def _mark(part: str, text: str) -> str:
    return f"{part}:{hashlib.sha256(_masked(text).encode()).hexdigest()[:12]}"
