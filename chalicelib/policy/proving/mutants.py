"""Rules with one thing less or a little looser: for each of these a test has to fail, or nobody would notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.decision import Outcome
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.files.loader import Pack
from chalicelib.policy.rules.rule import Check, Rule

_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one rule. ``rule`` is what stands there instead, None: nothing; ``says`` is what was done to it."""

    kind: str
    owner: str
    name: str
    says: str
    rule: Rule | None

    def applied(self, pack: Pack) -> Pack:
        """The pack with this change."""
        rules = [rule for rule in pack.rules[self.owner] if rule.id != self.name]
        changed = tuple(sorted([*rules, *([self.rule] if self.rule else [])], key=lambda rule: rule.id))
        return replace(pack, rules={**pack.rules, self.owner: changed})


def of_pack(pack: Pack) -> Iterator[Mutant]:
    """Every mutant of every rule, in the order of folders and rules."""
    for owner, rules in sorted(pack.rules.items()):
        for rule in rules:
            for kind, says, changed in _of_rule(rule):
                yield Mutant(kind, owner, rule.id, says, changed)


def _of_rule(rule: Rule) -> Iterator[tuple[str, str, Rule | None]]:
    yield "rule", "dropped", None
    for place, checks in enumerate(rule.alternatives):
        if len(rule.alternatives) > 1:
            yield "alternative", f"without its alternative {_said(checks)}", _with(rule, place)
        for check in checks:
            if len(checks) > 1:
                rest = tuple(one for one in checks if one is not check)
                yield "check", f"without its check {check.name}", _with(rule, place, rest)
            for says, looser in _looser(check, rule.outcome):
                yield says, f"with {looser.name}: {looser.argument}", _with(rule, place, _swapped(checks, check, looser))
    if rule.per_hour is not None:
        yield "limit", f"with limit: {{per_hour: {rule.per_hour + 1}}}", rule._replace(per_hour=rule.per_hour + 1)
    if rule.review_by is not None:
        later = rule.review_by + timedelta(days=1)
        yield "review_by", f"with review_by: {later}", rule._replace(review_by=later)


def _looser(check: Check, outcome: Outcome) -> Iterator[tuple[str, Check]]:
    """A list with one name less; a threshold by one step towards speaking."""
    if isinstance(check.argument, list) and len(check.argument) > 1:
        for name in check.argument:
            yield "name", Check(check.name, [one for one in check.argument if one != name])
    elif isinstance(check.argument, int) and not isinstance(check.argument, bool):
        step = _MINUTES_A_DAY if "days" in CONDITIONS[check.name].sample else 1
        fires_less = step if "_over" in check.name else -step
        towards = fires_less if outcome is Outcome.HUMAN else -fires_less
        yield "threshold", Check(check.name, check.argument + towards)


def _with(rule: Rule, place: int, checks: tuple[Check, ...] | None = None) -> Rule:
    """The rule with other checks in one alternative; None: without that alternative."""
    instead = (checks,) if checks else ()
    return rule._replace(alternatives=(*rule.alternatives[:place], *instead, *rule.alternatives[place + 1 :]))


def _swapped(checks: tuple[Check, ...], old: Check, new: Check) -> tuple[Check, ...]:
    return tuple(new if check is old else check for check in checks)


def _said(checks: tuple[Check, ...]) -> str:
    return " and ".join(check.name for check in checks)
