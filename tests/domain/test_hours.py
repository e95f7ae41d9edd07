"""Minutes that count are minutes in which somebody is there to use them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from chalicelib.domain.account import Brand, Shift
from chalicelib.domain.hours import LOOK_AHEAD, after_open_minutes, open_spans

DAYTIME = tuple(Shift(weekday=day, opens=8 * 60, closes=22 * 60) for day in range(7))
UK = Brand(
    id="b", name="B", zone="Europe/London", zone_name="UK", hours=DAYTIME, holidays=frozenset(), languages=("en",),
    industries=(), accounts=(), voice="plain", teams={}, own_names=(), sla_minutes=(15, 60, 240, 480, 1440),
)  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-06-13T15:00", 60, "2026-06-13T16:00"),
        ("2026-06-13T20:30", 60, "2026-06-14T07:30"),  # half an hour before closing at 22:00 BST, the rest from 08:00
        ("2026-06-13T23:00", 60, "2026-06-14T08:00"),
        ("2026-10-24T20:30", 60, "2026-10-25T08:30"),  # the night the clocks go back: 08:00 is 08:00 UTC
        ("2026-03-28T21:30", 60, "2026-03-29T07:30"),  # the night they go forward
    ],
)
def test_open_minutes_stop_while_the_brand_is_closed(start: str, minutes: int, end: str) -> None:
    assert after_open_minutes(UK, at(start), minutes) == at(end)


def test_a_holiday_does_not_count() -> None:
    shut = replace(UK, holidays=frozenset({date(2026, 6, 14)}))
    assert after_open_minutes(shut, at("2026-06-13T20:30"), 60) == at("2026-06-15T07:30")


def test_a_brand_that_never_opens_is_due_at_the_end_of_what_we_look_at() -> None:
    assert after_open_minutes(replace(UK, hours=()), at("2026-06-13T20:30"), 60) == at("2026-06-13T20:30") + LOOK_AHEAD


def test_round_the_clock_is_one_span_even_over_a_clock_change() -> None:
    always = replace(UK, hours=tuple(Shift(weekday=day, opens=0, closes=1440) for day in range(7)))
    assert len(list(open_spans(always, at("2026-10-24T12:00")))) == 1
    assert after_open_minutes(always, at("2026-10-24T23:30"), 180) == at("2026-10-25T02:30")


def test_a_night_shift_belongs_to_the_day_on_which_it_opens() -> None:
    night = replace(UK, hours=(Shift(weekday=5, opens=22 * 60, closes=30 * 60),))
    assert after_open_minutes(night, at("2026-06-14T02:00"), 30) == at("2026-06-14T02:30")
    assert after_open_minutes(night, at("2026-06-14T05:00"), 30) - at("2026-06-14T05:00") > timedelta(days=6)
