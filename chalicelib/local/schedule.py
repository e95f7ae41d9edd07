"""When a schedule fires next: ``rate(...)`` and ``cron(...)`` as EventBridge writes them, to the minute, in UTC."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone

_RATE = re.compile(r"rate\(([1-9][0-9]{0,4}) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_PART = re.compile(r"(?:[*?]|(?P<first>[0-9]{1,4})(?:-(?P<last>[0-9]{1,4}))?)(?:/(?P<step>[1-9][0-9]{0,3}))?")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_YEARS_AHEAD = 5

NextAfter = Callable[[datetime], datetime]


def schedule(expression: str) -> NextAfter:
    """The first time after a given one at which the expression fires; raises ValueError for one that we cannot read.

    Of cron: numbers, ``*``, ``?``, ranges, steps and lists (not names, ``L``, ``W`` or ``#``); Sunday is 1.
    """
    if rate := _RATE.fullmatch(expression):
        period = timedelta(**{f"{rate[2]}s": int(rate[1])})
        return lambda after: after + period
    if cron := _CRON.fullmatch(expression):
        fields = [_field(text, *bounds, expression) for text, bounds in zip(cron.groups(), _RANGES, strict=True)]
        return lambda after: _next(fields, after, expression)
    raise ValueError(f"{expression}: use rate(5 minutes) or cron(0/5 * * * ? *)")


def _field(text: str, low: int, high: int, expression: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{expression}: {part!r} is not understood here; use numbers, *, ?, ranges, steps and lists")
        first = int(match["first"] or low)
        # ``0/5`` runs to the end, ``5`` is itself alone.
        last = int(match["last"] or (high if match["first"] is None or match["step"] else first))
        if not low <= first <= last <= high:
            raise ValueError(f"{expression}: {part!r} is outside {low} to {high}")
        found.update(range(first, last + 1, int(match["step"] or 1)))
    return frozenset(found)


def _next(fields: list[frozenset[int]], after: datetime, expression: str) -> datetime:
    minutes, hours, days, months, weekdays, years = fields
    start = after.astimezone(timezone.utc).replace(second=0, microsecond=0) + timedelta(minutes=1)
    for ahead in range(_YEARS_AHEAD * 366):
        day: date = start.date() + timedelta(days=ahead)
        weekday = day.isoweekday() % 7 + 1
        if day.year not in years or day.month not in months or day.day not in days or weekday not in weekdays:
            continue
        for hour in sorted(hours):
            for minute in sorted(minutes):
                at = datetime.combine(day, time(hour, minute), timezone.utc)
                if at >= start:
                    return at
    raise ValueError(f"{expression}: does not fire within {_YEARS_AHEAD} years")
