"""Sentences that prove the phrases of a list: what stands in brackets must be found, and one phrase alone must find it."""

from __future__ import annotations

import pytest

from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.phrases.index import Index, compile_index
from chalicelib.policy.proving.list_tests import Proved, prove, read_sentences
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


def test_a_choice_is_needed_where_the_phrase_finds_nothing_without_it() -> None:
    found = proved("Ask [my {lawyer|solicitor}].\n")
    assert found.tried == 2, "one sentence for each"
    assert {rest for _, _, rest in found.choices} == {"my lawyer", "my solicitor"}
    assert {rest for _, _, rest in proved("Ask [my lawyer].\n").choices} == {"my solicitor"}


def test_a_choice_that_another_of_its_bracket_covers_is_needed_by_nobody() -> None:
    lists = {"baseline/slurs": ("(zorgle|zorgl*|blip) (you|all)",)}
    sentences, _ = read_sentences({"baseline/tests/slurs.txt": "[{zorgle|zorgled|blip} {you|all}]"}, lists)
    found = prove(sentences, Index.load(compile_index(lists)))
    assert found.problems == ()
    assert sorted(rest for _, _, rest in found.choices) == [
        "(zorgle|blip) (you|all)",
        "(zorgle|zorgl*) (you|all)",
        "(zorgle|zorgl*|blip) all",
        "(zorgle|zorgl*|blip) you",
    ]


def test_each_of_several_in_braces_is_said_once_beside_the_first_of_the_others() -> None:
    sentences, _ = read_sentences({HOME: "{a|b} [{c|d|e}] f // {a note|more}"}, ["baseline/legal"])
    assert [one.text for one in sentences] == ["a c f", "b c f", "a d f", "a e f"]
    assert [one.text[slice(*one.spans[0])] for one in sentences] == ["c", "c", "d", "e"]


def test_sentences_that_nobody_should_have_to_read_stand_there_in_rot13() -> None:
    found = proved("Nfx [zl {ynjlre|fbyvpvgbe}].\n", "baseline/tests/legal.rot13.txt")
    assert (found.problems, len(found.choices)) == ((), 2)


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
        (HOME, "ask {my|your lawyer", "braces that hold no choice"),
        (HOME, "ask my} lawyer", "braces that hold no choice"),
        (HOME, "ask {my} lawyer", "braces that hold no choice"),
        (HOME, "ask {my|} lawyer", "braces that hold no choice"),
        ("baseline/tests/leagl.txt", "x", 'there is no list "baseline/leagl"'),
        ("baseline/tests/topics/telecom.txt", "no [signal]", "no topic before the sentence"),
    ],
)
def test_a_sentence_that_cannot_be_read_is_a_problem(path: str, line: str, says: str) -> None:
    _, problems = read_sentences({path: line}, ["baseline/legal", "topics/telecom/signal"])
    assert [problem.says for problem in problems] == [says]
