"""The defaults of DESIGN §4 that a deployment may tighten; ``settings`` reads them, ``doctor`` shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every duration and count that decides when a reply may still go out."""

    hold: timedelta = timedelta(seconds=90)
    platform_timeout: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=30)
    deadline: timedelta = timedelta(minutes=15)
    freshness: timedelta = timedelta(minutes=30)
    window: timedelta = timedelta(hours=72)
    clock_skew: timedelta = timedelta(seconds=30)
    per_author: timedelta = timedelta(hours=24)
    per_thread: int = 2
    unsealed: timedelta = timedelta(minutes=15)
    receives: int = 5
    body_bytes: int = 1_000_000
    timestamp_tolerance: timedelta = timedelta(minutes=5)
