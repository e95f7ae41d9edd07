"""A draft beside earlier posts: what differs for free does not count, and the closest come first."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voice.alike import ASK, SHOWN, WARN, Post, closest

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=timezone.utc)
SCRIPT = "Hi Mia, we would be happy to review your account with you. Ana ^AB"


def post(text: str, minutes: int = 10) -> Post:
    return Post(NOW - timedelta(minutes=minutes), "person", text)


def test_another_name_number_link_or_signature_is_still_a_repeat() -> None:
    for repeat in (
        "Hi Tom, we would be happy to review your account with you. Ana ^CD",
        "@tom Hi Tom, we would be happy to review your account with you. Ana",
        "Hello Mia, we would be happy to review your account with you. Ana 12345 https://bank.example/x",
    ):
        (near,) = closest(repeat, [post(SCRIPT)], (), NOW)
        assert near.similarity >= ASK, repeat


def test_a_specific_answer_is_no_repeat() -> None:
    (near,) = closest("Mia, your card left Leeds this morning and is with the courier now.", [post(SCRIPT)], (), NOW)
    assert near.similarity < WARN


def test_the_disclosure_that_everybody_repeats_does_not_count() -> None:
    machine = post("Where your parcel is, the depot knows. (automatic note)")
    (with_it,) = closest("A short word. (automatic note)", [machine], ("(automatic note)",), NOW)
    (without,) = closest("A short word. (automatic note)", [machine], (), NOW)
    assert with_it.similarity < without.similarity


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(0, 4000)), max_size=8))
def test_the_closest_come_first_and_of_equals_the_newest(posts: list[tuple[str, int]]) -> None:
    near = closest(SCRIPT, [post(text, minutes) for text, minutes in posts], (), NOW)
    assert len(near) == min(SHOWN, len(posts))
    assert list(near) == sorted(near, key=lambda one: (-one.similarity, one.age))
