"""Starters of people: two that share no wording, the same for the same case, without disclosure; and what became of them."""

from __future__ import annotations

import pytest

from chalicelib.voice.guide import Guide
from chalicelib.voice.sameness import similarity
from chalicelib.voice.starters import starters, use_of
from chalicelib.voice.tone import asked
from chalicelib.voice.voice import Voice


def test_two_starters_differ_and_are_the_same_for_the_same_case(plain: Voice) -> None:
    for seed in range(0, plain.size, 7):
        first, second = starters(plain, "card", "cards team", seed)
        assert starters(plain, "card", "cards team", seed) == (first, second)
        assert similarity(first, second) < 0.60
        assert not any(disclosure in first + second for disclosure in plain.disclosures)
        assert not set("{}") & set(first + second)


def test_a_topic_that_nobody_recognised_has_starters_too(plain: Voice) -> None:
    assert len(starters(plain, "", "team", 3)) == 2


@pytest.mark.parametrize(
    ("made", "use"),
    [
        (lambda starter: starter, "unedited"),
        (lambda starter: starter + "  ", "unedited"),
        (lambda starter: f"Hi Mia, Ana here. {starter} It left Leeds today.", "edited"),
        (lambda starter: "Mia, the courier has it; look for a van before noon.", "none"),
    ],
)
def test_what_became_of_a_starter_is_told_apart(plain: Voice, made, use: str) -> None:  # type: ignore[no-untyped-def]
    offered = starters(plain, "card", "cards team", 11)
    assert use_of(offered, made(offered[0])) == use


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Sorry, Mia! Thanks for waiting; I have looked at it myself.", []),
        ("It will be refunded, lol. Send us your PIN.", ["joke", "promise", "request-for-data"]),
    ],
)
def test_people_may_thank_and_be_sorry_but_are_asked_about_jokes_results_and_data(
    text: str, rules: list[str], guide: Guide
) -> None:
    assert sorted({fault.rule for fault in asked(text, guide)}) == rules
