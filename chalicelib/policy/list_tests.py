"""``<folder>/tests/<list>.txt``: sentences that prove the phrases of one list. No Lambda imports this.

A line is a sentence as people write it. What stands in [square brackets] must be found by a phrase of the list, letter for
letter; brackets may stand inside each other. A line without brackets must not be found at all: a near miss. ``//`` begins a
note. ``baseline/tests/topics/<industry>.txt`` proves topics: there each line begins with its topic (``card: my [card] ...``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.problem import Problem, did_you_mean
from chalicelib.policy.node import Place
from chalicelib.policy.phrase_index import Hit, Index, scan
from chalicelib.policy.text import read

PATH = re.compile(r"([a-z0-9-]+)/tests/(topics/)?([a-z0-9-]+)\.txt")
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
    """What the sentences showed: where they are not met, the phrases that a sentence would miss, and the lists that have any."""

    tried: int
    problems: tuple[Problem, ...]
    needed: frozenset[tuple[str, str]]
    sources: frozenset[str]


def read_sentences(files: Mapping[str, str], sources: Iterable[str]) -> tuple[tuple[Sentence, ...], tuple[Problem, ...]]:
    """Every sentence of ``files``, and what is wrong with them. ``sources`` are the lists that there are."""
    known, found, problems = frozenset(sources), list[Sentence](), list[Problem]()
    for path in sorted(files):
        match = PATH.fullmatch(path)
        for place in _lines(path, files[path]) if match else ():
            try:
                found.append(_sentence(place, match, known))  # type: ignore[arg-type]
            except _Wrong as wrong:
                problems.append(wrong.problem)
    return tuple(found), tuple(problems)


def prove(sentences: Iterable[Sentence], index: Index) -> Proved:
    """Every sentence looked up in ``index``. A phrase is needed where it alone finds a span that was asked for."""
    problems, needed, sources, tried = list[Problem](), set[tuple[str, str]](), set[str](), 0
    for sentence in sentences:
        tried += 1
        sources.add(sentence.source)
        hits = [hit for hit in scan(index, read(sentence.text)) if hit.source == sentence.source]
        for span in sentence.spans:
            phrases = {hit.phrase for hit in hits if (hit.start, hit.end) == span}
            if not phrases:
                problems.append(_missing(sentence, span, hits))
            if len(phrases) == 1:
                needed.add((sentence.source, phrases.pop()))
        if not sentence.spans and hits:
            says = f"“{hits[0].phrase}” of {sentence.source} finds something in a sentence without brackets"
            problems.append(
                sentence.place.problem(says, "put brackets around what should be found, or narrow the phrase", "GP700")
            )
    return Proved(tried, tuple(problems), frozenset(needed), frozenset(sources))


class _Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def _lines(path: str, text: str) -> Iterator[Place]:
    for number, line in enumerate(text.split("\n"), 1):
        if _NOTE.sub("", line).strip():
            yield Place(path, number, 1, line)


def _sentence(place: Place, match: re.Match[str], known: frozenset[str]) -> Sentence:
    written = _NOTE.sub("", place.shown).strip()
    source = f"{match[1]}/{match[3]}"
    if match[2]:
        topic, colon, written = written.partition(":")
        if not colon:
            raise _Wrong(place.problem("no topic before the sentence", "write  card: why was my [card] declined?"))
        source, written = f"topics/{match[3]}/{topic.strip()}", written.strip()
    if source not in known:
        raise _Wrong(place.problem(f'there is no list "{source}"', did_you_mean(source, known), "GP201"))
    text, spans = _spans(place, written)
    return Sentence(place, source, text, spans)


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
