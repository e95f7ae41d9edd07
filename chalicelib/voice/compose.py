"""Which word comes next, and how it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.voice.expectation import Expectation
from chalicelib.voice.length import weight
from chalicelib.voice.sameness import mask, overlap, trigrams
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.voice import Voice
from chalicelib.voice.word import PARTS, PLACEHOLDER, SLOTS, Word, Wording

TOO_ALIKE = 0.35
"""Similarity to a post of the same thread from which a text may not be used (``docs/voice.md`` says how it was chosen)."""

TRIED_KEPT = 50
"""How many skipped words are written down."""

SPARED = frozenset({"opening-had", "too-alike"})
"""Why a word does not fit this person or thread, and may fit the next: it is not lost. One too long is so for others too."""

RUN = 100
"""After so many words that are taken, one behind the other, the search goes on elsewhere: as many locks are read at once."""

RUNS = 4
"""How many places in the code are searched, evenly apart, before a person answers: a cursor that was lost then finds its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What one acknowledgement needs.

    ``cursor`` says where to start (any number: a hint), ``withdrawn`` and ``openings_had`` hold marks of wordings,
    ``thread_posts`` the texts of every post of ours in the thread, ``taken`` locks known to be held, ``left`` those of ``taken``
    that are free and left for other writers, ``length_limit`` the longest reply (characters as X weighs them, which is never
    fewer than there are).
    """

    language: str
    topic: str
    team: str
    expectation: Expectation
    cursor: int
    length_limit: int
    withdrawn: frozenset[str] = frozenset()
    openings_had: frozenset[str] = frozenset()
    thread_posts: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A reply, ready to be reserved.

    ``wordings`` are ``<part>:<number>`` within the edition, ``marks`` what they say in any edition, ``opening`` the mark of the
    one said first. ``tried`` says why earlier words were skipped (the first ``TRIED_KEPT`` of them). ``next_cursor`` is where the
    next search starts: at the first word that was skipped though somebody else may say it, else behind this one.
    """

    index: int
    lock: str
    wordings: tuple[str, ...]
    marks: tuple[str, ...]
    opening: str
    text: str
    disclosure: str
    tried: tuple[tuple[int, str], ...]
    next_cursor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """Nothing may be said: a person answers. ``reason``: wording-exhausted | language-not-spoken."""

    reason: str
    tried: tuple[tuple[int, str], ...] = ()


def compose(voice: Voice, request: Request) -> Composed | Exhausted:
    """The first usable word from the cursor on, the same one for the same request.

    Guarantee: two words of one edition that are posted within the window share at most 2 of their 5 wordings, whatever
    crashes, races, is skipped or is withdrawn. Proof: the transaction that reserves a word puts a condition on its lock, which is
    held until deadline + lease + clock skew + window, so a reply with the same five texts cannot be reserved while a post of
    them may still lie inside the window of another; any other word shares at most 2 numbers with it (``code.numbers``), and
    within an edition a number is one text for ever (``revision.broken``). Nothing else is asked of anybody: cursor, order and
    what is withdrawn only say which words are tried.
    """
    if voice.language != request.language:
        return Exhausted(reason="language-not-spoken")
    values = Values(topic=request.topic, team=request.team, expectation=request.expectation)
    posts = tuple(trigrams(mask(post, voice.disclosures)) for post in request.thread_posts)
    tried: list[tuple[int, str]] = []
    passed: int | None = None
    for run in range(RUNS):
        taken = 0
        for index in _from(voice, request.cursor + run * voice.size // RUNS):
            word = voice.word(index)
            why = _barred(word, request)
            if word is not None and not why:
                text = render(word, values, voice)
                why = _misfit(text, word, request, posts)
                if not why:
                    after = (index + 1) % voice.size if passed is None else passed
                    return _composed(word, text, tuple(tried), after)
            if passed is None and word is not None and (why in SPARED or word.lock in request.left):
                passed = index
            tried += [(index, why)] if len(tried) < TRIED_KEPT else []
            taken += why == "taken"
            if taken == RUN:
                break
        else:
            break
    return Exhausted(reason="wording-exhausted", tried=tuple(tried))


def upcoming(voice: Voice, cursor: int, n: int, withdrawn: frozenset[str] = frozenset()) -> tuple[tuple[int, str], ...]:
    """(index, lock) of the next ``n`` live words from the cursor on: whose locks to read after one was lost."""
    found: list[tuple[int, str]] = []
    for index in _from(voice, cursor):
        if len(found) == n:
            break
        word = voice.word(index)
        if word and withdrawn.isdisjoint(word.marks):
            found.append((index, word.lock))
    return tuple(found)


def render(word: Word, values: Values, voice: Voice) -> str:
    """The word as the public reads it, disclosure last."""
    said = {part: clause(wording, values, voice) for part, wording in zip(PARTS, word.parts, strict=True)}
    text = ""
    for part, join in zip(word.frame.order, word.frame.joins, strict=True):
        starts = not text or text.endswith(". ")
        text += (_capital(said[part]) if starts else said[part]) + join
    return f"{text} {word.disclosure}"


def _from(voice: Voice, cursor: int) -> Iterator[int]:
    """Every index once, in order from the cursor: neighbours differ in all five parts."""
    return ((cursor + step) % voice.size for step in range(voice.size))


def _barred(word: Word | None, request: Request) -> str:
    """Why the word may not be used, however it reads; empty where it may."""
    if word is None:
        return "no-live-wording"
    if not request.withdrawn.isdisjoint(word.marks):
        return "withdrawn"
    if word.lock in request.taken:
        return "taken"
    return "opening-had" if word.opening in request.openings_had else ""


def _misfit(text: str, word: Word, request: Request, posts: tuple[frozenset[str], ...]) -> str:
    """Why the word may not be used as it reads here; empty where it may."""
    if weight(text) > request.length_limit:
        return "too-long"
    ours = trigrams(mask(text, (word.disclosure,))) if posts else frozenset()
    return "too-alike" if any(overlap(ours, post) >= TOO_ALIKE for post in posts) else ""


def _composed(word: Word, text: str, tried: tuple[tuple[int, str], ...], next_cursor: int) -> Composed:
    return Composed(
        index=word.index,
        lock=word.lock,
        wordings=word.wordings,
        marks=word.marks,
        opening=word.opening,
        text=text,
        disclosure=word.disclosure,
        tried=tried,
        next_cursor=next_cursor,
    )


def clause(wording: Wording, values: Values, voice: Voice) -> str:
    """The wording with its slots filled; in its form ``without`` where an optional slot has no value."""
    filled = _filled(wording.topics.get(values.topic, wording.text), values, voice)
    return filled if filled is not None else _filled(wording.without or "", values, voice) or ""


def _filled(form: str, values: Values, voice: Voice) -> str | None:
    for name in PLACEHOLDER.findall(form):
        value = SLOTS[name].fill(values, voice.phrases)
        if value is None:
            return None
        form = form.replace(f"{{{name}}}", value)
    return form


def _capital(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
