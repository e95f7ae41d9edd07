"""How long nobody has mentioned an account, in usual gaps: five of them are no quiet afternoon. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone

GAPS = 5
"""So many usual gaps without a mention, and somebody should look at the subscription."""

HOURS = 7 * 24
"""What is usual is learned for each hour of the week (0 is Monday from 00:00 UTC), so that a night is not a silence."""

HUNDREDTHS = 100
"""Stored numbers are whole: mentions are kept in hundredths."""

LEARNED_IN = 8
"""Looks after which most of what is usual comes from the latest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """What an account usually hears between two looks, by the hour of the week, and what it should have heard since it last did.

    Both in hundredths of a mention. Five usual gaps are over when five mentions were to be expected and none came.
    """

    usual: tuple[int, ...] = (0,) * HOURS
    missed: int = 0

    @property
    def is_long(self) -> bool:
        """Whether five usual gaps are over."""
        return self.missed >= GAPS * HUNDREDTHS


def after(silence: Silence, heard: int, now: datetime) -> Silence:
    """After one more look, at which ``heard`` mentions had come since the last. A long silence teaches nothing."""
    at = now.astimezone(timezone.utc)
    hour = at.weekday() * 24 + at.hour
    expected = silence.usual[hour]
    missed = 0 if heard else silence.missed + expected
    if missed >= GAPS * HUNDREDTHS:
        return replace(silence, missed=missed)
    step = heard * HUNDREDTHS - expected
    learned = heard * HUNDREDTHS if expected == 0 else expected + (step // LEARNED_IN if abs(step) >= LEARNED_IN else 0)
    return replace(silence, usual=(*silence.usual[:hour], learned, *silence.usual[hour + 1 :]), missed=missed)
