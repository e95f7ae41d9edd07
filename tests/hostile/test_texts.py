"""Texts made to hurt: whatever is sent is read, looked up and decided, and the work stays in proportion to the text."""

from __future__ import annotations

import sys

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.policy.phrases.detectors import NAMES, PATTERNS, Detectors
from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.text.reading import LONGEST_TEXT, LONGEST_WORD, read
from tests.policy.small import decided

PHRASES = ["child ... hurt", "ab* c", "scam*", "my order", "(a|b) ... (c|d)", *(f"[{name}]" for name in sorted(NAMES))]
INDEX = Index.load(compile_index({"one": PHRASES}))
UNITS = [
    "😀",
    "a",
    "a.a",
    "child ",
    "@a",
    "s c ",
    "áé",
    "http://",
    "sc4m ",
    "1,",
    "my ",
    "a\u0301",
    "#Aa",
    "((",
    "\u200b",
    "\u202ea",
]


def steps(text: str) -> int:
    """How many lines of our code reading and scanning takes: a count, so no busy machine can change it."""
    count = 0

    def trace(frame: object, what: str, _: object) -> object:
        nonlocal count
        count += what == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        scan(INDEX, read(text))
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", UNITS)
def test_eight_times_the_text_is_at_most_about_eight_times_the_work(unit: str) -> None:
    steps(unit * 10)  # what is worked out once
    small, large = (steps((unit * length)[:length]) for length in (250, 2_000))
    assert large < 14 * max(small, 400)


def test_a_word_of_ten_thousand_letters_costs_no_more_than_its_first_ones() -> None:
    word = read("a" * 10_000)
    assert [len(form) for token in word.tokens for form in token.forms] <= [LONGEST_WORD] * 3
    assert not word.complete
    assert decided("scam " + "ab" * 5_000).outcome.value == "human"


def test_four_thousand_emoji_are_read_and_decided() -> None:
    assert len(read("😀" * LONGEST_TEXT).tokens) == LONGEST_TEXT
    assert decided("😀" * LONGEST_TEXT).outcome.value == "human"


def test_an_expression_that_hangs_other_engines_is_answered() -> None:
    assert re2.search("(a+)+$", "a" * LONGEST_TEXT + "!") is None


@given(st.text(alphabet="abz09 @.#+-*£$!é\u0430\u200b😀", max_size=60), st.sampled_from(sorted(NAMES)))
@settings(max_examples=150)
def test_whatever_a_detector_sees_has_a_letter_or_a_digit_in_it(text: str, name: str) -> None:
    reading = read(text)
    detectors = Detectors([name])
    spans = list(detectors.spans([name], reading))
    assert all(any(letter.isalnum() for letter in text[start:end]) for _, start, end in spans)
    assert bool(spans) == bool(detectors.seen(reading.bare.text)) == bool(re2.search(PATTERNS[name], reading.bare.text))


def test_a_set_that_gives_up_makes_every_detector_look_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    detectors = Detectors(["email", "phone"])
    assert detectors.seen("nothing") == frozenset()
    monkeypatch.setattr(detectors, "_set", type("GaveUp", (), {"Match": lambda self, text: []})())
    assert detectors.seen("nothing") == {"email", "phone"}
