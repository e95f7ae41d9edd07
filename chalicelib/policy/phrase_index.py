"""One index over all phrases of all lists: which of them stand in a text is looked up, never tried one after the other.

Each way to say a phrase is filed under one key: its rarest word, the first letters of a beginning, or a detector. So the words
of a text lead to the few phrases that can stand in it. A way of plain words is then one substring of ``Reading.line``; any
other (gaps, detectors, disguised words) is walked exactly, once a key of each of its parts has been seen in the text.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from chalicelib.policy.detectors import Detectors
from chalicelib.policy.phrase_walk import Place, walk
from chalicelib.policy.phrases import GAP, Choice, parts_of
from chalicelib.policy.text import ASIDE, Reading

_HEADS = (2, 3)
"""Letters by which beginnings are filed: two for one of two (``ai*``), three for all others."""

_MOST_WAYS = 8
"""A phrase of plain words with so many ways is written out; one with more keeps its choices, which are fewer than its ways."""

Entry = Sequence[Any]
"""``[line pattern, numbers of phrases]``; the pattern is empty where the phrases have to be walked."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: the list it stands on, the phrase as written, and its span in the original text."""

    source: str
    phrase: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Index:
    """Every phrase of every list, ready to be looked up. ``phrases[n]`` is (list, phrase as written).

    ``filed`` leads from keys to entries, ``heads`` are the lengths of the beginnings filed. A phrase that has to be walked has
    ``parts`` and ``needs``: for every part the keys of which one is in a text that has the phrase, the rarest part first.
    """

    phrases: Sequence[Sequence[str]]
    filed: Mapping[str, Sequence[Entry]]
    heads: Sequence[int]
    parts: Mapping[str, Sequence[Sequence[Sequence[str]]]]
    needs: Mapping[str, Sequence[Sequence[str]]]
    detectors: Detectors

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Index:
        """The index that ``compile_index`` wrote; raises KeyError or TypeError for anything else."""
        kept = {name: document[name] for name in ("phrases", "filed", "heads", "parts", "needs")}
        return cls(**kept, detectors=Detectors(document["detectors"]))


def compile_index(lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """JSON for ``Index.load`` from list name → phrases. Raises PhraseError; check each phrase with ``expand`` before."""
    phrases = [[name, phrase] for name in sorted(lists) for phrase in sorted(set(lists[name]))]
    parts = [parts_of(phrase) for _, phrase in phrases]
    common = Counter(symbol for row in parts for symbol in {symbol for part in row for choice in part for symbol in choice})
    filed: dict[str, dict[str, list[int]]] = {}
    walked: dict[str, list[list[Choice]]] = {}
    needs: dict[str, list[list[str]]] = {}
    for number, row in enumerate(parts):
        ways = _plain_ways(row)
        if ways is None:
            walked[str(number)], needs[str(number)] = row, _needs(row, common)
        for key, pattern in _filed_as(ways, needs.get(str(number), ()), common):
            numbers = filed.setdefault(key, {}).setdefault(pattern, [])
            if number not in numbers:
                numbers.append(number)
    return {
        "phrases": phrases,
        "filed": {key: [[pattern, numbers] for pattern, numbers in sorted(filed[key].items())] for key in sorted(filed)},
        "heads": sorted({min(len(symbol) - 1, _HEADS[-1]) for symbol in common if symbol.endswith("*")}),
        "parts": walked,
        "needs": needs,
        "detectors": sorted(symbol[1:-1] for symbol in common if symbol.startswith("[")),
    }


def scan(index: Index, reading: Reading) -> tuple[Hit, ...]:
    """Every phrase of ``index`` in ``reading``, in the order of the text."""
    return Found(index, reading).hits


class Found:
    """The phrases of an index that stand in one reading. Which ones is known at once; where, when somebody asks."""

    def __init__(self, index: Index, reading: Reading) -> None:
        self._index, self._reading = index, reading
        self._literal: list[Entry] = []
        self._walked: list[Place] = []
        self._look_up()

    @cached_property
    def sources(self) -> frozenset[str]:
        """The lists that have a phrase in the text."""
        phrases = self._index.phrases
        literal = {phrases[number][0] for _, numbers in self._literal for number in numbers}
        return frozenset(literal.union(phrases[number][0] for number, _, _ in self._walked))

    @cached_property
    def hits(self) -> tuple[Hit, ...]:
        """Every phrase with its span, in the order of the text; where two begin together, the longer first."""
        tokens, phrases = self._reading.tokens, self._index.phrases
        places = dict.fromkeys((*self._literal_places(), *self._walked))
        found = [
            Hit(phrases[number][0], phrases[number][1], tokens[first].start, max(token.end for token in tokens[first : last + 1]))
            for number, first, last in places
        ]
        return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end, hit.source, hit.phrase)))

    def _look_up(self) -> None:
        index, reading = self._index, self._reading
        line, beside = reading.line, reading.beside
        candidates: list[int] = []
        touched: list[tuple[int, Choice]] = []
        filed = index.filed
        for entry in [entry for key in filed.keys() & self._keys for entry in filed[key]]:
            pattern = entry[0]
            if not pattern:
                candidates += entry[1]
            elif beside and (way := self._touched(pattern)):
                touched += [(number, way) for number in entry[1]]
            elif pattern in line:
                self._literal.append(entry)
        if candidates or touched:
            ways = [*touched, *self._ways(candidates)]
            self._walked = self._alone(ways) or (walk(reading, ways, self._seen) if ways else [])

    @cached_property
    def _keys(self) -> Set[str]:
        """Every key that the text has."""
        forms, heads = self._reading.forms, self._index.heads
        keys = forms.union(f"[{name}]" for name in self._names) if self._names else forms
        return keys.union([form[:length] for length in heads for form in forms]) if heads else keys

    @cached_property
    def _names(self) -> frozenset[str]:
        return self._index.detectors.seen(self._reading.folded)

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

    def _touched(self, pattern: str) -> Choice | None:
        """The symbols of a plain way that a disguised reading may belong to; None where the line tells all about it."""
        symbols = pattern.split()
        beside, last = self._reading.beside, symbols[-1]
        if pattern.endswith(" "):
            return tuple(symbols) if not beside.isdisjoint(symbols) and self._reading.forms.issuperset(symbols) else None
        if beside.isdisjoint(symbols[:-1]) and not any(form.startswith(last) for form in beside):
            return None
        return (*symbols[:-1], f"{last}*")

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
        if symbol.endswith("*"):
            return f" {symbol[:-1]}" in self._all
        if symbol.startswith("["):
            return symbol[1:-1] in self._names
        return symbol in self._reading.forms or symbol == GAP

    @cached_property
    def _all(self) -> str:
        """All readings of all words, each behind a space: a beginning is in the text where it is in here."""
        return f" {' '.join(self._reading.forms)}"

    def _alone(self, ways: list[tuple[int, Choice]]) -> list[Place]:
        """The places, where every way is a single detector: nothing has to be walked for those."""
        if not all(len(way) == 1 and way[0].startswith("[") for _, way in ways):
            return []
        return [
            (number, first, last)
            for number, way in ways
            for first, found in self._seen.items()
            for symbol, last in found
            if symbol == way[0]
        ]

    def _literal_places(self) -> Iterator[Place]:
        if not self._literal:
            return
        line = self._reading.line
        words = [number for number, token in enumerate(self._reading.tokens) if token.kind not in ASIDE]
        starts = list(itertools.accumulate((len(self._reading.tokens[word].forms[0]) + 1 for word in words), initial=0))
        for pattern, numbers in self._literal:
            length = pattern.count(" ") - (2 if pattern.endswith(" ") else 1)
            at = line.find(pattern)
            while at >= 0:
                first = bisect_left(starts, at)
                for number in numbers:
                    yield number, words[first], words[first + length]
                at = line.find(pattern, at + 1)


def _filed_as(ways: Sequence[Choice] | None, needs: Sequence[Sequence[str]], common: Counter[str]) -> Iterator[tuple[str, str]]:
    """(key, pattern) under which a phrase is found: one a way, or for a phrase to be walked one a choice of its rarest part."""
    if ways is None:
        yield from ((key, "") for key in needs[0])
    else:
        yield from ((_key(way, common), _pattern(way)) for way in ways)


def _plain_ways(row: Sequence[Sequence[Choice]]) -> list[Choice] | None:
    """All ways of a phrase that the line of a reading can tell about; None where there are too many or it cannot."""
    ways = [tuple(itertools.chain.from_iterable(way)) for way in itertools.islice(itertools.product(*row), _MOST_WAYS + 1)]
    plain = all(_plain(symbol) for way in ways for symbol in (*way[:-1], way[-1].removesuffix("*")))
    return ways if len(ways) <= _MOST_WAYS and plain else None


def _plain(symbol: str) -> bool:
    return symbol.removeprefix("#").replace("_", "").isalnum() if symbol.startswith("#") else symbol.isalnum()


def _pattern(way: Choice) -> str:
    return f" {' '.join(way)}".removesuffix("*") if way[-1].endswith("*") else f" {' '.join(way)} "


def _key(symbols: Choice, common: Counter[str]) -> str:
    """What the rarest of ``symbols`` is filed under; a gap leads nowhere."""
    rarest = min((symbol for symbol in symbols if symbol != GAP), key=lambda symbol: (common[symbol], -len(symbol), symbol))
    return rarest[:-1][: _HEADS[-1]] if rarest.endswith("*") else rarest


def _needs(row: Sequence[Sequence[Choice]], common: Counter[str]) -> list[list[str]]:
    parts = [[choice for choice in part if choice != (GAP,)] for part in row]
    needs = [sorted({_key(choice, common) for choice in part}) for part in parts if part]
    return sorted(needs, key=lambda keys: (sum(common[key] or 9 for key in keys), keys))
