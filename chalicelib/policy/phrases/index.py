"""One index over all phrases of all lists: which of them stand in a text is looked up, never tried one after the other.

Ways of plain words are found by one automaton (Aho-Corasick) in one pass over ``Reading.line``. A phrase with gaps, detectors or
many choices is filed under the keys of its rarest part (a word, the first letters of a beginning, a detector); where the text
has a key of each of its parts it is walked, exactly. So are plain ways of which a word may stand in disguise (``sc4m``).
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any, NamedTuple

import ahocorasick_rs

from chalicelib.policy.phrases.detectors import Detectors
from chalicelib.policy.phrases.phrase import GAP, Choice, parts_of
from chalicelib.policy.phrases.walk import Place, walk
from chalicelib.policy.text.reading import ASIDE, Reading

_HEADS = (2, 3)
"""Letters by which beginnings are filed: two for one of two (``ai*``), three for all others."""

_MOST_WAYS = 8
"""A phrase of plain words with so many ways is written out; one with more keeps its choices, which are fewer than its ways."""


class Hit(NamedTuple):
    """A phrase found: the list it stands on, the phrase as written, and its span in the original text."""

    source: str
    phrase: str
    start: int
    end: int


Span = tuple[int, int, str]
"""Start and end in the original text, and the phrase as written."""


class Index:
    """Every phrase of every list, ready to be looked up: phrase n stands on the list ``sources[n]``, written as ``written[n]``.

    ``literals`` are plain ways as they stand in a line, with the phrases that they say. A phrase that has to be walked has
    ``parts``, ``needs`` (for every part the keys of which a text has one that has the phrase, the rarest part first), and stands
    in ``filed`` under each key of its first need; ``alone`` are the phrases that are a single detector, by its name. ``heads``
    are the lengths of the beginnings among the keys.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        """What ``compile_index`` wrote; raises KeyError or TypeError for anything else."""
        lists: Mapping[str, Sequence[str]] = document["lists"]
        self.sources = [name for name, phrases in lists.items() for _ in phrases]
        self.written = [phrase for phrases in lists.values() for phrase in phrases]
        self.filed: Mapping[str, Sequence[int]] = document["filed"]
        self.alone: Mapping[str, Sequence[int]] = document["alone"]
        self.heads: Sequence[int] = document["heads"]
        self.parts: Mapping[str, Sequence[Sequence[Sequence[str]]]] = document["parts"]
        self.needs: Mapping[str, Sequence[Sequence[str]]] = document["needs"]
        self.detectors = Detectors(document["detectors"])
        self._patterns: Sequence[str] = list(document["literals"])
        self.literals: Sequence[Sequence[int]] = list(document["literals"].values())
        self.plain = ahocorasick_rs.AhoCorasick(self._patterns, matchkind=ahocorasick_rs.MatchKind.Standard)
        self.plain_in = self.plain.find_matches_as_indexes
        self._smaller: dict[frozenset[str], Index] = {}

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Index:
        """The index that ``compile_index`` wrote; raises KeyError or TypeError for anything else."""
        return cls(document)

    @property
    def phrases(self) -> list[tuple[str, str]]:
        """(list, phrase as written) of every phrase, by its number."""
        return list(zip(self.sources, self.written, strict=True))

    def only(self, sources: Iterable[str]) -> Index:
        """The phrases of some lists alone, for short texts that few lists are asked about; made when first asked for."""
        asked = frozenset(sources)
        if asked not in self._smaller:
            phrases = {source: [phrase for name, phrase in self.phrases if name == source] for source in asked}
            self._smaller[asked] = Index(compile_index(phrases))
        return self._smaller[asked]

    @cached_property
    def stems(self) -> Mapping[str, bool]:
        """Every word of every phrase, and every beginning without its ``*``: whether it is a beginning."""
        walked = {symbol for row in self.parts.values() for part in row for choice in part for symbol in choice}
        symbols = walked.union(symbol for ways in self.by_word.values() for _, way in ways for symbol in way)
        words = [symbol for symbol in symbols if symbol != GAP and not symbol.startswith("[")]
        return {symbol.removesuffix("*"): symbol.endswith("*") for symbol in sorted(words)}

    @cached_property
    def by_word(self) -> Mapping[str, Sequence[tuple[int, Choice]]]:
        """The literals by each of their words (a beginning by its head): for the first text with a word in disguise."""
        found: dict[str, list[tuple[int, Choice]]] = {}
        for number, pattern in enumerate(self._patterns):
            words = pattern.split()
            way = tuple(words) if pattern.endswith(" ") else (*words[:-1], f"{words[-1]}*")
            for key in {_keyed(symbol) for symbol in way}:
                found.setdefault(key, []).append((number, way))
        return found


def compile_index(lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """JSON for ``Index.load`` from list name → phrases. Raises PhraseError; check each phrase with ``expand`` before."""
    phrases = {name: sorted(set(lists[name])) for name in sorted(lists)}
    parts = [parts_of(phrase) for found in phrases.values() for phrase in found]
    common = Counter(symbol for row in parts for symbol in {symbol for part in row for choice in part for symbol in choice})
    literals: dict[str, list[int]] = {}
    walked: dict[str, list[list[Choice]]] = {}
    alone: dict[str, list[int]] = {}
    for number, row in enumerate(parts):
        ways = _plain_ways(row)
        if ways is None and len(row) == len(row[0]) == len(row[0][0]) == 1 and row[0][0][0].startswith("["):
            alone.setdefault(row[0][0][0][1:-1], []).append(number)
        elif ways is None:
            walked[str(number)] = row
        for pattern in dict.fromkeys(map(_pattern, ways or ())):
            literals.setdefault(pattern, []).append(number)
    needs = {number: _needs(row, common) for number, row in walked.items()}
    filed: dict[str, list[int]] = {}
    for written, keys in needs.items():
        for key in keys[0]:
            filed.setdefault(key, []).append(int(written))
    return {
        "lists": phrases,
        "literals": dict(sorted(literals.items())),
        "filed": filed,
        "alone": alone,
        "heads": sorted({min(len(symbol) - 1, _HEADS[-1]) for symbol in common if symbol.endswith("*")}),
        "parts": walked,
        "needs": needs,
        "detectors": sorted(symbol[1:-1] for symbol in common if symbol.startswith("[")),
    }


def scan(index: Index, reading: Reading) -> tuple[Hit, ...]:
    """Every phrase of ``index`` in ``reading``, in the order of the text."""
    return Found(index, reading).hits


class Found:
    """The phrases of an index that stand in one reading. Which ones is known at once; where, when somebody asks.

    ``plain`` are the literals found in the line: (place in ``Index.literals``, start, end); ``beside`` the numbers of the phrases
    found that are no literals.
    """

    def __init__(self, index: Index, reading: Reading) -> None:
        self._index, self._reading = index, reading
        self.plain: Sequence[tuple[int, int, int]] = index.plain_in(reading.line, overlapping=True)
        self._names = index.detectors.seen(reading.bare.text)
        self._walked = self._walk() if index.filed or reading.beside else []
        self.beside = self._beside() if self._names or self._walked else ()

    @property
    def sources(self) -> frozenset[str]:
        """The lists that have a phrase in the text."""
        sources, literals = self._index.sources, self._index.literals
        return frozenset(
            [sources[number] for literal, _, _ in self.plain for number in literals[literal]] + [sources[n] for n in self.beside]
        )

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every phrase with its span, in the order of the text; where two begin together, the longer first."""
        found = [Hit(source, phrase, start, end) for source, spans in self.spans.items() for start, end, phrase in spans]
        return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end, hit.source, hit.phrase)))

    @cached_property
    def spans(self) -> dict[str, list[Span]]:
        """Every phrase with its span, by the list that it stands on."""
        tokens, sources, written = self._reading.tokens, self._index.sources, self._index.written
        found = defaultdict[str, list[Span]](list)
        seen = set[Place]()
        for numbers, first, last in (*self._plain_places(), *self._other_places()):
            start, end = tokens[first].start, tokens[last].end
            if first != last:
                end = max([token.end for token in tokens[first : last + 1]])
            for number in numbers:
                place = (number, first, last)
                if place not in seen:
                    seen.add(place)
                    found[sources[number]].append((start, end, written[number]))
        return found

    def _beside(self) -> list[int]:
        """The phrases in the text that no literal says, by number."""
        alone = self._index.alone
        numbers = [number for name in self._names if name in alone for number in alone[name]]
        return [*numbers, *[number for number, _, _ in self._walked]] if self._walked else numbers

    def _walk(self) -> list[Place]:
        """The places of all that the line alone cannot tell."""
        index, reading = self._index, self._reading
        ways = self._disguised() if reading.beside else []
        filed = index.filed
        candidates = {number for key in filed.keys() & self._keys for number in filed[key]}
        ways += self._ways(candidates) if candidates else ()
        return walk(reading, ways, self._seen) if ways else []

    @cached_property
    def _keys(self) -> Set[str]:
        """Every key that the text has."""
        forms, heads = self._reading.forms, self._index.heads
        keys = forms.union([f"[{name}]" for name in self._names]) if self._names else forms
        return keys.union([form[:length] for length in heads for form in forms]) if heads else keys

    @cached_property
    def _seen(self) -> Mapping[int, list[tuple[str, int]]]:
        """First token → (symbol, last token) of everything the detectors see."""
        found: dict[int, list[tuple[str, int]]] = {}
        starts = [token.start for token in self._reading.tokens]
        ends = [token.end for token in self._reading.tokens]
        for name, start, end in self._index.detectors.spans(self._names, self._reading):
            first, last = bisect_left(ends, start + 1), bisect_left(starts, end) - 1
            if first <= last:
                found.setdefault(first, []).append((f"[{name}]", last))
        return found

    def _disguised(self) -> list[tuple[int, Choice]]:
        """The plain ways that are in the text only where a word is read in another way than the plain one."""
        by_word, beside = self._index.by_word, self._reading.beside
        keys = beside.union([form[:length] for length in _HEADS for form in beside])
        touched = {way: literal for key in by_word.keys() & keys for literal, way in by_word[key]}
        return [
            (number, way)
            for way, literal in touched.items()
            if all(map(self._here, way))
            for number in self._index.literals[literal]
        ]

    def _ways(self, numbers: Iterable[int]) -> list[tuple[int, Choice]]:
        """The ways to say these phrases with what the text has; none for a phrase of which something is nowhere in it."""
        ways: list[tuple[int, Choice]] = []
        needs, nowhere = self._index.needs, self._keys.isdisjoint
        for number in set(numbers):
            if not any(map(nowhere, needs[str(number)])):
                parts = [[choice for choice in part if all(map(self._here, choice))] for part in self._index.parts[str(number)]]
                ways += [(number, tuple(itertools.chain.from_iterable(way))) for way in itertools.product(*parts)]
        return ways

    def _here(self, symbol: str) -> bool:
        if symbol in self._reading.forms or symbol == GAP:
            return True
        if symbol.endswith("*"):
            return f" {symbol[:-1]}" in self._all
        return symbol.startswith("[") and symbol[1:-1] in self._names

    @cached_property
    def _all(self) -> str:
        """All readings of all words, each behind a space: a beginning is in the text where it is in here."""
        return f" {' '.join(self._reading.forms)}"

    def _plain_places(self) -> Iterator[tuple[Sequence[int], int, int]]:
        """(phrases, first token, last token) of the literals."""
        if not self.plain:
            return
        tokens, literals = self._reading.tokens, self._index.literals
        words = [number for number, token in enumerate(tokens) if token.kind not in ASIDE]
        starts = list(itertools.accumulate([len(tokens[word].forms[0]) + 1 for word in words], initial=0))
        for literal, start, end in self.plain:
            yield literals[literal], words[bisect_left(starts, start)], words[bisect_left(starts, end - 1) - 1]

    def _other_places(self) -> Iterator[tuple[Sequence[int], int, int]]:
        """The same of what was walked, and of the detectors that are a phrase."""
        yield from (((number,), first, last) for number, first, last in self._walked)
        alone = {f"[{name}]": self._index.alone[name] for name in self._names if name in self._index.alone}
        for first, found in self._seen.items() if alone else ():
            yield from ((alone[symbol], first, last) for symbol, last in found if symbol in alone)


def _plain_ways(row: Sequence[Sequence[Choice]]) -> list[Choice] | None:
    """All ways of a phrase that the line of a reading can tell about; None where there are too many or it cannot."""
    ways = [tuple(itertools.chain.from_iterable(way)) for way in itertools.islice(itertools.product(*row), _MOST_WAYS + 1)]
    plain = all(_plain(symbol) for way in ways for symbol in (*way[:-1], way[-1].removesuffix("*")))
    return ways if len(ways) <= _MOST_WAYS and plain else None


def _plain(symbol: str) -> bool:
    return symbol.removeprefix("#").replace("_", "").isalnum() if symbol.startswith("#") else symbol.isalnum()


def _pattern(way: Choice) -> str:
    return f" {' '.join(way)}".removesuffix("*") if way[-1].endswith("*") else f" {' '.join(way)} "


def _keyed(symbol: str) -> str:
    return symbol[:-1][: _HEADS[-1]] if symbol.endswith("*") else symbol


def _needs(row: Sequence[Sequence[Choice]], common: Counter[str]) -> list[list[str]]:
    """The keys of every part, the rarest part first: one for each choice, that of its rarest symbol. A gap leads nowhere."""
    parts = [sorted({_keyed(min(choice, key=lambda symbol: (common[symbol], symbol))) for choice in part}) for part in row]
    return sorted((keys for keys in parts if keys != [GAP]), key=lambda keys: (sum(common[key] or 9 for key in keys), keys))
