from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from chalicelib.domain.account import Brand, Shift
from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown
from chalicelib.domain.facts import Rota, Wait
from chalicelib.voice.expectation import Expectation, expectation, round_up

DAILY = tuple(Shift(weekday=day, opens=8 * 60, closes=22 * 60) for day in range(7))
ALWAYS = tuple(Shift(weekday=day, opens=0, closes=24 * 60) for day in range(7))
NIGHTS = tuple(Shift(weekday=day, opens=20 * 60, closes=28 * 60) for day in range(7))
WAIT: Fact[Wait] = Known(Wait(p80_minutes=35))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def brand(hours: tuple[Shift, ...] = DAILY, zone: str = "Europe/London", holidays: frozenset[date] = frozenset()) -> Brand:
    return Brand(
        id="b",
        name="B",
        zone=zone,
        zone_name="UK",
        hours=hours,
        holidays=holidays,
        languages=("en",),
        industries=(),
        accounts=(),
        voice="plain",
        teams={},
        own_names=(),
        sla_minutes=(),
    )


def on(until: str, next_shift: str | None = None) -> Fact[Rota]:
    return Known(Rota(on_shift=4, until=at(until), next_shift=at(next_shift) if next_shift else None))


def off(next_shift: str | None) -> Fact[Rota]:
    return Known(Rota(on_shift=0, until=at("2020-01-01T00:00"), next_shift=at(next_shift) if next_shift else None))


def opening(found: Expectation | None) -> tuple[str, int, str]:
    """(local clock, days ahead, due in UTC)."""
    assert found is not None
    assert found.opens is not None
    assert found.due is not None
    assert found.minutes is None
    assert found.opens == found.due
    return f"{found.opens:%H:%M}", found.days, f"{found.due:%m-%d %H:%M}"


def test_open_and_staffed_names_the_wait_rounded_up() -> None:
    now = at("2026-06-13T15:04")
    found = expectation(brand(), now, on("2026-06-13T21:00"), WAIT)
    assert found == Expectation(due=now + timedelta(minutes=40), minutes=40)


@pytest.mark.parametrize(
    ("p80", "rounded"), [(-5, 10), (0, 10), (1, 10), (10, 10), (11, 20), (60, 60), (61, 90), (120, 120), (121, 180), (1000, 1020)]
)
def test_a_wait_is_rounded_up_never_down(p80: int, rounded: int) -> None:
    assert round_up(p80) == rounded


@pytest.mark.parametrize("rota", [Unknown(), NotOffered()])
def test_nothing_is_promised_without_a_known_rota(rota: Fact[Rota]) -> None:
    assert expectation(brand(), at("2026-06-13T15:04"), rota, WAIT) is None


def test_nothing_is_promised_when_nobody_is_there_and_no_shift_is_known() -> None:
    assert expectation(brand(), at("2026-06-13T15:04"), off(None), WAIT) is None
    assert expectation(brand(), at("2026-06-13T02:00"), off(None), WAIT) is None


def test_a_next_shift_in_the_past_is_not_a_shift() -> None:
    assert expectation(brand(), at("2026-06-13T15:04"), off("2026-06-13T15:00"), WAIT) is None


def test_no_time_is_named_while_the_wait_is_unknown() -> None:
    assert expectation(brand(), at("2026-06-13T15:04"), on("2026-06-13T21:00"), Unknown()) == Expectation()


def test_a_wait_that_runs_past_closing_becomes_the_next_opening() -> None:
    now = at("2026-06-13T20:40")  # 21:40 in London, closing at 22:00
    found = expectation(brand(), now, on("2026-06-13T21:00", "2026-06-14T07:00"), WAIT)
    assert opening(found) == ("08:00", 1, "06-14 07:00")
    assert opening(expectation(brand(), now, on("2026-06-14T21:00"), WAIT)) == ("08:00", 1, "06-14 07:00")
    assert expectation(brand(), now, on("2026-06-13T21:00"), WAIT) is None


def test_a_wait_that_ends_with_the_shift_becomes_the_next_shift() -> None:
    now = at("2026-06-13T15:04")
    assert opening(expectation(brand(), now, on("2026-06-13T15:30", "2026-06-13T16:00"), WAIT)) == ("17:00", 0, "06-13 16:00")
    handed_over = expectation(brand(), now, on("2026-06-13T15:30", "2026-06-13T15:30"), WAIT)
    assert handed_over is not None
    assert handed_over.minutes == 40


def test_open_but_unstaffed_waits_for_the_next_shift_to_the_next_whole_minute() -> None:
    rota: Fact[Rota] = Known(Rota(on_shift=0, until=at("2026-06-13T09:00"), next_shift=at("2026-06-13T16:07:30")))
    assert opening(expectation(brand(), at("2026-06-13T15:04"), rota, Unknown())) == ("17:08", 0, "06-13 16:08")


def test_a_shift_that_starts_before_opening_answers_from_opening() -> None:
    assert opening(expectation(brand(), at("2026-06-13T02:00"), off("2026-06-13T05:00"), WAIT)) == ("08:00", 0, "06-13 07:00")


@pytest.mark.parametrize(
    ("now", "next_shift", "told"),
    [
        ("2026-10-25T00:30", "2026-10-25T08:00", ("08:00", 0, "10-25 08:00")),  # the night with two 01:30s, still summer time
        ("2026-10-25T01:30", "2026-10-25T08:00", ("08:00", 0, "10-25 08:00")),
        ("2026-10-24T22:30", "2026-10-25T08:00", ("08:00", 1, "10-25 08:00")),
        ("2026-03-29T00:30", "2026-03-29T07:00", ("08:00", 0, "03-29 07:00")),  # the night without a 01:30
        ("2026-03-28T23:30", "2026-03-29T07:00", ("08:00", 1, "03-29 07:00")),
    ],
)
def test_eight_is_eight_on_both_nights_when_the_clocks_change(now: str, next_shift: str, told: tuple[str, int, str]) -> None:
    assert opening(expectation(brand(), at(now), off(next_shift), WAIT)) == told


def test_hours_that_do_not_exist_start_when_the_clock_is_there_again() -> None:
    hours = (Shift(weekday=6, opens=90, closes=20 * 60),)
    assert opening(expectation(brand(hours), at("2026-03-29T00:10"), off("2026-03-29T00:20"), WAIT)) == (
        "02:30",
        0,
        "03-29 01:30",
    )


@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29", "2026-06-13"])
def test_always_open_has_no_gap_at_midnight(day: str) -> None:
    now = at(f"{day}T22:50")
    for minutes in range(0, 180, 10):
        moment = now + timedelta(minutes=minutes)
        found = expectation(brand(ALWAYS), moment, on("2026-12-31T00:00"), WAIT)
        assert found == Expectation(due=moment + timedelta(minutes=40), minutes=40)


def test_a_night_shift_goes_on_after_midnight() -> None:
    now = at("2026-06-14T01:00")  # 02:00 on Sunday, the shift of Saturday
    found = expectation(brand(NIGHTS), now, on("2026-06-14T03:00"), WAIT)
    assert found is not None
    assert found.minutes == 40
    late = expectation(brand(NIGHTS), at("2026-06-14T03:30"), off("2026-06-14T19:00"), WAIT)
    assert opening(late) == ("20:00", 0, "06-14 19:00")


def test_a_holiday_is_closed_and_the_evening_before_is_not() -> None:
    christmas = frozenset({date(2026, 12, 25)})
    found = expectation(brand(holidays=christmas), at("2026-12-25T10:00"), off("2026-12-26T08:00"), WAIT)
    assert opening(found) == ("08:00", 1, "12-26 08:00")
    night = expectation(brand(NIGHTS, holidays=christmas), at("2026-12-25T02:00"), on("2026-12-25T04:00"), WAIT)
    assert night is not None
    assert night.minutes == 40


def test_an_opening_a_week_away_is_not_named() -> None:
    mondays = (Shift(weekday=0, opens=480, closes=1200),)
    tuesday, monday = at("2026-06-16T12:00"), "2026-06-22T07:00"
    assert opening(expectation(brand(mondays), tuesday, off(monday), WAIT)) == ("08:00", 6, "06-22 07:00")
    away = brand(mondays, holidays=frozenset({date(2026, 6, 22)}))
    assert expectation(away, tuesday, off(monday), WAIT) is None
    assert expectation(brand(mondays), at("2026-06-15T20:00"), off(monday), WAIT) is None


def test_a_brand_without_hours_promises_nothing() -> None:
    assert expectation(brand(()), at("2026-06-16T12:00"), on("2026-06-16T20:00", "2026-06-17T08:00"), WAIT) is None


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/Havana"])
def test_whatever_is_named_lies_ahead_and_inside_hours(zone: str) -> None:
    start = at("2026-03-05T00:00")
    for step in range(0, 24 * 280, 7):
        now = start + timedelta(hours=step)
        rota: Fact[Rota] = Known(Rota(on_shift=0, until=now, next_shift=now + timedelta(hours=step % 30, minutes=1)))
        found = expectation(brand(zone=zone), now, rota, WAIT)
        assert found is not None
        assert found.due is not None
        assert found.opens is not None
        assert found.due > now
        assert "08:00" <= f"{found.opens:%H:%M}" < "22:00"
