from __future__ import annotations

import pytest

from chalicelib.voice.guide import Guide
from chalicelib.voice.tone import check, check_reading


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("thanks for your post", "thanks"),
        ("we appreciate your post", "thanks"),
        ("sorry about that", "apology"),
        ("we apologise", "apology"),
        ("oops, that again", "joke"),
        ("a great question on {topic}", "feeling"),
        ("happy to look into it", "feeling"),
        ("it is here!", "exclamation"),
        ("which one is it?", "question"),
        ("it is here \U0001f600", "character"),
        ("it is here — 客服", "character"),
        ("a zero\u200fwidth mark", "character"),
        ("it costs £5", "price"),
        ("see https://example.com", "link"),
        ("see bank.example.co for more", "link"),
        ("@desk has it", "address"),
        ("it is here ^sa", "initials"),
        ("it is here - Sa", "initials"),
        ("I will look at it", "first-person"),
        ("it is on my list", "first-person"),
        ("look in your DMs", "private-channel"),
        ("give the desk a call", "private-channel"),
        ("tell us more", "request-for-data"),
        ("please wait", "request-for-data"),
        ("this is due to maintenance", "fact"),
        ("because of the snow", "fact"),
        ("it will be fixed", "promise"),
        ("we guarantee an answer", "promise"),
        ("an answer comes soon", "time"),
        ("an answer comes in a few minutes", "time"),
        ("an answer comes within 5", "number"),
        ("all is well :)", "face"),
    ],
)
def test_an_acknowledgement_never_says(text: str, rule: str, guide: Guide) -> None:
    assert rule in {fault.rule for fault in check(text, guide)}


@pytest.mark.parametrize(
    "text",
    [
        "your post about {topic} is logged",
        "the phone line",
        "opening hours",
        "the refund",
        "the policy",
        "a response is due {when}",
        "the SIM",
    ],
)
def test_what_is_neutral_passes(text: str, guide: Guide) -> None:
    assert check(text, guide) == ()


@pytest.mark.parametrize(
    "text",
    [
        "small start.",
        "No stop",
        "Two  spaces.",
        "A gap , here.",
        "A {slot}.",
        "One. two.",
        "One.. Two.",
        ". Two.",
        "",
        "Hi .",
        "One; two. ",
    ],
)
def test_a_badly_set_reply_is_seen(text: str) -> None:
    assert check_reading(text)


def test_a_well_set_reply_passes() -> None:
    assert check_reading("Éric; the desk has it. It comes from 08:00 UK time.") == ()
