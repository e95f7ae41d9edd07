"""What a copywriter wants to know before a voice is published: its flaws, and how far it reaches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import combinations

from chalicelib.voice.compose import render
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.length import weight
from chalicelib.voice.sameness import overlap, trigrams
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.slots.team import LONGEST
from chalicelib.voice.tone import Problem, check, check_reading
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import PARTS, Word

LENGTH = 280
"""The shortest limit of any platform (X), in its weighted characters."""

USABLE = 0.7
"""The share of its words that a voice should spend in one window at most (DESIGN §6)."""

_OPENS = datetime(2026, 9, 30, 20, 30, tzinfo=timezone.utc)
LONGEST_VALUES = Expectation(due=_OPENS, opens=_OPENS, days=3, zone_name="Eastern")
"""The longest thing that the slot ``when`` says in practice: a Wednesday, in a zone with a long name."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What must be put right, and where: ``place`` is a path in the document, such as ``parts.seen.3``."""

    place: str
    says: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far a voice reaches.

    ``live`` of ``size`` words can be said. ``closest`` is the highest similarity of two of them with the same slot values,
    ``pair`` their indexes (None with fewer than two). ``lasts_h`` is for how many hours ``USABLE`` of them last at the
    volume asked for (None: no volume). ``next_part`` is the part where one more wording brings the most new words, None
    where every number is taken: then a new edition with a larger p is the way on.
    """

    size: int
    live: int
    closest: float
    pair: tuple[int, int] | None
    lasts_h: float | None
    next_part: str | None


def flaws(voice: Voice) -> tuple[Flaw, ...]:
    """Every tone problem of every wording and topic; without any, every reading of a word that is badly set or too long."""
    return tuple(_said(voice)) or tuple(_readings(voice))


def reach(voice: Voice, withdrawn: frozenset[str] = frozenset(), per_hour: float = 0) -> Reach:
    """How far the voice reaches without ``withdrawn`` wordings, at ``per_hour`` acknowledgements an hour."""
    words = tuple(word for word in _words(voice) if withdrawn.isdisjoint(word.wordings))
    values = Values(topic="", team="", expectation=Expectation())
    shapes = tuple(trigrams(_text(word, values, voice)) for word in words)
    pairs = ((overlap(shapes[a], shapes[b]), words[a].index, words[b].index) for a, b in combinations(range(len(words)), 2))
    closest = max(pairs, default=None)
    open_parts = tuple(part for part in PARTS if len(voice.parts[part]) < voice.p)
    return Reach(
        size=voice.size,
        live=len(words),
        closest=closest[0] if closest else 0.0,
        pair=closest[1:] if closest else None,
        lasts_h=len(words) * USABLE / per_hour if per_hour else None,
        next_part=min(open_parts, key=lambda part: _live(voice, part, withdrawn), default=None),
    )


def _live(voice: Voice, part: str, withdrawn: frozenset[str]) -> int:
    return sum(not wording.retired and f"{part}:{at}" not in withdrawn for at, wording in voice.parts[part].items())


def _said(voice: Voice) -> Iterator[Flaw]:
    for part, wordings in voice.parts.items():
        for at, wording in wordings.items():
            for form in () if wording.retired else wording.forms():
                yield from (_flaw(f"parts.{part}.{at}", form, problem) for problem in check(form, voice.language))
    for topic, phrase in voice.phrases.topics.items():
        yield from (_flaw(f"topics.{topic}", phrase, problem) for problem in check(phrase, voice.language))
    for at, form in enumerate(voice.disclosures):
        yield from (_flaw(f"disclosures.{at}", form, problem) for problem in check(form, voice.language))


def _readings(voice: Voice) -> Iterator[Flaw]:
    """One flaw at most for each word: its shortest reading, then its longest."""
    bare = Values(topic="", team="", expectation=Expectation())
    topic = max(voice.phrases.topics, key=lambda known: len(voice.phrases.topics[known]), default="")
    longest = Values(topic=topic, team="m" * LONGEST, expectation=LONGEST_VALUES)
    for word in _words(voice):
        place = f"frames.{voice.frames.index(word.frame)}"
        found = [problem for values in (bare, longest) for problem in check_reading(_text(word, values, voice))]
        found += check(_text(word, bare, voice), voice.language)
        if found:
            yield _flaw(place, f"word {word.index}", found[0])
        elif weight(render(word, longest, voice)) > LENGTH:
            says = f"word {word.index} ({', '.join(word.wordings)}) can be {weight(render(word, longest, voice))} characters long"
            yield Flaw(place, says, f"shorten one of its wordings: {LENGTH} is the limit")


def _words(voice: Voice) -> Iterator[Word]:
    return (word for index in range(voice.size) if (word := voice.word(index)))


def _text(word: Word, values: Values, voice: Voice) -> str:
    return render(word, values, voice).removesuffix(f" {word.disclosure}")


def _flaw(place: str, form: str, problem: Problem) -> Flaw:
    return Flaw(place, f"“{form}” breaks the rule “{problem.rule}”: “{problem.found}”", problem.remedy)
