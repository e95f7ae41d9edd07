"""The one format: nothing is lost, doing it twice changes nothing, and what cannot be read is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.policy.files.layout import comments, laid_out
from chalicelib.policy.files.loader import Pack
from chalicelib.policy.files.ordinary import ORDINARY_NOW
from chalicelib.policy.proving.lints.contract import Subject
from chalicelib.policy.proving.lints.writing import LINTS
from tests.policy.small import FILES

MESSY = """\
#top
policy:   telline   # beside
owner: 'a@b.example'


lists:
    legal: |
        bailiff*   // a note
        #tag

human:
    mine:
        # above the department
        department:  legal
        why: "One: two."
        when: {text_has:  [ legal ] , words_over: 3}
    # before the next
    other:
      when: {text_has: [legal,
         slurs], # inside
         words_under: 5}
      why: Two.
# the end
"""
NEAT = """\
# top
policy: telline  # beside
owner: 'a@b.example'

lists:
  legal: |
    bailiff*   // a note
    #tag

human:
  mine:
    # above the department
    department: legal
    why: "One: two."
    when: {text_has: [legal], words_over: 3}
  # before the next
  other:
    why: Two.
    when: {text_has: [legal, slurs], words_under: 5}  # inside
# the end
"""


def test_spacing_order_and_indentation_become_one_and_comments_stay() -> None:
    assert laid_out("telline/policy.yaml", MESSY) == NEAT
    assert laid_out("telline/policy.yaml", NEAT) == NEAT


def test_a_list_keeps_its_lines_and_notes() -> None:
    assert laid_out("a/lists/b.txt", "  x  y//z  \n\n\n\n//note\n https://a.example") == "x  y//z\n\n// note\nhttps://a.example\n"


@pytest.mark.parametrize("text", ["a: [\n", "a: &x 1\nb: *x\n", "a: 1\na: 2\n", "", "a: {b: 1} # c\n--- \nd: 1\n"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    assert isinstance(laid_out("telline/policy.yaml", text), tuple)


LINES = ("a: b", "a:", "  c: d", "  - e", "- f", "    - {g: h, i: [j]}", "# note", "  #n", "", "k: |", "  l # m", "n: o # p")
LINES += ("q: 'r # s'", 't: "u"', "v: [w, # x", "  y]", "  z:", "   aa: >-", "     bb")
WRITTEN = st.lists(st.sampled_from(LINES))


@settings(max_examples=300)
@given(WRITTEN)
def test_whatever_is_written_is_refused_or_laid_out_once_and_for_all(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    made = laid_out("telline/policy.yaml", text)
    if isinstance(made, str):
        assert laid_out("telline/policy.yaml", made) == made
        assert len(comments(made)) <= len(comments(text))
        words = re.compile(r"[a-z]+")
        assert sorted(words.findall(made.replace("\\n", " "))) == sorted(words.findall(text))


def test_a_hashtag_that_yaml_swallows_is_found_and_mended() -> None:
    text = "lists:\n  mine: |\n    #boycott\nhuman:\n  one:\n    why: Because. #tagged\n    when: {text_has: [legal]} # a note\n"
    subject = Subject(files={"telline/policy.yaml": text}, pack=Pack(), cases=(), today=ORDINARY_NOW.date())
    (found,) = (one for lint in LINTS if lint.id == "GP105" for one in lint.problems(subject))
    assert (found.line, found.column, found.fix) == (6, 19, '    why: Because. "#tagged"')
    clean = Subject(files=FILES, pack=Pack(), cases=(), today=ORDINARY_NOW.date())
    assert [one for lint in LINTS if lint.id == "GP105" for one in lint.problems(clean)] == []
