from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voice.sameness import RobotIndex, mask, most_used, normalise, robot_index, similarity


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("@JoBloggs Hi Jo, we SEE it. ^sa", "we see it"),
        ("Dear Mr. Smith: see https://example.com/a?b now", "see now"),
        ("Good morning Ann, from 08:00", "from"),
        ("ｗｅ\u200b ｓｅｅ", "we see"),
        ("Hello! Your card", "your card"),
        ("", ""),
    ],
)
def test_what_differs_for_free_is_left_out(text: str, bare: str) -> None:
    assert normalise(text) == bare


def test_the_same_script_to_two_people_is_the_same() -> None:
    a = "@ann Hi Ann, we are here to help, let us know if your account needs review. ^sa"
    b = "@bob Hi Bob, we are here to help, let us know if your account needs review. ^kj"
    assert similarity(a, b) == 1.0


def test_a_slot_swapped_into_one_template_is_still_the_same_sentence() -> None:
    a = "Your post is with our cards team now and Priya will answer you here in about 40 minutes."
    b = "Your post is with our travel team now and Tom will answer you here in about 20 minutes."
    assert similarity(a, b) > 0.6


def test_a_disclosure_never_counts() -> None:
    forms = ("(automatic note)", "[sent automatically]")
    assert similarity("One thing. (automatic note)", "ONE thing. [sent automatically]", forms) == 1.0
    assert similarity("One thing. (automatic note)", "Else. (automatic note)", forms) < 0.1
    assert mask("Note. (AUTOMATIC note)", forms).strip() == "Note."


@given(st.text(), st.text())
def test_similarity_is_symmetric_and_between_0_and_1(a: str, b: str) -> None:
    assert 0.0 <= similarity(a, b) == similarity(b, a) <= 1.0
    assert similarity(a, a) == 1.0


def test_the_robot_index_counts_exact_and_near_repeats_of_earlier_replies() -> None:
    long = "we have had a look at what you wrote about the card and one of us will come back to you right here"
    texts = [f"@ann {long}", f"@bob {long}", f"@cat Hi Cat, {long} today 17", "nothing at all like it is said in this reply"]
    assert robot_index(texts) == RobotIndex(replies=4, exact=1, near=2)
    assert robot_index([]) == RobotIndex(0, 0, 0)


@given(st.lists(st.text(alphabet="ab c@", max_size=14), max_size=12))
def test_the_robot_index_misses_no_near_copy(texts: list[str]) -> None:
    def shingles(text: str) -> frozenset[str]:
        words = normalise(text).split()
        return frozenset(" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2)))

    sets = [shingles(text) for text in texts]
    near = sum(any(len(a & b) / len(a | b) >= 0.8 for b in sets[:at]) for at, a in enumerate(sets))
    assert robot_index(texts).near == near


def test_the_most_used_reply_is_told_without_its_addressee() -> None:
    assert most_used(["@ann We see it", "@bob We see it", "Else"]) == ("We see it", 2)
    assert most_used([]) == ("", 0)
