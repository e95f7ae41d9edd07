"""Schedules fire when EventBridge would fire them."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from chalicelib.local.schedule import schedule

SATURDAY = datetime(2026, 11, 21, 9, 0, 30, tzinfo=timezone.utc)


def after(expression: str, start: datetime = SATURDAY, times: int = 1) -> str:
    for _ in range(times):
        start = schedule(expression)(start)
    return start.isoformat(sep=" ")[:19]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("rate(1 minute)", "2026-11-21 09:01:30"),
        ("rate(5 minutes)", "2026-11-21 09:05:30"),
        ("rate(1 hour)", "2026-11-21 10:00:30"),
        ("rate(7 days)", "2026-11-28 09:00:30"),
        ("cron(* * * * ? *)", "2026-11-21 09:01:00"),
        ("cron(0/5 * * * ? *)", "2026-11-21 09:05:00"),
        ("cron(*/15 * * * ? *)", "2026-11-21 09:15:00"),
        ("cron(0 9 * * ? *)", "2026-11-22 09:00:00"),
        ("cron(0,30 8-9 * * ? *)", "2026-11-21 09:30:00"),
        ("cron(0 0 1 * ? *)", "2026-12-01 00:00:00"),
        ("cron(0 0 ? * 2-6 *)", "2026-11-23 00:00:00"),
        ("cron(0 0 ? * 1 *)", "2026-11-22 00:00:00"),
        ("cron(0 12 29 2 ? *)", "2028-02-29 12:00:00"),
        ("cron(0 0 1 1 ? 2030)", "2030-01-01 00:00:00"),
    ],
)
def test_the_next_time_is_the_one_that_eventbridge_takes(expression: str, expected: str) -> None:
    assert after(expression) == expected


def test_a_cron_never_gives_the_minute_it_was_given() -> None:
    assert after("cron(0/5 * * * ? *)", times=3) == "2026-11-21 09:15:00"
    assert after("cron(59 23 31 12 ? *)", times=2) == "2027-12-31 23:59:00"


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "rate(0 minutes)",
        "rate(1 second)",
        "rate(-1 minutes)",
        "every minute",
        "cron(* * * *)",
        "cron(60 * * * ? *)",
        "cron(* 24 * * ? *)",
        "cron(* * 0 * ? *)",
        "cron(* * * 13 ? *)",
        "cron(5-1 * * * ? *)",
        "cron(*/0 * * * ? *)",
        "cron(0 0 ? * MON *)",
        "cron(0 0 L * ? *)",
    ],
)
def test_an_expression_that_is_not_understood_is_refused_by_name(expression: str) -> None:
    with pytest.raises(ValueError, match="^" + expression[:4].replace("(", r"\(") + r".*(use|outside)"):
        schedule(expression)


def test_a_time_that_never_comes_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fire"):
        after("cron(0 0 31 2 ? *)")
