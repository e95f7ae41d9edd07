"""The simple evaluator that production is held against: one tree of all phrases, and every check of every rule in its turn.

It is the engine of the first three issues, kept as it was. Production looks up what may fire; both say the same, always.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import re2

from chalicelib.domain.decision import Outcome
from chalicelib.domain.fact import Known
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.deciding.matching import Alternative, Asked, Fired, Firing, Matcher
from chalicelib.policy.phrases.detectors import PATTERNS
from chalicelib.policy.phrases.index import Hit, Index
from chalicelib.policy.phrases.phrase import GAP, GAP_WORDS, expand
from chalicelib.policy.rules.rule import BrandPolicy, Check, Rule
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth, all_of, any_of
from chalicelib.policy.text.reading import ASIDE, LONGEST_WORD, Kind, Reading, Token, read

Tree = dict[str, Any]
_State = tuple[Tree, int, int]


class AllPhrases:
    """Every phrase in one tree."""

    def __init__(self, index: Index) -> None:
        self.phrases = list(zip(index.sources, index.written, strict=True))
        self.tree: Tree = {}
        symbols: set[str] = set()
        for number, (_, phrase) in enumerate(self.phrases):
            for way in expand(phrase):
                node = self.tree
                for symbol in way:
                    node = node.setdefault(symbol, {})
                ends = node.setdefault("", [])
                if number not in ends:
                    ends.append(number)
                symbols.update(way)
        self.beginnings = {symbol[:-1] for symbol in symbols if symbol.endswith("*")}
        self.detectors = {
            symbol[1:-1]: re2.compile(PATTERNS[symbol[1:-1]]) for symbol in sorted(symbols) if symbol.startswith("[")
        }

    def scan(self, reading: Reading) -> tuple[Hit, ...]:
        tokens = reading.tokens
        waiting: list[dict[int, _State]] = [{} for _ in range(len(tokens) + 1)]
        seen = self._detected(reading)
        hits: dict[tuple[int, int, int], None] = {}
        for place, token in enumerate(tokens):
            symbols = [(symbol, place) for symbol in self._readings(token.forms)] + seen.get(place, [])
            aside = token.kind in ASIDE
            for node, start, gap in [*waiting[place].values(), (self.tree, place, 0)]:
                for symbol, last in symbols:
                    child = node.get(symbol)
                    if child is not None:
                        _enter(child, start, last, waiting[last + 1], hits)
                if node is not self.tree and (aside or gap):
                    _keep(waiting[place + 1], node, start, gap if aside else gap - 1)
        found = [
            Hit(*self.phrases[number], tokens[start].start, max(token.end for token in tokens[start : last + 1]))
            for number, start, last in hits
        ]
        return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end, hit.source, hit.phrase)))

    def _readings(self, forms: tuple[str, ...]) -> list[str]:
        symbols = list(forms)
        for form in forms:
            symbols += [f"{form[:length]}*" for length in range(1, len(form) + 1) if form[:length] in self.beginnings]
        return symbols

    def _detected(self, reading: Reading) -> dict[int, list[tuple[str, int]]]:
        found: dict[int, list[tuple[str, int]]] = {}
        starts = [token.start for token in reading.tokens]
        ends = [token.end for token in reading.tokens]
        bare = reading.bare
        for name, pattern in self.detectors.items():
            for match in pattern.finditer(bare.text):
                first_seen, end_seen = match.span(match.lastindex or 0)
                if first_seen == end_seen:
                    continue
                start, end = bare.origin[first_seen], bare.origin[end_seen - 1] + 1
                first, last = bisect_left(ends, start + 1), bisect_left(starts, end) - 1
                if first <= last:
                    found.setdefault(first, []).append((f"[{name}]", last))
        return found


def _enter(node: Tree, start: int, last: int, following: dict[int, _State], hits: dict[tuple[int, int, int], None]) -> None:
    for number in node.get("", ()):
        hits[number, start, last] = None
    if GAP in node:
        _keep(following, node[GAP], start, GAP_WORDS)
    _keep(following, node, start, 0)


def _keep(states: dict[int, _State], node: Tree, start: int, gap: int) -> None:
    known = states.get(id(node))
    if known is None or known[2] <= gap:
        states[id(node)] = (node, start, gap)


class FoundByAll:
    """What stands in for ``phrases.index.Found``; set ``trees`` first."""

    trees: Mapping[int, AllPhrases] = {}

    def __init__(self, index: Index, reading: Reading) -> None:
        self.hits = self.trees[id(index)].scan(reading)
        self.sources = frozenset(hit.source for hit in self.hits)
        self.spans = {
            name: [(hit.start, hit.end, hit.phrase) for hit in self.hits if hit.source == name] for name in self.sources
        }


def names_by_all(scene: Scene, sources: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What stands in for ``Scene.name_hits``: a search for all phrases, in a reading with every part of the name."""
    author, asked = scene.facts.mention.author, set(sources)
    found: dict[str, tuple[str, ...]] = {}
    for fact in (author.handle, author.name):
        if isinstance(fact, Known):
            for hit in FoundByAll(scene.index, _name_reading(fact.value)).hits:
                if hit.source in asked:
                    found[hit.source] = (*found.get(hit.source, ()), hit.phrase)
    return found


def _name_reading(name: str) -> Reading:
    plain = read("#" + name.lstrip("@#")[:LONGEST_WORD]) if name.lstrip("@#") else read("")
    spaced = read(name)
    whole = "".join(form for form in (token.forms[-1].lstrip("#@") for token in spaced.tokens))[:LONGEST_WORD]
    parts = {whole[start:end] for start in range(len(whole)) for end in range(start + 4, min(len(whole), start + 24) + 1)}
    extra = (Token(Kind.WORD, tuple(sorted(parts)), 0, len(name)),) if parts else ()
    return Reading(name, spaced.folded, spaced.origin, (*spaced.tokens, *plain.tokens, *extra), (), True)


class AsksEverything(Matcher):
    """What stands in for ``Matcher``: every rule, every alternative, every check in its turn."""

    def __init__(self, policy: BrandPolicy, index: Index) -> None:
        super().__init__(policy, index)
        self.policy = policy

    def fired(self, scene: Scene, asked: Asked) -> Fired:
        human: list[Firing] = []
        acknowledge: list[Firing] = []
        for rule in self.policy.rules:
            found = [_ask_all(checks, rule, scene) for checks in rule.alternatives]
            truth = any_of(all_of(parts) for parts in found).truth
            if truth is Truth.FALSE or (rule.outcome is Outcome.ACKNOWLEDGE and truth is not Truth.TRUE):
                continue
            kept = [
                Alternative(0, tuple(self.checks.index(check) for check in checks))
                for checks, parts in zip(rule.alternatives, found, strict=True)
                if parts[-1].truth is not Truth.FALSE
            ]
            (human if rule.outcome is Outcome.HUMAN else acknowledge).append((rule, kept))
        return human, acknowledge


def _ask_all(checks: Sequence[Check], rule: Rule, scene: Scene) -> list[Finding]:
    found = []
    for check in checks:
        found.append(_ask(check, rule, scene))
        if found[-1].truth is Truth.FALSE:
            break
    return found


def _ask(check: Check, rule: Rule, scene: Scene) -> Finding:
    condition = CONDITIONS[check.name]
    try:
        finding = condition.check(check.argument, scene)
    except Exception:
        return Finding(Truth.UNKNOWN)
    if finding.truth is Truth.NOT_OFFERED and rule.skip and condition.may_skip:
        return FALSE
    return finding
