from __future__ import annotations

import pytest

from chalicelib.policy.phrases.index import Index, compile_index
from chalicelib.policy.phrases.slips import Cues, cues_of, one_letter_apart, with_slips
from chalicelib.policy.text.reading import read

CUES = Cues(["my (lawyer|solicitors)", "suicid*", "burned ... hand", "rat"], frozenset({"sawyer", "turn", "hand"}))


@pytest.mark.parametrize("slip", ["lawyr", "lawwyer", "lawyet", "lwayer", "awyer", "lawyre", "solicitros", "burnde", "bruned"])
def test_a_word_one_letter_away_means_the_cue(slip: str) -> None:
    assert len(CUES.meant_by(slip)) == 1


@pytest.mark.parametrize("stem", ["sucide", "suicdal", "siucide", "wuicide", "uicide", "xsuicide", "suiicide"])
def test_a_beginning_is_meant_by_a_slip_in_its_letters_whatever_the_ending(stem: str) -> None:
    assert CUES.meant_by(stem) == ("suicid",)


@pytest.mark.parametrize("word", ["lawyer", "suicide", "sawyer", "turned", "lwayre", "rap", "bat", "адвокат", ""])
def test_the_cue_itself_a_known_word_two_slips_and_short_words_mean_nothing_else(word: str) -> None:
    assert CUES.meant_by(word) == ()


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ab", "ab", False),
        ("ab", "ba", True),
        ("abc", "ab", True),
        ("abc", "bc", True),
        ("abc", "cba", False),
        ("a", "abc", False),
    ],
)
def test_one_letter_apart_is_one_change_or_one_exchange(one: str, other: str, apart: bool) -> None:
    assert one_letter_apart(one, other) is apart
    assert one_letter_apart(other, one) is apart


def test_a_reading_keeps_its_words_and_their_places_and_gains_what_they_may_mean() -> None:
    reading = read("ask my lawyr #sucide @lawyr")
    anew = with_slips(reading, CUES)
    assert anew is not None
    assert [token.forms[0] for token in anew.tokens] == [token.forms[0] for token in reading.tokens]
    assert [(token.start, token.end) for token in anew.tokens] == [(token.start, token.end) for token in reading.tokens]
    assert {"lawyer", "suicid"} <= anew.forms
    assert "lawyer" not in anew.tokens[-1].forms
    assert with_slips(read("nothing to see"), CUES) is None


def test_a_word_that_any_list_of_the_index_knows_is_no_slip() -> None:
    index = Index.load(compile_index({"a": ["attacked"], "b": ["attached"]}))
    assert cues_of(index, frozenset({"a"})).meant_by("attached") == ()
    assert cues_of(index, frozenset({"a"})).meant_by("attakced") == ("attacked",)
