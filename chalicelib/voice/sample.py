"""Replies in a row as the public would see them: for copywriters, documentation and tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone

from chalicelib.voice.compose import Composed, Request, compose
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.lint import LENGTH
from chalicelib.voice.voice import Voice

_OPENS = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
EXPECTATIONS = (
    Expectation(due=_OPENS, minutes=40),
    Expectation(due=_OPENS, opens=_OPENS, days=1, zone_name="UK"),
    Expectation(),
)
TEAMS = ("cards team", "network desk", "bookings team", "customer care team")


def in_a_row(voice: Voice, count: int, start: int = 0) -> Iterator[Composed]:
    """What ``count`` people get one after the other from word ``start`` on, each about another topic; fewer where words end."""
    topics, teams = sorted(voice.phrases.topics) or [""], TEAMS if voice.phrases.own_teams else tuple(voice.phrases.teams)
    cursor = start
    for number in range(count):
        ask = Request(
            language=voice.language,
            topic=topics[number * 13 % len(topics)],
            team=teams[number % len(teams)],
            expectation=EXPECTATIONS[number % len(EXPECTATIONS)],
            cursor=cursor,
            length_limit=LENGTH,
        )
        found = compose(voice, ask)
        if not isinstance(found, Composed):
            return
        cursor = found.next_cursor
        yield found
