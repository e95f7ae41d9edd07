"""Sentences that prove the phrases of a list: what stands in brackets must be found, and one phrase alone must find it."""

from __future__ import annotations

import pytest

from chalicelib.policy.list_tests import Proved, prove, read_sentences
from chalicelib.policy.loader import Pack, load_pack
from chalicelib.policy.phrase_index import Index, compile_index
from tests.policy.small import FILES

HOME = "baseline/tests/legal.txt"


def proved(text: str, home: str = HOME) -> Proved:
    pack = load_pack({**FILES, home: text})
    assert isinstance(pack, Pack)
    sentences, problems = read_sentences({home: text}, pack.lists)
    assert problems == ()
    return prove(sentences, Index.load(compile_index(pack.lists)))


def test_a_phrase_is_needed_where_it_alone_finds_what_stands_in_brackets() -> None:
    found = proved("Ask [my lawyer] // a note\nI will [sue him and not you].\n\nI sued nobody.\n")
    assert (found.tried, found.problems) == (3, ())
    assert found.needed == {("baseline/legal", "my (lawyer|solicitor)"), ("baseline/legal", "sue ... you")}


def test_a_span_that_two_phrases_find_needs_neither() -> None:
    found = proved("signal: [[no signal]]\nsignal: there is no [signal]\n", "baseline/tests/topics/telecom.txt")
    assert found.needed == {("topics/telecom/signal", "no signal"), ("topics/telecom/signal", "signal")}
    both = load_pack({**FILES, "baseline/lists/slurs.txt": "zorgle*\nzorgled\n"})
    assert isinstance(both, Pack)
    sentences, _ = read_sentences({"baseline/tests/slurs.txt": "he [zorgled] me"}, both.lists)
    assert prove(sentences, Index.load(compile_index(both.lists))).needed == frozenset()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("I [sued] you", "no phrase of baseline/legal finds “sued” there"),
        ("I ask [ my lawyer]", "no phrase of baseline/legal finds “ my lawyer” there"),
        ("ask my lawyer", "“my (lawyer|solicitor)” of baseline/legal finds something in a sentence without brackets"),
    ],
)
def test_a_sentence_that_is_not_met_says_so(line: str, says: str) -> None:
    (problem,) = proved(line).problems
    assert (problem.line, problem.says, problem.shown) == (1, says, line)


@pytest.mark.parametrize(
    ("path", "line", "says"),
    [
        (HOME, "ask [my lawyer", "a bracket that is never closed"),
        (HOME, "ask my lawyer]", "a bracket that was never opened"),
        ("baseline/tests/leagl.txt", "x", 'there is no list "baseline/leagl"'),
        ("baseline/tests/topics/telecom.txt", "no [signal]", "no topic before the sentence"),
    ],
)
def test_a_sentence_that_cannot_be_read_is_a_problem(path: str, line: str, says: str) -> None:
    _, problems = read_sentences({path: line}, ["baseline/legal", "topics/telecom/signal"])
    assert [problem.says for problem in problems] == [says]
