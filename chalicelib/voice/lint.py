"""What stops a voice from being published: a clause against the tone guide, a reply badly set, too long or too hard to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from chalicelib.voice import code
from chalicelib.voice.compose import clause, render
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.guide import Guide
from chalicelib.voice.length import weight
from chalicelib.voice.reading import counts
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.slots.team import LONGEST
from chalicelib.voice.tone import Fault, check, check_reading
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import PARTS, Frame, Word, Wording

LENGTH = 280
"""The shortest limit of any platform (X), in its weighted characters: what fits there fits everywhere."""

_OPENS = datetime(2026, 9, 30, 20, 30, tzinfo=timezone.utc)
LONGEST_TIME = Expectation(due=_OPENS, opens=_OPENS, days=3, zone_name="Eastern")
"""The longest thing that the slot ``when`` says in practice: a Wednesday, in a zone with a long name."""

TEAM = "customer care team"

BARE = Values(topic="", team="", expectation=Expectation())
"""No slot has a value."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What must be put right, and where: ``place`` is a path in the document, such as ``parts.seen.3``."""

    place: str
    says: str
    remedy: str


def flaws(voice: Voice, guide: Guide) -> tuple[Flaw, ...]:
    """Every tone fault of every wording and topic; without any, what is wrong with whole replies: set, length, reading."""
    return tuple(_said(voice, guide)) or (*_readings(voice, guide), *_too_long(voice), *_too_hard(voice, guide))


def longest_values(voice: Voice) -> Values:
    """Slot values that make a reply as long as it can get: the longest topic and time, a team of as many letters as are said.

    A voice that names teams itself is measured with the longest of its names.
    """
    known = voice.phrases
    topic = max(known.topics, key=lambda topic: max(len(known.topics[topic]), len(known.nouns.get(topic, ""))), default="")
    team = "m" * LONGEST if known.own_teams else max(known.teams, key=lambda team: len(known.teams[team]), default="")
    return Values(topic=topic, team=team, expectation=LONGEST_TIME)


def read_values(voice: Voice) -> Values:
    """Slot values as they are read, long but real: what ``longest_values`` has, and a team of three words."""
    values = longest_values(voice)
    return replace(values, team=TEAM) if voice.phrases.own_teams else values


def typical(voice: Voice) -> Iterator[Word]:
    """Words in which every live wording stands in every frame that it can be joined by, as few as do."""
    for frame in voice.frames:
        live = [[(at, one) for at, one in voice.parts[part].items() if not one.retired] for part in PARTS]
        for turn in range(max(map(len, live)) if all(live) else 0):
            chosen = [wordings[turn % len(wordings)] for wordings in live]
            yield Word(
                index=turn,
                voice=f"{voice.id}.{voice.language}",
                numbers=tuple(at for at, _ in chosen),
                parts=tuple(one for _, one in chosen),
                frame=frame,
                disclosure=voice.disclosures[0],
            )


def said(word: Word, values: Values, voice: Voice) -> str:
    """The word as the public reads it, without its disclosure."""
    return render(word, values, voice).removesuffix(f" {word.disclosure}")


def _said(voice: Voice, guide: Guide) -> Iterator[Flaw]:
    forms = [
        (f"parts.{part}.{at}", form)
        for part, wordings in voice.parts.items()
        for at, wording in wordings.items()
        for form in (() if wording.retired else wording.forms())
    ]
    forms += [
        (f"topics.{topic}", phrase) for names in (voice.phrases.topics, voice.phrases.nouns) for topic, phrase in names.items()
    ]
    forms += [(f"teams.{team}", name) for team, name in voice.phrases.teams.items()]
    forms += [(f"disclosures.{at}", form) for at, form in enumerate(voice.disclosures)]
    for place, form in forms:
        yield from (_flaw(place, form, fault) for fault in check(form, guide))


def _readings(voice: Voice, guide: Guide) -> Iterator[Flaw]:
    """One flaw at most for each typical word: in its shortest reading, then in its longest."""
    for word in typical(voice):
        found = [fault for values in (BARE, longest_values(voice)) for fault in check_reading(said(word, values, voice))]
        found += check(said(word, BARE, voice), guide)
        if found:
            yield _flaw(f"frames.{voice.frames.index(word.frame)}", f"“{'”, “'.join(word.wordings)}”", found[0])


@dataclass(frozen=True, slots=True)
class _Size:
    """What one wording adds at most: characters as X weighs them, words, long words."""

    weight: int
    words: int
    long: int


def _too_long(voice: Voice) -> Iterator[Flaw]:
    """The longest word of all, if it is too long."""
    length, index = longest(voice)
    if length > LENGTH:
        word, sizes = voice.word(index), _sizes(voice)
        assert word is not None
        part, at = max(zip(PARTS, word.numbers, strict=True), key=lambda one: sizes[one[0]][one[1]].weight)
        says = f"word {index} ({', '.join(word.wordings)}) can be {length} characters long"
        yield Flaw(f"parts.{part}.{at}", says, f"shorten one of its wordings: {LENGTH} is the limit")


def longest(voice: Voice) -> tuple[int, int]:
    """How long the longest live word can be (as X weighs it, slots at their longest), and its index; (0, 0) without any."""
    sizes, mark = _sizes(voice), 1 + max(map(weight, voice.disclosures))
    joins, found = [mark + sum(map(len, frame.joins)) for frame in voice.frames], (0, 0)
    for index, numbers in live_numbers(voice):
        told = sum(sizes[part][at].weight for part, at in zip(PARTS, numbers, strict=True))
        found = max(found, (told + joins[index % len(joins)], index))
    return found


def _too_hard(voice: Voice, guide: Guide) -> Iterator[Flaw]:
    """A sentence of more words than the guide allows, in some frame; the hardest word of all, where it is too hard to read."""
    sizes = _sizes(voice, read_values(voice))
    for at, frame in enumerate(voice.frames):
        for sentence in sentences_of(frame):
            words = sum(max((size.words for size in sizes[part].values()), default=0) for part in sentence)
            if words > guide.longest_sentence:
                says = f"the sentence of {' and '.join(sentence)} can have {words} words"
                yield Flaw(f"frames.{at}", says, f"split it, or shorten their wordings: {guide.longest_sentence} is the limit")
    lix, index = hardest(voice)
    if lix > guide.hardest:
        yield Flaw("parts", f"word {index} has a LIX of {lix:.0f}", f"use shorter words: {guide.hardest} is the limit")


def hardest(voice: Voice) -> tuple[float, int]:
    """The highest LIX of any live word where no slot has a value, and its index; (0, 0) where no word is live."""
    sizes, ends = _sizes(voice, BARE), [len(sentences_of(frame)) for frame in voice.frames]
    found = (0.0, 0)
    for index, numbers in live_numbers(voice):
        parts = [sizes[part][at] for part, at in zip(PARTS, numbers, strict=True)]
        words, long = sum(one.words for one in parts), sum(one.long for one in parts)
        found = max(found, (words / ends[index % len(ends)] + 100 * long / words, index))
    return found


def sentences_of(frame: Frame) -> tuple[tuple[str, ...], ...]:
    """The parts that stand together in each sentence."""
    found: list[tuple[str, ...]] = [()]
    for part, join in zip(frame.order, frame.joins, strict=True):
        found[-1] += (part,)
        if join.startswith("."):
            found.append(())
    return tuple(sentence for sentence in found if sentence)


def live_numbers(voice: Voice) -> Iterator[tuple[int, tuple[int, ...]]]:
    """(index, numbers) of every word that can be said."""
    live = [frozenset(at for at, one in voice.parts[part].items() if not one.retired) for part in PARTS]
    for index in range(voice.size):
        numbers = code.numbers(index, voice.p)
        if all(at in known for at, known in zip(numbers, live, strict=True)):
            yield index, numbers


def _sizes(voice: Voice, values: Values | None = None) -> dict[str, dict[int, _Size]]:
    values = values or longest_values(voice)
    return {part: {at: _size(one, values, voice) for at, one in wordings.items()} for part, wordings in voice.parts.items()}


def _size(wording: Wording, values: Values, voice: Voice) -> _Size:
    """The most that a wording adds, whichever of its forms is said."""
    texts = [clause(Wording(text=form, without=""), values, voice) for form in wording.forms()]
    told = [counts(text) for text in texts]
    return _Size(max(map(weight, texts)), max(one.words for one in told), max(one.long for one in told))


def _flaw(place: str, form: str, fault: Fault) -> Flaw:
    return Flaw(place, f"“{form}” breaks the rule “{fault.rule}”: “{fault.found}”", fault.remedy)
