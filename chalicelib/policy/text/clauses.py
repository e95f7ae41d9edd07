"""Sentences of a reading, and which of them have the form of an English question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.policy.text.reading import ASIDE, Reading, Token


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ASKING = _words("what when where who how which whose whom whats wheres whens hows whos")
_WHY = frozenset({"why", "whys"})
_AUXILIARY = _words(
    "is are was were am do does did has have had can could will would should may might isnt arent wasnt werent dont "
    "doesnt didnt  hasnt havent hadnt cant couldnt wont wouldnt shouldnt"
)
_ASKED = _words(
    "i we you he she it they there this that these those my our your his her their its the a an any anyone someone anybody"
)
_OPENERS = _words("hi hello hey please and but so also or ok okay just good morning afternoon evening quick question sorry")
_PREPOSITIONS = _words("for at by from in on to since until about with")


@dataclass(frozen=True, slots=True)
class Clause:
    """The words of one sentence (handles, links and emoji left out) and the marks that end it."""

    words: tuple[Token, ...]
    marks: str


def clauses(reading: Reading) -> tuple[Clause, ...]:
    """The sentences that have words. A line is a sentence; the last one needs no mark."""
    found, begin = list[Clause](), 0
    ends = [(stop.after, stop.marks) for stop in reading.stops] + [(len(reading.tokens), "")]
    for after, marks in ends:
        words = tuple(token for token in reading.tokens[begin:after] if token.kind not in ASIDE)
        if words:
            found.append(Clause(words, marks))
        elif found and marks:
            found[-1] = Clause(found[-1].words, found[-1].marks + marks)  # the mark stands after an emoji or a handle
        begin = after
    return tuple(found)


def questions(reading: Reading) -> Iterator[tuple[int, int, str]]:
    """(start, end, what was seen) of every sentence with a question mark and the order of words of a question.

    A bare "why?" or "really?" is no question that one could answer, and neither is a statement with a question mark.
    """
    for clause in clauses(reading):
        if "?" in clause.marks and (says := _form(clause.words)):
            yield clause.words[0].start, clause.words[-1].end, says


def _form(words: Sequence[Token]) -> str | None:
    forms = [token.forms[0] for token in words]
    for place, word in enumerate(forms):
        following = forms[place + 1] if place + 1 < len(forms) else ""
        opens = place == 0 or forms[place - 1] in _OPENERS or forms[place - 1] in _PREPOSITIONS
        if word in _ASKING and following and (opens or following in _AUXILIARY):
            return f"{word} {following}"
        if word in _WHY and opens and following in _AUXILIARY:
            return f"{word} {following}"
        if word == "any" and opens and following:
            return f"{word} {following}"
        known = following in _ASKED
        if word in _AUXILIARY and (known or opens) and len(forms) - place >= (3 if known else 4):
            return f"{word} {following}"
    return None
