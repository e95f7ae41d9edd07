"""The simple evaluator that production is held against: every phrase is tried at every word, and every check of every rule.

Production looks up what may fire, and walks a text once; both say the same, always. No code is shared with that walk.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence

import re2

from chalicelib.domain.decision import Outcome
from chalicelib.domain.fact import Known
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.deciding.matching import Alternative, Asked, Fired, Firing, Matcher
from chalicelib.policy.phrases.detectors import PATTERNS
from chalicelib.policy.phrases.index import Hit, Index
from chalicelib.policy.phrases.phrase import GAP, GAP_WORDS, Choice, expand
from chalicelib.policy.rules.rule import BrandPolicy, Check, Rule
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth, all_of, any_of
from chalicelib.policy.text.reading import ASIDE, LONGEST_WORD, Kind, Reading, Token, read

_Places = dict[int, set[int]]
"""First token → the last tokens of what begins there."""


class AllPhrases:
    """Every phrase in every way to read it, looked for one after the other."""

    def __init__(self, index: Index) -> None:
        self.phrases = [(source, phrase, set(expand(phrase))) for source, phrase in index.phrases]

    def scan(self, reading: Reading) -> tuple[Hit, ...]:
        text, tokens = _Text(reading), reading.tokens
        found = [
            Hit(source, phrase, tokens[first].start, max(token.end for token in tokens[first : last + 1]))
            for source, phrase, ways in self.phrases
            for first, last in {place for way in ways for place in text.places(way)}
        ]
        return tuple(sorted(found, key=lambda hit: (hit.start, -hit.end, hit.source, hit.phrase)))


class _Text:
    """A reading, in which everything is tried."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self._known: dict[str, _Places] = {}

    def places(self, way: Choice) -> list[tuple[int, int]]:
        """(first token, last token) of all that says ``way``; of those that end together, the one that begins last."""
        begins = {last: first for first in sorted(self.stands(way[0])) for last in self.ends(way, first)}
        return [(first, last) for last, first in begins.items()]

    def ends(self, way: Choice, first: int) -> set[int]:
        """The last tokens of all that begins with the token ``first`` and says ``way``."""
        lasts = self.stands(way[0]).get(first, set())
        if len(way) == 1:
            return lasts
        rest, between = (way[2:], GAP_WORDS) if way[1] == GAP else (way[1:], 0)
        return {end for last in lasts for after in self.behind(last, between) for end in self.ends(rest, after)}

    def behind(self, last: int, words: int) -> Iterator[int]:
        """The tokens behind ``last`` with so many words between at most; handles, links and pictures are no words."""
        for place in range(last + 1, len(self.reading.tokens)):
            yield place
            words -= self.reading.tokens[place].kind not in ASIDE
            if words < 0:
                return

    def stands(self, symbol: str) -> _Places:
        """Where one symbol stands."""
        if symbol not in self._known:
            self._known[symbol] = self._seen(symbol[1:-1]) if symbol.startswith("[") else self._read(symbol)
        return self._known[symbol]

    def _read(self, symbol: str) -> _Places:
        begun = symbol.removesuffix("*")
        return {
            place: {place}
            for place, token in enumerate(self.reading.tokens)
            if any(form.startswith(begun) if symbol != begun else form == symbol for form in token.forms)
        }

    def _seen(self, detector: str) -> _Places:
        """Which tokens a span is in is asked as production asks it: a word in disguise lies over the words that it is made of."""
        found: _Places = {}
        bare = self.reading.bare
        starts, ends = [token.start for token in self.reading.tokens], [token.end for token in self.reading.tokens]
        for match in re2.finditer(PATTERNS[detector], bare.text):
            begin, end = match.span(match.lastindex or 0)
            if begin < end:
                first, last = bisect_left(ends, bare.origin[begin] + 1), bisect_left(starts, bare.origin[end - 1] + 1) - 1
                if first <= last:
                    found.setdefault(first, set()).add(last)
        return found


class FoundByAll:
    """What stands in for ``phrases.index.Found``; set ``searches`` first."""

    searches: Mapping[int, AllPhrases] = {}

    def __init__(self, index: Index, reading: Reading) -> None:
        self.hits = self.searches[id(index)].scan(reading)
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
