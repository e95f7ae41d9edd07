"""When a brand is open: hours, holidays and both clock-change nights, in the brand's own zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from chalicelib.domain.account import Brand

LOOK_AHEAD = timedelta(days=14)
"""How far opening hours are followed."""


@dataclass(frozen=True, slots=True)
class Span:
    """Opening hours without a gap, in UTC, half-open."""

    opens: datetime
    closes: datetime


def open_spans(brand: Brand, since: datetime) -> Iterator[Span]:
    """Spans that are not over at ``since``, in order, over ``LOOK_AHEAD``.

    A shift belongs to the date on which it opens, and so does a holiday; shifts that touch or overlap are one span.
    """
    zone = ZoneInfo(brand.zone)
    today = since.astimezone(zone).date()
    dates = (today + timedelta(days=ahead) for ahead in range(-2, LOOK_AHEAD.days))
    shifts = sorted(
        (_instant(day, shift.opens, zone), _instant(day, shift.closes, zone))
        for day in dates
        for shift in brand.hours
        if shift.weekday == day.weekday() and day not in brand.holidays
    )
    last: Span | None = None
    for opens, closes in shifts:
        if last is not None and opens <= last.closes:
            last = Span(last.opens, max(last.closes, closes))
            continue
        if last is not None and last.closes > since:
            yield last
        last = Span(opens, closes)
    if last is not None and last.closes > since:
        yield last


def is_open(brand: Brand, at: datetime) -> bool:
    """Whether the brand is open at ``at``."""
    span = next(open_spans(brand, at), None)
    return span is not None and span.opens <= at


def after_open_minutes(brand: Brand, at: datetime, minutes: int) -> datetime:
    """When ``minutes`` of opening time have passed since ``at``; the end of ``LOOK_AHEAD`` if they never do."""
    left = timedelta(minutes=minutes)
    for span in open_spans(brand, at):
        start = max(span.opens, at)
        if start + left <= span.closes:
            return start + left
        left -= span.closes - start
    return at + LOOK_AHEAD


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Minutes on the wall clock after local midnight, in UTC: 480 is 08:00 on both nights when the clocks change."""
    local = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return local.replace(tzinfo=zone).astimezone(timezone.utc)
