"""When a person will have answered: what an acknowledgement may honestly promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.account import Brand
from chalicelib.domain.fact import Fact, Known
from chalicelib.domain.facts import Rota, Wait
from chalicelib.domain.hours import Span, open_spans

DAYS_AHEAD = 6
"""The furthest opening that may be named: one day more, and "on Monday" would mean two days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is promised. ``due`` is the last moment (UTC) at which the promise is still kept; None: no time is named.

    Either ``minutes`` (the wait, rounded up) or ``opens`` (the local time from which people answer, ``days`` local days
    ahead of the reply, in the zone that the public calls ``zone_name``) is set, or neither.
    """

    due: datetime | None = None
    minutes: int | None = None
    opens: datetime | None = None
    days: int = 0
    zone_name: str = ""


def expectation(brand: Brand, now: datetime, rota: Fact[Rota], wait: Fact[Wait]) -> Expectation | None:
    """What a reply that goes out at ``now`` may promise; None where nobody is known to keep any promise.

    Open and staffed: the 80th percentile of the wait, rounded up; no number where the wait is not known. Closed, unstaffed
    or too late to answer before closing: the next moment at which the brand is open and a shift is known. Pass the time
    of the post, not of the decision: "tomorrow" is read on the day of the post.
    """
    if not isinstance(rota, Known):
        return None
    people = _People.of(rota.value, now)
    spans = tuple(open_spans(brand, now))
    current = next((span for span in spans if span.opens <= now), None)
    if current is None or not people.there_at(now):
        return _from_opening(brand, now, now, spans, people)
    if not isinstance(wait, Known):
        return Expectation()
    minutes = round_up(wait.value.p80_minutes)
    due = now + timedelta(minutes=minutes)
    if due <= current.closes and people.there_at(due):
        return Expectation(due=due, minutes=minutes)
    return _from_opening(brand, now, min(current.closes, due), spans, people)


def round_up(minutes: int) -> int:
    """Minutes rounded up: to 10 up to an hour, to 30 up to two hours, then to whole hours; at least 10."""
    step = 10 if minutes <= 60 else 30 if minutes <= 120 else 60
    return max(10, -(-minutes // step) * step)


@dataclass(frozen=True, slots=True)
class _People:
    """Who is known to be there: until ``until`` (None: nobody is now), and again from ``again`` (None: not known)."""

    until: datetime | None
    again: datetime | None

    @staticmethod
    def of(rota: Rota, now: datetime) -> _People:
        """A next shift that lies in the past has not come: it is no longer known."""
        until = rota.until if rota.on_shift > 0 and rota.until > now else None
        return _People(until, rota.next_shift if rota.next_shift is not None and rota.next_shift > now else None)

    def there_at(self, at: datetime) -> bool:
        return (self.until is not None and at < self.until) or (self.again is not None and self.again <= at)

    def from_(self, at: datetime) -> datetime | None:
        """The first moment at or after ``at`` when somebody is there."""
        return at if self.there_at(at) else self.again


def _from_opening(brand: Brand, now: datetime, after: datetime, spans: tuple[Span, ...], people: _People) -> Expectation | None:
    """The first moment from ``after`` on at which the brand is open and somebody is there, up to the minute."""
    starts = ((people.from_(max(span.opens, after)), span) for span in spans if span.closes > after)
    start = next((at for at, span in starts if at is not None and at < span.closes), None)
    if start is None:
        return None
    zone = ZoneInfo(brand.zone)
    due = start + timedelta(seconds=-start.second % 60, microseconds=-start.microsecond)
    opens = due.astimezone(zone)
    days = (opens.date() - now.astimezone(zone).date()).days
    return Expectation(due=due, opens=opens, days=days, zone_name=brand.zone_name) if days <= DAYS_AHEAD else None
