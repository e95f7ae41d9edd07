"""Which rules fire: one look-up for all of them, so that the work grows with what a mention has and not with the policy.

A rule holds where one of its alternatives holds, an alternative where all of its checks hold. Alternatives that need a phrase
are led to by the phrases found; for the others every value that checks compare is looked up once and gives one bit for each
of them. What is left is asked check by check, each check once a mention, however many rules have it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from functools import partial
from typing import Any, NamedTuple

from chalicelib.domain.decision import Outcome
from chalicelib.domain.fact import Fact, NotOffered
from chalicelib.policy.conditions.contract import Comparison, Condition
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.phrases.index import Index
from chalicelib.policy.rules import findings
from chalicelib.policy.rules.rule import BrandPolicy, Check, Rule
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth

_ALL = -1
_HUMAN = Outcome.HUMAN
_OWN = -1
"""Stands among alternatives for a name of the brand itself: what lies within it is no hit."""


def failed(name: str, error: Exception) -> Finding:
    """What a check found that raised ``error``: unknown, so that it can only move the outcome towards a person."""
    return findings.unknown(name, "engine", f"error {type(error).__name__}")


class Alternative(NamedTuple):
    """One set of checks that must all hold; ``rule`` is the place of its rule, ``checks`` the places of its checks.

    ``rest`` are the checks that what led to the alternative does not answer. ``number`` is its place among all.
    """

    rule: int
    checks: tuple[int, ...]
    rest: tuple[int, ...] = ()
    number: int = 0


Firing = tuple[Rule, list[Alternative]]
"""A rule that fires, with its alternatives that are not false."""

Fired = tuple[list[Firing], list[Firing]]
"""The rules that fire: those for people, and those that acknowledge."""


class Asked:
    """The answers to single checks about one mention, each worked out once."""

    def __init__(self, checks: Sequence[Check], scene: Scene) -> None:
        self._checks, self._scene = checks, scene
        self._answers: dict[int, Finding] = {}

    def __call__(self, number: int, rule: Rule) -> Finding:
        """What a check of ``rule`` finds, with its evidence."""
        finding = self._answers.get(number)
        if finding is None:
            finding = self._answers[number] = self._worked_out(self._checks[number])
        if finding.truth is Truth.NOT_OFFERED and rule.skip and CONDITIONS[self._checks[number].name].may_skip:
            return FALSE
        return finding

    def _worked_out(self, check: Check) -> Finding:
        name, argument = check
        try:
            return CONDITIONS[name].check(argument, self._scene)
        except Exception as error:
            return failed(name, error)


class Matcher:
    """The rules of one brand, filed by what can make them fire."""

    def __init__(self, policy: BrandPolicy, index: Index) -> None:
        self.checks: list[Check] = []
        self._conditions: list[Condition] = []
        self._rules = policy.rules
        self._alternatives: list[tuple[Firing, bool, bool, Alternative]] = []
        self._led: list[int] = []
        self._leads = _Leads(index, policy.own_names)
        self._compared: list[int] = []
        values: dict[int, _Value] = {}
        numbers: dict[str, int] = {}
        for place, rule in enumerate(policy.rules):
            for checks in rule.alternatives:
                asked = tuple([self._number(check, numbers) for check in checks])
                self._file(place, asked, policy, values)
        self._values = [value.row() for value in sorted(values.values(), key=lambda value: -len(value.asked))]
        self._everything = (1 << len(self._compared)) - 1

    def asked(self, scene: Scene) -> Asked:
        """An empty book of answers for one mention."""
        return Asked(self.checks, scene)

    def fired(self, scene: Scene, asked: Asked) -> Fired:
        """Every rule that fires: for people on true, unknown and not offered, acknowledging only on true."""
        human: list[Firing] = []
        acknowledge: list[Firing] = []
        several: dict[int, list[Alternative]] = {}
        alive, doubted = self._alive(scene)
        filed = self._alternatives
        for number in alive:
            firing, to_people, simple, alternative = filed[number]
            if not simple or (doubted and not to_people):
                sought = alternative.checks if doubted and not to_people else alternative.rest
                if sought and not self._holds(sought, firing[0], asked):
                    continue
                if len(firing[0].alternatives) > 1:
                    several.setdefault(alternative.rule, []).append(alternative)
                    continue
            (human if to_people else acknowledge).append(firing)
        for place, alternatives in several.items():
            rule = self._rules[place]
            whole = (rule, sorted(alternatives, key=lambda one: one.number))
            (human if rule.outcome is _HUMAN else acknowledge).append(whole)
        return human, acknowledge

    def _holds(self, checks: Iterable[int], rule: Rule, asked: Asked) -> bool:
        """Whether none is false; for an acknowledge rule: whether all are true."""
        only_true = rule.outcome is not Outcome.HUMAN
        for number in checks:
            truth = asked(number, rule).truth
            if truth is Truth.FALSE or (only_true and truth is not Truth.TRUE):
                return False
        return True

    def _alive(self, scene: Scene) -> tuple[Set[int], bool]:
        """The alternatives that may hold, and whether something in them may be unknown."""
        mask, doubted = self._everything, False
        for compared, read, place, standing, value in self._values:
            if mask & compared:  # a value that nothing left compares is not looked at
                try:
                    found = read(scene).value  # type: ignore[union-attr]  # what is not known has none, and is in doubt
                    bits = standing.get(place(found))
                    mask &= value.first(found) if bits is None else bits
                except Exception:
                    mask, doubted = mask & value.in_doubt(scene), True
        alive = set[int]()
        while mask:
            lowest = mask & -mask
            alive.add(self._compared[lowest.bit_length() - 1])
            mask ^= lowest
        try:
            reading = scene.reading
            if reading is not None and reading.complete:
                self._led_to(scene, alive)
                return alive, doubted
        except Exception:
            pass  # every check of the text will say so itself, and why
        return alive.union(self._led), True

    def _led_to(self, scene: Scene, alive: set[int]) -> None:
        """Adds the alternatives that the phrases of the text lead to."""
        found, leads = scene.found, self._leads
        assert found is not None
        for literal, _, _ in found.plain:
            alive.update(leads[literal])
        if found.beside:
            alive.update(leads.of(found.beside))
        if _OWN in alive:
            alive.discard(_OWN)
            alive.difference_update(self._led)
            for source in scene.sources:  # without what stands in the brand's own name
                alive.update(leads.by_source.get(source, ()))

    def _number(self, check: Check, numbers: dict[str, int]) -> int:
        known = numbers.setdefault(f"{check.name} {check.argument!r}", len(self.checks))
        if known == len(self.checks):
            self.checks.append(check)
            self._conditions.append(CONDITIONS[check.name])
        return known

    def _file(self, place: int, checks: tuple[int, ...], policy: BrandPolicy, values: dict[int, _Value]) -> None:
        """Files the alternative of these checks of the rule at ``place`` by what can make it hold."""
        number, rule, conditions = len(self._alternatives), policy.rules[place], self._conditions
        for check in checks:
            sources = conditions[check].sources
            if sources is not None:
                for source in sources(self.checks[check].argument, policy):
                    self._leads.by_source[source].append(number)
                self._led.append(number)
                unsure = conditions[check].unsure(self.checks[check].argument, policy)
                rest = checks if unsure else tuple([other for other in checks if other != check])
                break
        else:
            bit = 1 << len(self._compared)
            self._compared.append(number)
            rest = tuple([check for check in checks if conditions[check].compares is None])
            for check in checks:
                compares = conditions[check].compares
                if compares is not None:
                    skips = rule.skip and conditions[check].may_skip
                    _value(compares, values).asked.append((bit, compares, self.checks[check].argument, skips))
        filed = Alternative(place, checks, rest, number)
        simple = not rest and len(rule.alternatives) == 1
        self._alternatives.append(((rule, [filed]), rule.outcome is _HUMAN, simple, filed))


class _Leads(dict[int, list[int]]):
    """Literal of the index → the alternatives that it leads to, worked out when a text first has it."""

    def __init__(self, index: Index, own_names: str) -> None:
        super().__init__()
        self._index = index
        self.by_source = defaultdict[str, list[int]](list, {own_names: [_OWN]})

    def of(self, phrases: Iterable[int]) -> list[int]:
        """The alternatives that phrases lead to, by their numbers in the index."""
        sources, by_source = self._index.sources, self.by_source
        return [alternative for number in phrases for alternative in by_source.get(sources[number], ())]

    def __missing__(self, literal: int) -> list[int]:
        """Worked out and kept."""
        self[literal] = found = self.of(self._index.literals[literal])
        return found


_Row = tuple[int, Callable[[Scene], Fact[Any]], Callable[[Any], Any], dict[Any, int], "_Value"]
"""What a mention costs for one value: who compares it, how it is read, the place of what was read, what stands at each place."""


class _Value:
    """One value that checks compare, and for every stretch of it the alternatives that it leaves standing."""

    def __init__(self, compares: Comparison) -> None:
        self._read, self._ordered = compares.value, compares.ordered
        self.asked: list[tuple[int, Comparison, Any, bool]] = []
        self._place: Callable[[Any], Any] = _nowhere
        self._standing: dict[Any, int] = {}

    def row(self) -> _Row:
        """What ``Matcher`` looks up, when all that is asked of the value is known."""
        try:
            edges = {edge for _, compares, argument, _ in self.asked for edge in compares.edges(argument)}
            self._place = (
                partial(bisect_right, sorted(edges)) if self._ordered else {edge: number for number, edge in enumerate(edges)}.get
            )
        except Exception:
            self._place = _nowhere  # an argument that cannot be compared: its check will say so itself, and why
        return self._bits(self.asked), self._read, self._place, self._standing, self

    def first(self, value: Any) -> int:
        """The alternatives that ``value`` does not make false, as bits; kept for all other values of its stretch."""
        fallen = self._bits(one for one in self.asked if not one[1].holds(one[2], value))
        self._standing[self._place(value)] = ~fallen
        return ~fallen

    def in_doubt(self, scene: Scene) -> int:
        """The alternatives left standing by a value that is not known: all but those that skip what is not offered."""
        try:
            return ~self._bits(one for one in self.asked if one[3]) if isinstance(self._read(scene), NotOffered) else _ALL
        except Exception:
            return _ALL

    @staticmethod
    def _bits(asked: Iterable[tuple[int, Comparison, Any, bool]]) -> int:
        bits = 0
        for bit, _, _, _ in asked:
            bits |= bit
        return bits


def _value(compares: Comparison, values: dict[int, _Value]) -> _Value:
    """The one for what ``compares`` reads, among those known by the identity of their reader."""
    known = values.get(id(compares.value))
    if known is None:
        known = values[id(compares.value)] = _Value(compares)
    return known


def _nowhere(value: Any) -> Any:
    raise ValueError("no place for a value")
