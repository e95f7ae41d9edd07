"""Which phrases of a list find nothing that another phrase of it would not find: exact, on every way to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.policy.phrases.phrase import GAP, expand

_END = ""
Tree = dict[str, Any]


def covered(phrases: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(phrase, a phrase that makes it superfluous). Of two that cover each other only the later one is named."""
    tree: Tree = {}
    ways = {phrase: expand(phrase) for phrase in phrases}
    for phrase, read_as in ways.items():
        for way in read_as:
            node = tree
            for symbol in way:
                node = node.setdefault(symbol, {})
            node.setdefault(_END, []).append(phrase)
    gone: set[str] = set()
    for phrase in sorted(phrases, key=lambda one: (-len(one), one)):
        found = [_shorter(way, tree, {phrase, *gone}) for way in ways[phrase]]
        if all(found):
            gone.add(phrase)
            yield phrase, str(found[0])


def _shorter(way: tuple[str, ...], tree: Tree, not_these: set[str]) -> str | None:
    """A phrase that stands inside ``way``, between its gaps, word for word or by a beginning."""
    for start in range(len(way)):
        nodes = [tree]
        for symbol in way[start:]:
            if symbol == GAP:
                break
            nodes = [child for node in nodes for child in _steps(node, symbol)]
            for node in nodes:
                for phrase in node.get(_END, ()):
                    if phrase not in not_these:
                        return str(phrase)
    return None


def _steps(node: Tree, symbol: str) -> Iterator[Tree]:
    """Where a word leads: to itself, and to every beginning of it that ends with ``*``."""
    if symbol in node:
        yield node[symbol]
    word = symbol.removesuffix("*")
    for length in range(2, len(word) + 1):
        beginning = word[:length] + "*"
        if beginning != symbol and beginning in node and symbol[0].isalnum():
            yield node[beginning]
