"""When a brand is open: hours, holidays and both clock-change nights, in the brand's own zone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from chalicelib.domain.account import Brand

LOOK_AHEAD = timedelta(days=14)
"""A brand that does not open within this time has no next opening that we would promise."""


def open_spans(brand: Brand, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Opening spans (UTC, half-open) that end after ``since``, earliest first, over ``LOOK_AHEAD``; spans may touch."""
    zone = ZoneInfo(brand.zone)
    day = since.astimezone(zone).date() - timedelta(days=1)
    while day <= (since + LOOK_AHEAD).astimezone(zone).date():
        for shift in brand.hours:
            if shift.weekday == day.weekday() and day not in brand.holidays:
                opens, closes = _local(day, shift.opens, zone), _local(day, shift.closes, zone)
                if closes > since:
                    yield opens, closes
        day += timedelta(days=1)


def is_open(brand: Brand, at: datetime) -> bool:
    """Whether the brand is open at ``at``."""
    return any(opens <= at < closes for opens, closes in open_spans(brand, at))


def next_opening(brand: Brand, at: datetime) -> datetime | None:
    """``at`` itself while open, else when the brand opens next; None if not within ``LOOK_AHEAD``."""
    return next((max(opens, at) for opens, _ in open_spans(brand, at)), None)


def after_open_minutes(brand: Brand, at: datetime, minutes: int) -> datetime:
    """When ``minutes`` of opening time have passed since ``at``; the end of ``LOOK_AHEAD`` if they never do."""
    left = timedelta(minutes=minutes)
    reached = at
    for opens, closes in open_spans(brand, at):
        start = max(opens, reached)
        if closes <= start:
            continue
        if start + left <= closes:
            return start + left
        left -= closes - start
        reached = closes
    return at + LOOK_AHEAD


def _local(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Local wall time as UTC; in the hour that a clock change skips, the first real moment after it."""
    whole = day + timedelta(days=minutes // 1440)
    wall = datetime.combine(whole, time(minutes % 1440 // 60, minutes % 60), tzinfo=zone)
    return wall.astimezone(timezone.utc)
