"""Phrases as ops write them, compiled into one tree over all lists and looked up in one pass over a text.

The tree is plain JSON: node = symbol → node; the symbol ``""`` holds the numbers of the phrases that end there. A symbol
is a word, a beginning (``burn*``), a detector (``[email]``) or the gap (``...``). Nothing is rebuilt when it is loaded.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.policy import detectors
from chalicelib.policy.text import ASIDE, Kind, Reading, read

GAP = "..."
GAP_WORDS = 5
"""How many words may stand where a phrase has ``...``."""

LONGEST_EXPANSION = 64
"""In how many ways one phrase may be read (``(a|b) (c|d)`` has four)."""

_SHORTEST_BEGINNING = 2
_ELEMENT = re.compile(r"\s+|\.{3}|[()|]|\[[^\]\s]*\]?|[^\s()|\[\]]+")

Tree = dict[str, Any]


class PhraseError(ValueError):
    """A phrase that says nothing, or not what its writer thinks. ``place`` is the offset of the fault in it."""

    def __init__(self, says: str, remedy: str, place: int = 0) -> None:
        super().__init__(says)
        self.says, self.remedy, self.place = says, remedy, place


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: the list it stands on, the phrase as written, and its span in the original text."""

    source: str
    phrase: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Index:
    """Every phrase of every list, ready to scan. ``phrases[n]`` is (list, phrase as written)."""

    tree: Tree
    beginnings: Mapping[str, int]
    phrases: Sequence[Sequence[str]]
    detectors: Mapping[str, Any] = field(default_factory=dict)
    lengths: tuple[int, int] = (1, 0)

    @classmethod
    def load(cls, document: Mapping[str, Any]) -> Index:
        """The index that ``compile_index`` wrote; raises KeyError or TypeError for anything else."""
        beginnings: Mapping[str, int] = document["beginnings"]
        lengths = [len(word) for word in beginnings] or [1, 0]
        patterns = detectors.compiled(document["detectors"])
        return cls(document["tree"], beginnings, document["phrases"], patterns, (min(lengths), max(lengths)))


def compile_index(lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """JSON for ``Index.load`` from list name → phrases. Raises PhraseError; check each phrase with ``expand`` before."""
    tree: Tree = {}
    phrases: list[list[str]] = []
    symbols: set[str] = set()
    for name in sorted(lists):
        for phrase in sorted(set(lists[name])):
            for way in expand(phrase):
                node = tree
                for symbol in way:
                    node = node.setdefault(symbol, {})
                ends = node.setdefault("", [])
                if len(phrases) not in ends:
                    ends.append(len(phrases))
                symbols.update(way)
            phrases.append([name, phrase])
    beginnings = {symbol[:-1]: 1 for symbol in sorted(symbols) if symbol.endswith("*")}
    used = sorted(symbol[1:-1] for symbol in symbols if symbol.startswith("["))
    return {"tree": tree, "beginnings": beginnings, "phrases": phrases, "detectors": used}


def expand(phrase: str) -> list[tuple[str, ...]]:
    """Every way to read ``phrase``, as symbols; raises PhraseError with the place and the remedy."""
    ways: list[list[tuple[str, ...]]] = []
    group: list[tuple[str, ...]] | None = None
    opened = 0
    for found in _ELEMENT.finditer(phrase):
        written, place = found.group(), found.start()
        if written.isspace():
            continue
        if written == "(":
            if group is not None:
                raise PhraseError("a bracket inside a bracket", "write (a|b|c) on one level", place)
            group, opened = [()], place
        elif written in (")", "|") and group is None:
            raise PhraseError(f'"{written}" without an opening bracket', "write (a|b)", place)
        elif written in (")", "|") and not group[-1]:  # type: ignore[index]
            raise PhraseError("an empty choice", "write a word on both sides of |", place)
        elif written == "|":
            group.append(())  # type: ignore[union-attr]
        elif written == ")":
            ways.append(group or [])
            group = None
        elif group is None:
            ways.append([_symbols(written, place)])
        elif written == GAP:
            raise PhraseError('"..." inside a bracket', "write two phrases on two lines", place)
        else:
            group[-1] = (*group[-1], *_symbols(written, place))
    if group is not None:
        raise PhraseError("a bracket that is never closed", "add )", opened)
    return _product(ways)


def _product(ways: list[list[tuple[str, ...]]]) -> list[tuple[str, ...]]:
    count = 1
    for choices in ways:
        count *= len(choices)
    if count > LONGEST_EXPANSION:
        raise PhraseError(f"{count} ways to read it, at most {LONGEST_EXPANSION}", "split it into several phrases")
    if not ways:
        raise PhraseError("an empty phrase", "remove the line")
    if ways[0] == [(GAP,)] or ways[-1] == [(GAP,)]:
        raise PhraseError('"..." at the edge of a phrase', "put a word on both sides of it, or leave it out")
    if any(one == two == [(GAP,)] for one, two in itertools.pairwise(ways)):
        raise PhraseError('"..." twice in a row', f'"..." is up to {GAP_WORDS} words; write it once')
    return [tuple(itertools.chain.from_iterable(way)) for way in itertools.product(*ways)]


def _symbols(written: str, place: int) -> tuple[str, ...]:
    if written == GAP:
        return (GAP,)
    if written.startswith("["):
        if written[1:-1] not in detectors.NAMES or not written.endswith("]"):
            raise PhraseError(
                f"no detector {written}", "write one of " + " ".join(f"[{n}]" for n in sorted(detectors.NAMES)), place
            )
        return (written,)
    begins = written.endswith("*")
    word = written.removesuffix("*")
    if "*" in word:
        raise PhraseError('"*" in the middle of a word', 'only "word*" is understood: any ending', place)
    tokens = read(word).tokens
    if not tokens or read(word).stops:
        raise PhraseError(f'"{written}" has nothing to find', "write words, numbers, a #tag, an @handle or one emoji", place)
    whole = tokens[0].kind in (Kind.HASHTAG, Kind.HANDLE)
    plain = (
        [next(form for form in tokens[0].forms if form[0] == "#" or not written.startswith("#"))]
        if whole
        else [token.forms[0] for token in tokens]
    )
    if begins and len(plain[-1]) < _SHORTEST_BEGINNING:
        raise PhraseError(f'"{written}" is almost every word', f'at least {_SHORTEST_BEGINNING} letters before "*"', place)
    return (*plain[:-1], plain[-1] + "*") if begins else tuple(plain)


_State = tuple[Tree, int, int]


def scan(index: Index, reading: Reading) -> tuple[Hit, ...]:
    """Every phrase of ``index`` in ``reading``, in the order of the text. Linear: states at a place are nodes of the tree."""
    tokens = reading.tokens
    waiting: list[dict[int, _State]] = [{} for _ in range(len(tokens) + 1)]
    seen = _detected(index, reading)
    hits: dict[tuple[int, int, int], None] = {}
    for place, token in enumerate(tokens):
        symbols = [(symbol, place) for symbol in _readings(index, token.forms)] + seen.get(place, [])
        aside = token.kind in ASIDE
        for node, start, gap in [*waiting[place].values(), (index.tree, place, 0)]:
            for symbol, last in symbols:
                child = node.get(symbol)
                if child is not None:
                    _enter(child, start, last, waiting[last + 1], hits)
            if node is not index.tree and (aside or gap):
                _keep(waiting[place + 1], node, start, gap if aside else gap - 1)
        waiting[place] = {}
    found = [
        Hit(
            index.phrases[number][0],
            index.phrases[number][1],
            tokens[start].start,
            max(token.end for token in tokens[start : last + 1]),
        )
        for number, start, last in hits
    ]
    return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end, hit.source, hit.phrase)))


def _enter(node: Tree, start: int, last: int, following: dict[int, _State], hits: dict[tuple[int, int, int], None]) -> None:
    for number in node.get("", ()):
        hits[number, start, last] = None
    if GAP in node:
        _keep(following, node[GAP], start, GAP_WORDS)
    _keep(following, node, start, 0)


def _keep(states: dict[int, _State], node: Tree, start: int, gap: int) -> None:
    """One state a node is enough: the one with the longest gap left, so a text cannot multiply the work."""
    known = states.get(id(node))
    if known is None or known[2] <= gap:
        states[id(node)] = (node, start, gap)


def _readings(index: Index, forms: tuple[str, ...]) -> list[str]:
    shortest, longest = index.lengths
    symbols = list(forms)
    for form in forms:
        for length in range(shortest, min(longest, len(form)) + 1):
            if form[:length] in index.beginnings:
                symbols.append(form[:length] + "*")
    return symbols


def _detected(index: Index, reading: Reading) -> dict[int, list[tuple[str, int]]]:
    """First token → (symbol, last token) of everything the detectors see."""
    found: dict[int, list[tuple[str, int]]] = {}
    starts = [token.start for token in reading.tokens]
    ends = [token.end for token in reading.tokens]
    for name, start, end in detectors.spans(index.detectors, reading):
        first, last = bisect_left(ends, start + 1), bisect_left(starts, end) - 1
        if first <= last:
            found.setdefault(first, []).append((f"[{name}]", last))
    return found
