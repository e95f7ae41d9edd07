"""Two beginnings of a person's own reply, out of the voice: what was seen and where the answer is, no machine in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chalicelib.voice.compose import clause
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.sameness import similarity
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import PARTS, Word

OFFERED = 2
SPOKEN = ("seen", "where")
"""The parts that a person can say as they stand: who has it, what happens and when are theirs to tell."""

EDITED_FROM = 0.35
"""Similarity to a starter from which a reply counts as made out of it."""


def starters(voice: Voice, topic: str, team: str, seed: int) -> tuple[str, ...]:
    """At most two starters that share no wording, the same ones for the same ``seed`` (any number: the case has one)."""
    values = Values(topic=topic, team=team, expectation=Expectation())
    found: list[str] = []
    used: set[str] = set()
    for word in _words(voice, seed):
        wordings = {one for one in word.wordings if one.split(":")[0] in SPOKEN}
        if used & wordings:
            continue
        found.append(_text(word, values, voice))
        used |= wordings
        if len(found) == OFFERED:
            break
    return tuple(found)


def use_of(starters: Sequence[str], text: str) -> str:
    """What a reply made of the starters: unedited | edited | none."""
    if any(" ".join(text.split()) == starter for starter in starters):
        return "unedited"
    return "edited" if any(similarity(text, starter) >= EDITED_FROM for starter in starters) else "none"


def _words(voice: Voice, seed: int) -> Iterator[Word]:
    """Live words from ``seed`` on: neighbours differ in every part, so the second starter is near."""
    live = (voice.word((seed + step) % voice.size) for step in range(voice.size))
    return (word for word in live if word is not None)


def _text(word: Word, values: Values, voice: Voice) -> str:
    parts = dict(zip(PARTS, word.parts, strict=True))
    clauses = (clause(parts[part], values, voice) for part in SPOKEN)
    return " ".join(f"{said[:1].upper()}{said[1:]}." for said in clauses)
