"""What became different between two policies, and which way it points; the parts of a diff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """Which way a change points. TIGHTENS is proven; whatever is not proven is LOOSENS or MIXED.

    EQUIVALENT: no mention ends otherwise. TIGHTENS: no mention that went to a person is acknowledged. LOOSENS: some may be.
    MIXED: it points both ways, or nobody can tell.
    """

    EQUIVALENT = "equivalent"
    TIGHTENS = "tightens"
    LOOSENS = "loosens"
    MIXED = "mixed"

    @property
    def alone(self) -> bool:
        """Whether one person may ship it."""
        return self in (Direction.EQUIVALENT, Direction.TIGHTENS)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``place`` is ``<brand>/<what>`` or ``bundle/<what>``, ``says`` one sentence for people."""

    place: str
    direction: Direction
    says: str


def joined(directions: Iterable[Direction]) -> Direction:
    """The direction of several changes together."""
    seen = set(directions) - {Direction.EQUIVALENT}
    if not seen:
        return Direction.EQUIVALENT
    return seen.pop() if len(seen) == 1 else Direction.MIXED


def both_ways(looser: bool, stricter: bool) -> Direction:
    """The direction of a change that may do one, the other, both or nothing."""
    if looser and stricter:
        return Direction.MIXED
    return Direction.LOOSENS if looser else Direction.TIGHTENS if stricter else Direction.EQUIVALENT


def named(texts: Iterable[str], most: int = 5) -> str:
    """Up to ``most`` texts in quotes, and how many more there are."""
    every = sorted(texts)
    shown = ", ".join(f"“{text}”" for text in every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"
