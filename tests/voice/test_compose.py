from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voice.compose import RUN, TRIED_KEPT, Composed, Exhausted, Request, compose, upcoming
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.sameness import similarity
from chalicelib.voice.voice import Voice, load
from chalicelib.voice.word import PARTS, Word, Wording

ASK = Request(language="en", topic="card", team="cards team", expectation=Expectation(minutes=40), cursor=0, length_limit=280)


def marks(voice: Voice, *wordings: str) -> frozenset[str]:
    """The marks of ``<part>:<number>``."""
    return frozenset(voice.parts[part][int(at)].mark(part) for part, at in (wording.split(":") for wording in wordings))


def said(voice: Voice, **change: Any) -> Composed:
    found = compose(voice, replace(ASK, **change))
    assert isinstance(found, Composed)
    return found


def test_the_first_usable_word_from_the_cursor_is_taken(plain: Voice) -> None:
    assert said(plain, cursor=17).index == 17
    assert said(plain, cursor=17).next_cursor == 18
    assert said(plain, cursor=342).next_cursor == 0
    assert said(plain, cursor=343 * 5 + 17).index == 17
    assert said(plain, cursor=-1).index == 342


def test_the_same_request_gives_the_same_words(plain: Voice, plain_document: dict[str, Any]) -> None:
    for cursor in range(0, 343, 13):
        assert said(plain, cursor=cursor) == said(load(plain_document), cursor=cursor)


def test_a_taken_lock_is_passed_by(plain: Voice) -> None:
    first = said(plain, cursor=17)
    second = said(plain, cursor=17, taken=frozenset({first.lock}))
    assert second.index == 18
    assert second.tried == ((17, "taken"),)


def test_a_withdrawn_wording_is_never_said(plain: Voice) -> None:
    withdrawn = marks(plain, "seen:3", "when:0")
    for cursor in range(0, 343, 7):
        found = said(plain, cursor=cursor, withdrawn=withdrawn)
        assert withdrawn.isdisjoint(found.marks)
        assert {"seen:3", "when:0"}.isdisjoint(found.wordings)


def test_nobody_gets_the_same_opening_twice(plain: Voice) -> None:
    had: frozenset[str] = frozenset()
    for _ in range(14):
        found = said(plain, cursor=100, openings_had=had)
        assert found.opening not in had
        assert found.opening in found.marks
        had |= {found.opening}
    assert compose(plain, replace(ASK, openings_had=had)) == Exhausted(
        reason="wording-exhausted", tried=tuple((index, "opening-had") for index in range(TRIED_KEPT))
    )


def test_a_post_of_the_thread_is_never_nearly_repeated(plain: Voice) -> None:
    for cursor in range(0, 343, 11):
        earlier = said(plain, cursor=cursor)
        found = said(plain, cursor=cursor, thread_posts=("Words of somebody else.", earlier.text))
        assert found.tried[0] == (cursor, "too-alike")
        assert similarity(found.text, earlier.text, plain.disclosures) < 0.35


def test_the_disclosure_makes_nobody_too_alike(plain: Voice) -> None:
    assert said(plain, cursor=5, thread_posts=(" ".join(plain.disclosures),)).index == 5


def test_a_long_disclosure_does_not_hide_a_repeat(document: dict[str, Any]) -> None:
    document["disclosures"] = ["(this note was sent without anybody having looked at the post so far, as the page about us says)"]
    voice = load(document)
    ours = said(voice, cursor=9, length_limit=400).text
    others = [said(voice, cursor=cursor, length_limit=400).text for cursor in range(49, 343)]
    barely = next(text for text in others if 0.35 <= similarity(ours, text, voice.disclosures) < 0.36)
    found = said(voice, cursor=9, length_limit=400, thread_posts=(barely,))
    assert found.tried[0] == (9, "too-alike")


def test_a_lock_is_the_same_for_ever(plain: Voice) -> None:
    parts = tuple(Wording(text=text) for text in ("on {topic}", "with the {team}", "we read it", "here", "expect it {when}"))
    word = Word(index=3, voice="a.en", numbers=(3, 3, 3, 3, 3), parts=parts, frame=plain.frames[0], disclosure="(automatic)")
    said_in_order = b"a.en\non {}\nwith the {}\nwe read it\nhere\nexpect it {}"
    assert word.lock == sha256(said_in_order).hexdigest()


def test_a_text_that_is_too_long_is_passed_by(plain: Voice) -> None:
    limit = len(said(plain, cursor=0).text) - 1
    found = said(plain, cursor=0, length_limit=limit)
    assert len(found.text) <= limit
    assert found.tried[0] == (0, "too-long")
    assert isinstance(compose(plain, replace(ASK, length_limit=60)), Exhausted)


def test_another_language_is_not_spoken(plain: Voice) -> None:
    assert compose(plain, replace(ASK, language="es")) == Exhausted(reason="language-not-spoken")


def test_upcoming_names_the_locks_that_compose_would_take(plain: Voice) -> None:
    withdrawn = marks(plain, "owner:1")
    ahead = upcoming(plain, 340, 100, withdrawn)
    assert len(ahead) == 100
    taken: frozenset[str] = frozenset()
    for index, lock in ahead:
        found = said(plain, cursor=340, withdrawn=withdrawn, taken=taken)
        assert (found.index, found.lock) == (index, lock)
        taken |= {lock}
    assert len(upcoming(plain, 0, 1000)) == 343


def test_a_number_without_a_live_wording_only_takes_its_words_away(document: dict[str, Any], plain: Voice) -> None:
    del document["parts"]["where"]["2"]
    document["parts"]["seen"]["4"] = {"text": document["parts"]["seen"]["4"], "retired": "yes"}
    fewer = load(document)
    for index in range(343):
        before, after = plain.word(index), fewer.word(index)
        assert before is not None
        gone = not {"where:2", "seen:4"}.isdisjoint(before.wordings)
        assert after == (None if gone else before)
    assert (2, "no-live-wording") in said(fewer, cursor=0, taken=frozenset(lock for _, lock in upcoming(fewer, 0, 5))).tried


def test_where_a_hundred_words_in_a_row_are_taken_the_search_goes_on_elsewhere(plain: Voice) -> None:
    ahead = [lock for _, lock in upcoming(plain, 300, 343)]
    assert said(plain, cursor=300, taken=frozenset(ahead[: RUN - 1])).index == (300 + RUN - 1) % 343
    found = said(plain, cursor=300, taken=frozenset(ahead[:RUN]))
    assert found.index == (300 + 343 // 4) % 343 + RUN - 343 // 4
    free = plain.word(299)
    assert free is not None
    assert said(plain, cursor=300, taken=frozenset(ahead) - {free.lock}).index == 299
    assert isinstance(compose(plain, replace(ASK, cursor=300, taken=frozenset(ahead))), Exhausted)


def test_a_word_is_locked_by_what_it_says_and_in_which_voice(document: dict[str, Any], plain: Voice) -> None:
    word = plain.word(12)
    assert word is not None
    assert len({lock for _, lock in upcoming(plain, 0, 343)}) == 343
    document["edition"], document["frames"] = "2", document["frames"][:1]
    document["topics"]["card"] = "this card"
    same = load(document).word(12)
    assert same is not None
    assert same.lock == word.lock
    document["voice"] = "other"
    other = load(document).word(12)
    assert other is not None
    assert other.lock != word.lock


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_neighbours_share_nothing_and_a_run_of_49_at_most_one(plain: Voice, lost: int) -> None:
    told = [said(plain, cursor=cursor + (lost if cursor > 20 else 0)).wordings for cursor in range(49 - lost)]
    for a, b in combinations(told, 2):
        assert len(set(a) & set(b)) <= 1
    assert not set(told[0]) & set(told[1])


@given(
    cursor=st.integers(),
    withdrawn=st.frozensets(st.builds("{}:{}".format, st.sampled_from(PARTS), st.integers(0, 6)), max_size=4),
    lost=st.frozensets(st.integers(0, 342), max_size=60),
)
def test_two_replies_share_at_most_two_wordings_whatever_is_lost(
    plain: Voice, cursor: int, withdrawn: frozenset[str], lost: frozenset[int]
) -> None:
    withdrawn = marks(plain, *withdrawn)
    taken = frozenset(lock for index, lock in upcoming(plain, 0, 343) if index in lost)
    told: list[Composed] = []
    for _ in range(12):
        found = compose(plain, replace(ASK, cursor=cursor, withdrawn=withdrawn, taken=taken))
        if isinstance(found, Exhausted):
            break
        told.append(found)
        taken |= {found.lock}
    for a, b in combinations(told, 2):
        assert len(set(a.wordings) & set(b.wordings)) <= 2
