"""How far a voice reaches: how many words it has to say, for how long, and which part is worth one more wording."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.voice import code
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import PARTS

USABLE = 0.7
"""The share of its words that a voice should spend in one window at most (DESIGN §6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a voice reaches.

    ``live`` of ``size`` words can be said. ``gains`` maps each part with a free number to the words that one more wording
    would bring; empty where every number is taken: then a new edition with a larger p is the way on.
    """

    size: int
    live: int
    gains: dict[str, int]

    @property
    def best_part(self) -> str | None:
        """The part where one more wording brings the most words; None where none brings any."""
        part = max(self.gains, key=lambda part: self.gains[part], default=None)
        return part if part is not None and self.gains[part] else None

    def lasts_h(self, per_hour: float) -> float:
        """For how many hours the words last at a volume, when every one is said once."""
        return self.live / per_hour

    def fill(self, per_hour: float, window_h: float = 72.0) -> float:
        """The share of the words that a window holds at a volume; plan for ``USABLE`` at most."""
        return per_hour * window_h / self.live if self.live else float("inf")


def reach(voice: Voice, withdrawn: frozenset[str] = frozenset()) -> Reach:
    """Count by enumeration what can be said without the ``withdrawn`` marks."""
    parts = [
        frozenset(at for at, one in voice.parts[part].items() if not one.retired and one.mark(part) not in withdrawn)
        for part in PARTS
    ]
    live, gained = 0, {part: dict[int, int]() for part in PARTS}
    for index in range(voice.size):
        missing = [
            (part, at) for part, known, at in zip(PARTS, parts, code.numbers(index, voice.p), strict=True) if at not in known
        ]
        live += not missing
        if len(missing) == 1:
            part, at = missing[0]
            gained[part][at] = gained[part].get(at, 0) + 1
    free = {part: set(range(voice.p)) - voice.parts[part].keys() for part in PARTS}
    gains = {part: max(gained[part].get(at, 0) for at in numbers) for part, numbers in free.items() if numbers}
    return Reach(size=voice.size, live=live, gains=gains)
