"""Five usual gaps without a mention are a silence; a quiet night is none, and a silence teaches nothing."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.embedded.memory import START
from chalicelib.steps.silence import Silence, after

WEEK = 7 * 24 * 6
"""Looks of ten minutes."""


def lived(silence: Silence, heard: list[int], start: int = 0) -> Silence:
    for number, count in enumerate(heard, start):
        silence = after(silence, count, START + number * timedelta(minutes=10))
    return silence


def by_day(number: int) -> int:
    """Two mentions in ten minutes from 8 to 20 UTC, none at night."""
    at = START + number * timedelta(minutes=10)
    return 2 if 8 <= at.hour < 20 else 0


def test_a_new_account_is_never_silent() -> None:
    assert not lived(Silence(), [0] * WEEK).is_long


def test_after_a_usual_week_a_usual_night_is_no_silence_and_half_an_hour_of_day_is() -> None:
    week = lived(Silence(), [by_day(number) for number in range(WEEK)])
    night = lived(week, [by_day(number) for number in range(WEEK, WEEK + 144)], WEEK)
    assert not night.is_long
    assert not lived(week, [0, 0], WEEK).is_long
    assert lived(week, [0, 0, 0], WEEK).is_long


def test_a_silence_teaches_nothing_and_one_mention_ends_it() -> None:
    week = lived(Silence(), [by_day(number) for number in range(WEEK)])
    silent = lived(week, [0] * WEEK, WEEK)
    assert silent.is_long
    assert sum(silent.usual) > sum(week.usual) * 0.95
    assert not after(silent, 1, START).is_long
