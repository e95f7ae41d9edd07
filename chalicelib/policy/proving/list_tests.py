"""``<folder>/tests/<list>.txt``: sentences that prove the phrases of one list. No Lambda imports this.

A line is a sentence as people write it. What stands in [square brackets] must be found by a phrase of the list, letter for
letter; brackets may stand inside each other. A line without brackets must not be found at all: a near miss. ``{a|b|c}`` makes
several sentences of a line: one with the first of each, and one for every other. ``//`` begins a note.
``baseline/tests/topics/<industry>.txt`` proves topics: there each line begins with its topic (``card: my [card] ...``).
``<list>.rot13.txt`` holds sentences that nobody should have to read: each letter is the one 13 places on.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.problem import Problem, did_you_mean
from chalicelib.policy.phrases.choices import needed as choices_needed
from chalicelib.policy.phrases.index import Hit, Index, scan
from chalicelib.policy.rules.node import Place
from chalicelib.policy.text.reading import read

PATH = re.compile(r"([a-z0-9-]+)/tests/(topics/)?([a-z0-9-]+)(\.rot13)?\.txt")
_WAYS = re.compile(r"\{([^{}]*)\}")
_NOTE = re.compile(r"(?:^|\s)//.*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One line: the list that it proves, its text without brackets, and the spans that must be found."""

    place: Place
    source: str
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """What the sentences showed: where they are not met, the phrases that a sentence would miss, and the lists that have any.

    ``choices`` are those that a sentence would miss: (source, phrase, the phrase without the choice).
    """

    tried: int
    problems: tuple[Problem, ...]
    needed: frozenset[tuple[str, str]]
    choices: frozenset[tuple[str, str, str]]
    sources: frozenset[str]


def read_sentences(files: Mapping[str, str], sources: Iterable[str]) -> tuple[tuple[Sentence, ...], tuple[Problem, ...]]:
    """Every sentence of ``files``, and what is wrong with them. ``sources`` are the lists that there are."""
    known, found, problems = frozenset(sources), list[Sentence](), list[Problem]()
    for path in sorted(files):
        match = PATH.fullmatch(path)
        for place in _lines(path, files[path]) if match else ():
            try:
                found += _sentences(place, match, known)  # type: ignore[arg-type]
            except _Wrong as wrong:
                problems.append(wrong.problem)
    return tuple(found), tuple(problems)


def prove(sentences: Iterable[Sentence], index: Index) -> Proved:
    """Every sentence looked up in ``index``. A phrase is needed where it alone finds a span that was asked for.

    A choice of it is needed where the phrase would not find the span without it.
    """
    problems, needed, sources, tried = list[Problem](), set[tuple[str, str]](), set[str](), 0
    choices = set[tuple[str, str, str]]()
    for sentence in sentences:
        tried += 1
        sources.add(sentence.source)
        reading = read(sentence.text)
        hits = [hit for hit in scan(index, reading) if hit.source == sentence.source]
        for span in sentence.spans:
            phrases = {hit.phrase for hit in hits if (hit.start, hit.end) == span}
            if not phrases:
                problems.append(_missing(sentence, span, hits))
            if len(phrases) == 1:
                phrase = phrases.pop()
                needed.add((sentence.source, phrase))
                choices |= {(sentence.source, phrase, one.rest) for one in choices_needed(phrase, reading, span)}
        if not sentence.spans and hits:
            says = f"“{hits[0].phrase}” of {sentence.source} finds something in a sentence without brackets"
            problems.append(
                sentence.place.problem(says, "put brackets around what should be found, or narrow the phrase", "GP700")
            )
    return Proved(tried, tuple(problems), frozenset(needed), frozenset(choices), frozenset(sources))


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def _lines(path: str, text: str) -> Iterator[Place]:
    for number, line in enumerate(text.split("\n"), 1):
        if _NOTE.sub("", line).strip():
            yield Place(path, number, 1, line)


def _sentences(place: Place, match: re.Match[str], known: frozenset[str]) -> Iterator[Sentence]:
    line = codecs.decode(place.shown, "rot13") if match[4] else place.shown
    written = _NOTE.sub("", line).strip()
    source = f"{match[1]}/{match[3]}"
    if match[2]:
        topic, colon, written = written.partition(":")
        if not colon:
            raise _Wrong(place.problem("no topic before the sentence", "write  card: why was my [card] declined?"))
        source, written = f"topics/{match[3]}/{topic.strip()}", written.strip()
    if source not in known:
        raise _Wrong(place.problem(f'there is no list "{source}"', did_you_mean(source, known), "GP201"))
    for way in _ways(place, written):
        text, spans = _spans(place, way)
        yield Sentence(place, source, text, spans)


def _ways(place: Place, written: str) -> Iterator[str]:
    """The line with the first of each ``{a|b}``, then with every other one, alone."""
    pieces = _WAYS.split(written)
    said, ways = pieces[::2], [piece.split("|") for piece in pieces[1::2]]
    if any(brace in piece for piece in said for brace in "{}") or any(len(way) < 2 or not all(way) for way in ways):
        raise _Wrong(place.problem("braces that hold no choice", "write {this|that}: two sentences in one line"))
    first = [way[0] for way in ways]
    others = ([*first[:n], other, *first[n + 1 :]] for n, way in enumerate(ways) for other in way[1:])
    for chosen in (first, *others):
        yield said[0] + "".join(word + text for word, text in zip(chosen, said[1:], strict=True))


def _spans(place: Place, written: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text without its brackets, and what stood in them."""
    letters, opened, spans = list[str](), list[int](), list[tuple[int, int]]()
    for letter in written:
        if letter == "[":
            opened.append(len(letters))
        elif letter == "]" and opened:
            spans.append((opened.pop(), len(letters)))
        elif letter == "]":
            raise _Wrong(place.problem("a bracket that was never opened", "write [around what must be found]"))
        else:
            letters.append(letter)
    if opened:
        raise _Wrong(place.problem("a bracket that is never closed", "write [around what must be found]"))
    return "".join(letters), tuple(spans)


def _missing(sentence: Sentence, span: tuple[int, int], hits: list[Hit]) -> Problem:
    asked = sentence.text[span[0] : span[1]]
    others = ", ".join(dict.fromkeys(f"“{sentence.text[hit.start : hit.end]}” ({hit.phrase})" for hit in hits))
    remedy = f"it finds {others}" if others else "mend the phrase, or the brackets"
    return sentence.place.problem(f"no phrase of {sentence.source} finds “{asked}” there", remedy, "GP700")
