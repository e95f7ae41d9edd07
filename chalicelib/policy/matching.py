"""Which rules fire: one look-up for all of them, so that the work grows with what a mention has and not with the policy.

A rule holds where one of its alternatives holds, an alternative where all of its checks hold. Alternatives that need a phrase
are led to by the phrases found; for the others every value that checks compare is looked up once and gives one bit for each
of them. What is left is asked check by check, each check once a mention, however many rules have it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.decision import Outcome
from chalicelib.domain.fact import Known, NotOffered
from chalicelib.policy import findings
from chalicelib.policy.checks import CONDITIONS
from chalicelib.policy.conditions.contract import Comparison
from chalicelib.policy.rules import BrandPolicy, Check, Rule
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import FALSE, Finding, Truth

_ALL = -1
_HUMAN = Outcome.HUMAN
_OWN = (-1,)
"""Stands for what a literal leads to that is a name of the brand itself: what lies within it is no hit."""
_OTHER = object()


def failed(name: str, error: Exception) -> Finding:
    """What a check found that raised ``error``: unknown, so that it can only move the outcome towards a person."""
    return findings.unknown(name, "engine", f"error {type(error).__name__}")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One set of checks that must all hold; ``rule`` is the place of its rule, ``checks`` the places of its checks.

    ``rest`` are the checks that what led to the alternative does not answer. ``number`` is its place among all.
    """

    rule: int
    checks: tuple[int, ...]
    rest: tuple[int, ...] = ()
    number: int = 0


Firing = tuple[Rule, list[Alternative]]
"""A rule that fires, with its alternatives that are not false."""


@dataclass(slots=True)
class Fired:
    """The rules that fire."""

    human: list[Firing]
    acknowledge: list[Firing]

    @property
    def ids(self) -> list[str]:
        """The names of all rules that fire."""
        return [rule.id for rule, _ in self.human] + [rule.id for rule, _ in self.acknowledge]


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
        if rule.skip and finding.truth is Truth.NOT_OFFERED and CONDITIONS[self._checks[number].name].may_skip:
            return FALSE
        return finding

    def _worked_out(self, check: Check) -> Finding:
        try:
            return CONDITIONS[check.name].check(check.argument, self._scene)
        except Exception as error:
            return failed(check.name, error)


class Matcher:
    """The rules of one brand, filed by what can make them fire."""

    def __init__(self, policy: BrandPolicy) -> None:
        self.checks: list[Check] = []
        self._rules = policy.rules
        self._alternatives: list[tuple[Alternative, Firing, bool, bool]] = []
        self._led: list[int] = []
        self._by_source: dict[str, list[int]] = {}
        self._by_literal: dict[int, tuple[int, ...]] = {}
        self._own_names = policy.own_names
        self._compared: list[int] = []
        values: dict[Callable[[Scene], Any], _Value] = {}
        numbers: dict[str, int] = {}
        for place, rule in enumerate(policy.rules):
            for checks in rule.alternatives:
                asked = tuple(self._number(check, numbers) for check in checks)
                self._file(Alternative(place, asked), policy, values)
        self._values = sorted(values.values(), key=lambda value: -len(value.asked))
        self._everything = (1 << len(self._compared)) - 1

    def asked(self, scene: Scene) -> Asked:
        """An empty book of answers for one mention."""
        return Asked(self.checks, scene)

    def fired(self, scene: Scene, asked: Asked) -> Fired:
        """Every rule that fires: ``human`` on true, unknown and not offered, ``acknowledge`` only on true."""
        alive, doubted = self._alive(scene)
        human: list[Firing] = []
        acknowledge: list[Firing] = []
        several: dict[int, list[Alternative]] = {}
        for number in alive:
            alternative, firing, to_people, simple = self._alternatives[number]
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
        return Fired(human, acknowledge)

    def _holds(self, checks: Iterable[int], rule: Rule, asked: Asked) -> bool:
        """Whether none is false; for an acknowledge rule: whether all are true."""
        only_true = rule.outcome is not Outcome.HUMAN
        for number in checks:
            truth = asked(number, rule).truth
            if truth is Truth.FALSE or (only_true and truth is not Truth.TRUE):
                return False
        return True

    def _alive(self, scene: Scene) -> tuple[Iterable[int], bool]:
        """The alternatives that may hold, and whether something in them may be unknown."""
        mask, doubted = self._everything, False
        for value in self._values:
            bits = value.bits(scene)
            if bits is None:
                bits, doubted = value.in_doubt(scene), True
            mask &= bits
            if not mask:
                break
        alive = set()
        while mask:
            lowest = mask & -mask
            alive.add(self._compared[lowest.bit_length() - 1])
            mask ^= lowest
        try:
            known = scene.reading is not None and scene.reading.complete
            if known:
                self._led_to(scene, alive)
        except Exception:
            known = False  # every check of the text will say so itself, and why
        return (alive, doubted) if known else (alive.union(self._led), True)

    def _led_to(self, scene: Scene, alive: set[int]) -> None:
        """Adds the alternatives that the phrases of the text lead to."""
        found, by_literal = scene.found, self._by_literal
        assert found is not None
        sources: Set[str] = found.beside_literals
        own = self._own_names in sources
        for literal, _, _ in found.plain:
            numbers = by_literal.get(literal)
            if numbers is None:
                numbers = by_literal[literal] = self._leads(scene.index.sources_of(literal))
            if numbers is _OWN:
                own = True
                break
            alive.update(numbers)
        if own:
            sources = scene.sources  # without what stands in the brand's own name
            alive.difference_update(self._led)
        for source in sources:
            alive.update(self._by_source.get(source, ()))

    def _leads(self, sources: Sequence[str]) -> tuple[int, ...]:
        if self._own_names in sources:
            return _OWN
        return tuple(number for source in sources for number in self._by_source.get(source, ()))

    def _number(self, check: Check, numbers: dict[str, int]) -> int:
        known = numbers.setdefault(f"{check.name} {check.argument!r}", len(self.checks))
        if known == len(self.checks):
            self.checks.append(check)
        return known

    def _file(self, alternative: Alternative, policy: BrandPolicy, values: dict[Callable[[Scene], Any], _Value]) -> None:
        number = len(self._alternatives)
        rest = list(alternative.checks)
        conditions = {place: CONDITIONS[self.checks[place].name] for place in rest}
        leading = next((place for place in rest if conditions[place].sources is not None), None)
        if leading is not None:
            sources = conditions[leading].sources
            assert sources is not None
            for source in set(sources(self.checks[leading].argument, policy)):
                self._by_source.setdefault(source, []).append(number)
            self._led.append(number)
            rest.remove(leading)
        else:
            bit = 1 << len(self._compared)
            self._compared.append(number)
            for place in alternative.checks:
                compares = conditions[place].compares
                if compares is not None:
                    value = values.setdefault(compares.value, _Value(compares))
                    skips = policy.rules[alternative.rule].skip and conditions[place].may_skip
                    value.asked.append((bit, compares, self.checks[place].argument, skips))
                    rest.remove(place)
        filed = Alternative(alternative.rule, alternative.checks, tuple(rest), number)
        rule = policy.rules[alternative.rule]
        simple = not rest and len(rule.alternatives) == 1
        self._alternatives.append((filed, (rule, [filed]), rule.outcome is _HUMAN, simple))


class _Value:
    """One value that checks compare, and for every range of it the alternatives that it leaves standing."""

    def __init__(self, compares: Comparison) -> None:
        self._value, self._ordered = compares.value, compares.ordered
        self.asked: list[tuple[int, Comparison, Any, bool]] = []
        self._edges: Any = ()
        self._known: dict[Any, int] = {}

    def bits(self, scene: Scene) -> int | None:
        """The alternatives that the value does not make false, as bits; None where it is not known."""
        try:
            fact = self._value(scene)
            if fact.__class__ is not Known:
                return None
            value = fact.value
            if self._ordered:
                bits = self._known.get(bisect_right(self._edges, value))
            else:
                bits = self._known.get(value if value in self._edges else _OTHER)
            return self._stretch(value) if bits is None else bits
        except Exception:
            return None

    def in_doubt(self, scene: Scene) -> int:
        """The alternatives left standing by a value that is not known: all but those that skip what is not offered."""
        try:
            return self._skipped() if isinstance(self._value(scene), NotOffered) else _ALL
        except Exception:
            return _ALL

    def _stretch(self, value: Any) -> int:
        """The same for the first value of its stretch, kept for the others."""
        if not self._edges:
            edges = {edge for _, compares, argument, _ in self.asked for edge in compares.edges(argument)}
            self._edges = sorted(edges) if self._ordered else edges
        fallen = 0
        for bit, compares, argument, _ in self.asked:
            if not compares.holds(argument, value):
                fallen |= bit
        stretch = bisect_right(self._edges, value) if self._ordered else value if value in self._edges else _OTHER
        self._known[stretch] = ~fallen
        return ~fallen

    def _skipped(self) -> int:
        fallen = 0
        for bit, _, _, skips in self.asked:
            fallen |= bit if skips else 0
        return ~fallen
