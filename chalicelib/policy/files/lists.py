"""Phrase lists as ops write them: one phrase a line, ``//`` begins a note."""

from __future__ import annotations

import re

from chalicelib.domain.problem import Problem
from chalicelib.policy.phrases.phrase import PhraseError, parts_of
from chalicelib.policy.rules.node import Place, Text

LONGEST_PHRASE = 400
LARGEST_LIST = 256 * 1024
"""Characters; the longest list that ships has an eighth of it."""
_NOTE = re.compile(r"(?:^|\s)//.*$")


def read_list(path: str, text: str, first_line: int = 1) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The phrases of a list, sorted and once each, and what is wrong with it. ``first_line`` is where it begins in its file."""
    if len(text) > LARGEST_LIST:
        return (), (Problem(path, first_line, 1, "the list is over 256 KB", "split it into several lists", "", "GP401"),)
    phrases: dict[str, None] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), first_line):
        phrase = phrase_of(line)
        if not phrase:
            continue
        if len(phrase) > LONGEST_PHRASE:
            problems.append(
                Problem(path, number, 1, f"a phrase over {LONGEST_PHRASE} characters", "split it", line[:LONGEST_PHRASE], "GP401")
            )
            continue
        try:
            parts_of(phrase)
        except PhraseError as error:
            column = max(1, line.find(phrase[error.place :].split(" ")[0]) + 1)
            problems.append(Problem(path, number, column, error.says, error.remedy, line, error.id))
        phrases[phrase] = None
    if not phrases and not problems:
        problems.append(Problem(path, first_line, 1, "an empty list", "write one phrase a line, or remove the list", "", "GP401"))
    return tuple(sorted(phrases)), tuple(problems)


def phrase_of(line: str) -> str:
    """The phrase that a line holds, in its one spelling; empty where there is only a note."""
    return " ".join(_NOTE.sub("", line).split()).replace("…", "...")


def places(path: str, text: str, first_line: int = 1) -> dict[str, Place]:
    """Phrase → where it is written, for every line that has one."""
    lines = enumerate(text.split("\n"), first_line)
    return {phrase: Place(path, number, 1, line) for number, line in lines if (phrase := phrase_of(line))}


def read_inline(node: Text) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """A list written as a ``|`` text inside a policy file."""
    place: Place = node.place
    if node.lines_from is None:
        return (), (place.problem("a list is written after |", "write  name: |  and one phrase a line under it"),)
    phrases, problems = read_list(place.path, node.value, node.lines_from)
    return phrases, problems
