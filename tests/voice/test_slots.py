from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voice.compose import Composed, Request, compose
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.tone import check_reading
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import SLOTS

OPENS = datetime(2026, 6, 17, 8, 0, tzinfo=ZoneInfo("Europe/London"))


def fill(
    slot: str, voice: Voice, topic: str = "card", team: str = "cards team", expected: Expectation | None = None
) -> str | None:
    values = Values(topic=topic, team=team, expectation=expected or Expectation())
    return SLOTS[slot].fill(values, voice.phrases)


def test_only_the_time_and_the_noun_of_a_topic_may_be_missing() -> None:
    optional = {name: slot.optional for name, slot in SLOTS.items()}
    assert optional == {"team": False, "topic": False, "topic_noun": True, "when": True}


def test_an_unknown_topic_is_called_this(plain: Voice) -> None:
    assert fill("topic", plain) == "the card"
    assert fill("topic", plain, topic="<script>") == "this"


@pytest.mark.parametrize(
    ("team", "read"),
    [
        ("cards team", "cards team"),
        ("The  Cards team ", "Cards team"),
        ("our R&D desk", "team"),
        ("Research & Development", "Research & Development"),
        ("équipe d’accueil", "équipe d’accueil"),
        ("", "team"),
        ("{team}", "team"),
        ("False!", "team"),
        ("a" * 29, "team"),
        ("desk\nhttps://x.y", "team"),
        ("team 7", "team"),
        ("客服", "客服"),
    ],
)
def test_a_team_name_that_is_no_plain_name_is_not_said(plain: Voice, team: str, read: str) -> None:
    assert fill("team", plain, team=team) == read


@pytest.mark.parametrize(
    ("expected", "told"),
    [
        (Expectation(minutes=40), "within about 40 minutes"),
        (Expectation(minutes=120), "within about 120 minutes"),
        (Expectation(minutes=180), "within about 3 hours"),
        (Expectation(opens=OPENS, days=0, zone_name="UK"), "from 08:00 UK time"),
        (Expectation(opens=OPENS, days=1, zone_name="UK"), "from 08:00 UK time tomorrow"),
        (Expectation(opens=OPENS, days=4, zone_name="UK"), "from 08:00 UK time on Wednesday"),
        (Expectation(opens=OPENS, days=0, zone_name="{zone}"), None),
        (Expectation(), None),
    ],
)
def test_the_time_is_said_in_the_words_of_the_voice(plain: Voice, expected: Expectation, told: str | None) -> None:
    assert fill("when", plain, expected=expected) == told


expectations = st.one_of(
    st.just(Expectation()),
    st.integers(10, 6000).map(lambda minutes: Expectation(minutes=minutes)),
    st.builds(
        Expectation,
        opens=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1)),
        days=st.integers(0, 6),
        zone_name=st.sampled_from(["UK", "Eastern", "", "a\nb"]),
    ),
)


@given(cursor=st.integers(0, 342), topic=st.text(), team=st.text(max_size=40), expected=expectations)
def test_whatever_fills_the_slots_a_reply_is_cleanly_set(
    plain: Voice, cursor: int, topic: str, team: str, expected: Expectation
) -> None:
    ask = Request(language="en", topic=topic, team=team, expectation=expected, cursor=cursor, length_limit=280)
    found = compose(plain, ask)
    assert isinstance(found, Composed)
    assert len(found.text) <= 280
    assert found.text.endswith(f". {found.disclosure}")
    assert check_reading(found.text.removesuffix(f" {found.disclosure}")) == ()
