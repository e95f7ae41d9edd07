"""Which rules fire: one look-up for all of them, so that the work grows with what a mention has and not with the policy.

A rule holds where one of its alternatives holds, an alternative where all of its checks hold. Alternatives that need a phrase
are led to by the phrases found; for the others every value that checks compare is looked up once and gives one bit for each
of them. What is left is asked check by check, each check once a mention, however many rules have it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
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
_OTHER = object()


def safely(name: str, check: Callable[[], Finding]) -> Finding:
    """What ``check`` finds; an exception in it is unknown, so that it can only move the outcome towards a person."""
    try:
        return check()
    except Exception as error:
        return findings.unknown(name, "engine", f"error {type(error).__name__}")


@dataclass(frozen=True, slots=True)
class Alternative:
    """One set of checks that must all hold; ``rule`` is the place of its rule, ``checks`` the places of its checks.

    ``rest`` are the checks that what led to the alternative does not answer.
    """

    rule: int
    checks: tuple[int, ...]
    rest: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Fired:
    """The rules that fire, each with its alternatives that are not false."""

    human: list[tuple[Rule, list[Alternative]]] = field(default_factory=list)
    acknowledge: list[tuple[Rule, list[Alternative]]] = field(default_factory=list)

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
        check = self._checks[number]
        condition = CONDITIONS[check.name]
        if finding is None:
            finding = safely(check.name, lambda: condition.check(check.argument, self._scene))
            self._answers[number] = finding
        if finding.truth is Truth.NOT_OFFERED and rule.skip and condition.may_skip:
            return FALSE
        return finding


class Matcher:
    """The rules of one brand, filed by what can make them fire."""

    def __init__(self, policy: BrandPolicy) -> None:
        self.checks: list[Check] = []
        self._rules = policy.rules
        self._alternatives: list[Alternative] = []
        self._led: list[int] = []
        self._by_source: dict[str, list[int]] = {}
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
        by_rule: dict[int, list[Alternative]] = {}
        for number in alive:
            alternative = self._alternatives[number]
            rule = self._rules[alternative.rule]
            sought = alternative.rest
            if rule.outcome is not Outcome.HUMAN and doubted:
                sought = alternative.checks
            if sought and not self._holds(sought, rule, asked):
                continue
            by_rule.setdefault(alternative.rule, []).append(alternative)
        fired = Fired()
        for place, alternatives in by_rule.items():
            rule = self._rules[place]
            (fired.human if rule.outcome is Outcome.HUMAN else fired.acknowledge).append((rule, alternatives))
        return fired

    def _holds(self, checks: Iterable[int], rule: Rule, asked: Asked) -> bool:
        """Whether none is false; for an acknowledge rule: whether all are true."""
        only_true = rule.outcome is not Outcome.HUMAN
        for number in checks:
            truth = asked(number, rule).truth
            if truth is Truth.FALSE or (only_true and truth is not Truth.TRUE):
                return False
        return True

    def _alive(self, scene: Scene) -> tuple[Iterable[int], bool]:
        """The alternatives that may hold, in their order, and whether something in them may be unknown."""
        mask, doubted = self._everything, False
        for value in self._values:
            if not mask:
                break
            bits, known = value.bits(scene)
            mask &= bits
            doubted |= not known
        alive = [self._compared[place] for place in _places(mask)]
        led = self._led_to(scene)
        if led is None:
            return sorted(alive + self._led), True
        return sorted({*alive, *led}), doubted

    def _led_to(self, scene: Scene) -> list[int] | None:
        """The alternatives that the phrases of the text lead to; None where the text is not known to its end."""
        try:
            if scene.reading is None or not scene.reading.complete:
                return None
            return [number for source in scene.sources if source in self._by_source for number in self._by_source[source]]
        except Exception:
            return None  # every check of the text will say so itself, and why

    def _number(self, check: Check, numbers: dict[str, int]) -> int:
        known = numbers.setdefault(repr(check), len(self.checks))
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
        self._alternatives.append(Alternative(alternative.rule, alternative.checks, tuple(rest)))


class _Value:
    """One value that checks compare, and for every range of it the alternatives that it leaves standing."""

    def __init__(self, compares: Comparison) -> None:
        self._value, self._ordered = compares.value, compares.ordered
        self.asked: list[tuple[int, Comparison, Any, bool]] = []
        self._edges: Any = None
        self._known: dict[Any, int] = {}

    def bits(self, scene: Scene) -> tuple[int, bool]:
        """The alternatives that the value does not make false, as bits, and whether it is known. Unknown makes none false."""
        try:
            fact = self._value(scene)
            if not isinstance(fact, Known):
                return (self._skipped() if isinstance(fact, NotOffered) else _ALL), False
            key = self._range(fact.value)
            bits = self._known.get(key)
            if bits is None:
                bits = self._known[key] = self._standing(fact.value)
        except Exception:
            return _ALL, False
        return bits, True

    def _range(self, value: Any) -> Any:
        if self._edges is None:
            edges = {edge for _, compares, argument, _ in self.asked for edge in compares.edges(argument)}
            self._edges = sorted(edges) if self._ordered else edges
        if self._ordered:
            return bisect_right(self._edges, value)
        return value if value in self._edges else _OTHER

    def _standing(self, value: Any) -> int:
        fallen = 0
        for bit, compares, argument, _ in self.asked:
            if not compares.holds(argument, value):
                fallen |= bit
        return ~fallen

    def _skipped(self) -> int:
        fallen = 0
        for bit, _, _, skips in self.asked:
            fallen |= bit if skips else 0
        return ~fallen


def _places(mask: int) -> Iterable[int]:
    """The places of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
