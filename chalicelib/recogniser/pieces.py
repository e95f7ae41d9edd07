"""A text as word pieces: the words of its reading, cut into the longest pieces that the encoder knows (WordPiece, uncased)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chalicelib.policy.text.reading import ASIDE, LONGEST_WORD, Kind, Reading, read

MOST_PIECES = 60
"""Pieces that are looked at. A mention has about twenty-five; one of a hundred and fifty has more (docs/judgement.md)."""

_STANDS_FOR = {Kind.HANDLE: "@", Kind.LINK: "link"}
"""Handles and links say nothing by their letters, and must not: a name is never evidence."""


class TooLong(ValueError):
    """The text has more than ``MOST_PIECES``, or a word that is not read to its end: nobody may judge by a beginning."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece: its number in the vocabulary, and which stretch of the text as received it comes from."""

    number: int
    start: int
    end: int


def pieces_of(text: str, vocabulary: Mapping[str, int]) -> list[Piece]:
    """The pieces of ``text`` between the two marks that the encoder expects; raises TooLong rather than leave one out."""
    reading = read(text)
    if not reading.complete or any(len(token.forms[0]) >= LONGEST_WORD for token in reading.tokens if token.kind not in ASIDE):
        raise TooLong(f"a word of {LONGEST_WORD} letters, or a text that is not read to its end")
    found = [Piece(vocabulary["[CLS]"], 0, 0)]
    for word, start, end in words_of(reading):
        found.extend(Piece(number, start, end) for number in _cut(word, vocabulary))
        if len(found) >= MOST_PIECES:
            raise TooLong(f"more than {MOST_PIECES} pieces")
    return [*found, Piece(vocabulary["[SEP]"], len(text), len(text))]


def words_of(reading: Reading) -> Iterator[tuple[str, int, int]]:
    """The words of a reading and the marks that end its clauses, in order; a name or a link has no letters of its own."""
    stops = list(reading.stops)
    last = ""
    for place, token in enumerate(reading.tokens):
        while stops and stops[0].after <= place:
            yield _mark(stops[0].marks), stops[0].start, stops[0].start
            stops.pop(0)
        word = _STANDS_FOR.get(token.kind, token.forms[0].removeprefix("#"))
        if word != "@" or last != "@":
            yield word, token.start, token.start if token.kind in _STANDS_FOR else token.end
        last = word
    for stop in stops:
        yield _mark(stop.marks), stop.start, stop.start


def _mark(marks: str) -> str:
    return "?" if "?" in marks else "!" if "!" in marks else "."


def _cut(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The longest known piece first, then the longest of the rest; a word with an unknown part is unknown as a whole."""
    numbers: list[int] = []
    for part in _parts(word):
        place, cut = 0, []
        while place < len(part):
            end = len(part)
            while end > place and ("##" if place else "") + part[place:end] not in vocabulary:
                end -= 1
            if end == place:
                cut = [vocabulary["[UNK]"]]
                break
            cut.append(vocabulary[("##" if place else "") + part[place:end]])
            place = end
        numbers += cut
    return numbers


def _parts(word: str) -> Iterator[str]:
    """``can't`` as the encoder learnt it: letters and digits together, every other sign alone."""
    part = ""
    for letter in word:
        if letter.isalnum():
            part += letter
            continue
        if part:
            yield part
        yield letter
        part = ""
    if part:
        yield part
