"""Where phrases stand in a text, exactly: one walk over its tokens through a tree of the few ways that may stand in it.

Tree: node = symbol → node; the symbol ``""`` holds the numbers of the phrases that end there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.policy.phrases.phrase import GAP, GAP_WORDS, Choice
from chalicelib.policy.text.reading import ASIDE, Reading

Tree = dict[str, Any]
Place = tuple[int, int, int]
"""(number of the phrase, first token, last token)."""

_State = tuple[Tree, int, int]


def grow(ways: Iterable[tuple[int, Choice]]) -> tuple[Tree, dict[str, str]]:
    """The tree of ``ways`` (number of the phrase, symbols), and its beginnings (``burn``) with their symbols (``burn*``)."""
    tree: Tree = {}
    beginnings: dict[str, str] = {}
    for number, way in ways:
        node = tree
        for symbol in way:
            node = node.setdefault(symbol, {})
            if symbol.endswith("*"):
                beginnings[symbol[:-1]] = symbol
        ends = node.setdefault("", [])
        if number not in ends:
            ends.append(number)
    return tree, beginnings


def walk(reading: Reading, ways: Iterable[tuple[int, Choice]], seen: Mapping[int, list[tuple[str, int]]]) -> list[Place]:
    """Every place of every one of ``ways``. ``seen``: first token → (symbol, last token) of what the detectors see.

    Linear in the tokens: the states at a token are nodes of the tree, each of them once.
    """
    tree, beginnings = grow(ways)
    waiting: list[dict[int, _State]] = [{} for _ in range(len(reading.tokens) + 1)]
    places: dict[Place, None] = {}
    for place, token in enumerate(reading.tokens):
        symbols = [(form, place) for form in token.forms]
        symbols += [(symbol, place) for begun, symbol in beginnings.items() for form in token.forms if form.startswith(begun)]
        symbols += seen.get(place, ())
        aside = token.kind in ASIDE
        for node, start, gap in [*waiting[place].values(), (tree, place, 0)]:
            for symbol, last in symbols:
                child = node.get(symbol)
                if child is not None:
                    _enter(child, start, last, waiting[last + 1], places)
            if node is not tree and (aside or gap):
                _keep(waiting[place + 1], node, start, gap if aside else gap - 1)
        waiting[place] = {}
    return list(places)


def _enter(node: Tree, start: int, last: int, following: dict[int, _State], places: dict[Place, None]) -> None:
    for number in node.get("", ()):
        places[number, start, last] = None
    if GAP in node:
        _keep(following, node[GAP], start, GAP_WORDS)
    _keep(following, node, start, 0)


def _keep(states: dict[int, _State], node: Tree, start: int, gap: int) -> None:
    """One state a node is enough: the one with the longest gap left, so a text cannot multiply the work."""
    known = states.get(id(node))
    if known is None or known[2] <= gap:
        states[id(node)] = (node, start, gap)
