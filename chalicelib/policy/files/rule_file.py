"""The sections ``human:`` and ``acknowledge:`` of a policy file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from chalicelib.domain.codec import Json
from chalicelib.domain.decision import Outcome
from chalicelib.domain.problem import Problem, did_you_mean
from chalicelib.policy.conditions.contract import Condition, Names
from chalicelib.policy.files.brand_file import SLUG
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.node import Map, Node, Sequence, Text
from chalicelib.policy.rules.rule import Check, Rule

PRIORITIES = ("P0", "P1", "P2", "P3", "P4")
_KEYS = {
    "why": "One sentence for the person who reads the case.",
    "when": "{text_has: [legal]}",
    "any_of": "[{text_has: [legal]}, {words_under: 3}]",
    "department": "cards",
    "priority": "P2",
}
SILENCES = ("thread", "person")
HUMAN_KEYS = {**_KEYS, "if_not_offered": "skip", "silence": "thread"}
ACKNOWLEDGE_KEYS = {**_KEYS, "limit": "{per_hour: 30}", "review_by": "2027-03-31"}
EARNING = {
    "topic": "add topic: any, or topic: [names]",
    "ordinary_over": "add ordinary_over: 50%, or more where mistakes are grave",
}
"""What every alternative of an acknowledge rule asks: of which approved topic, and whether all of it reads like a request."""

_NOT_HERE = {
    "review_by": ("a human rule never expires", "remove review_by"),
    "limit": ("a human rule has no limit", "remove limit"),
    "silence": ("an acknowledgement is no silence", "remove silence"),
    "if_not_offered": ("an acknowledgement needs every fact", "remove if_not_offered"),
}


def read_rules(
    node: Node, outcome: Outcome, names: Names, conditions: Mapping[str, Condition]
) -> tuple[list[Rule], list[Problem]]:
    """The rules of one section, and every problem in it."""
    if not isinstance(node, Map):
        return [], [node.place.problem(f"{outcome.value} is a map of rules", "write  rule-name:  and under it why and when")]
    rules: list[Rule] = []
    problems: list[Problem] = []
    for name, body in node.parts:
        reader = _Reader(outcome, names, conditions)
        rule = reader.rule(name, body)
        problems += reader.problems
        if rule and not reader.problems:
            rules.append(rule)
    return rules, problems


class _Reader:
    """Reads one rule and notes every problem."""

    def __init__(self, outcome: Outcome, names: Names, conditions: Mapping[str, Condition]) -> None:
        self.outcome, self.names, self.conditions = outcome, names, conditions
        self.problems: list[Problem] = []

    def rule(self, name: Text, body: Node) -> Rule | None:
        if not SLUG.fullmatch(name.value):
            self.problems.append(name.place.problem(f'"{name.value}" is not a rule name', "small letters, digits and - only"))
        if not isinstance(body, Map):
            self.problems.append(body.place.problem("a rule is a map", "write why: ... and when: {...} under its name"))
            return None
        acknowledges = self.outcome is Outcome.ACKNOWLEDGE
        known = ACKNOWLEDGE_KEYS if acknowledges else HUMAN_KEYS
        misplaced = [key for key, _ in body.parts if key.value in _NOT_HERE and key.value not in known]
        self.problems += [key.place.problem(*_NOT_HERE[key.value], "GP505") for key in misplaced]
        rest = Map(tuple(part for part in body.parts if part[0] not in misplaced), name.place)
        must = ("why", "limit", "review_by") if acknowledges else ("why",)
        self.problems += arguments.keys(rest, known, must, f'rule "{name.value}"')
        alternatives = self._alternatives(rest)
        if acknowledges and not self.problems:
            self._earned(rest, alternatives)
        return Rule(
            id=name.value,
            outcome=self.outcome,
            why=self._why(rest.get("why"), name.value),
            alternatives=alternatives,
            department=self._department(rest.get("department")),
            priority=self._priority(rest.get("priority")),
            skip=self._skip(rest.get("if_not_offered"), alternatives),
            silence=self._silence(rest.get("silence")),
            per_hour=self._per_hour(rest.get("limit")),
            review_by=self._day(rest.get("review_by")),
        )

    def _alternatives(self, body: Map) -> tuple[tuple[Check, ...], ...]:
        when, any_of = body.get("when"), body.get("any_of")
        if (when is None) == (any_of is None):
            self.problems.append(body.place.problem("a rule has when or any_of, one of them", f"write when: {_KEYS['when']}"))
            return ()
        if when is not None:
            return (self._checks(when),)
        if not isinstance(any_of, Sequence) or not any_of.parts:
            place = any_of.place if any_of else body.place
            self.problems.append(place.problem("any_of is a list of alternatives", f"write any_of: {_KEYS['any_of']}"))
            return ()
        return tuple(self._checks(part) for part in any_of.parts)

    def _checks(self, node: Node) -> tuple[Check, ...]:
        if not isinstance(node, Map) or not node.parts:
            self.problems.append(node.place.problem("no check here", f"write for example {_KEYS['when']}"))
            return ()
        found = []
        for name, asked in node.parts:
            condition = self.conditions.get(name.value)
            if condition is None:
                remedy = did_you_mean(name.value, self.conditions)
                self.problems.append(name.place.problem(f'unknown check "{name.value}"', remedy, "GP201"))
                continue
            argument = condition.parse(asked, self.names)
            if isinstance(argument, Problem):
                self.problems.append(argument)
            else:
                found.append(Check(name.value, argument))
        return tuple(sorted(found, key=lambda check: check.name))

    def _earned(self, body: Map, alternatives: tuple[tuple[Check, ...], ...]) -> None:
        for checks in alternatives:
            used = {check.name for check in checks}
            for name, remedy in EARNING.items():
                if name not in used:
                    self.problems.append(body.place.problem(f"an acknowledgement is earned by {name}", remedy, "GP502"))

    def _why(self, node: Node | None, name: str) -> str:
        if node is None:
            return ""
        why = arguments.text(node, "why")
        if isinstance(why, Problem) or why.casefold().strip(".") == name.replace("-", " "):
            self.problems.append(node.place.problem("why says nothing new", f"write why: {_KEYS['why']}", "GP203"))
            return ""
        return why

    def _department(self, node: Node | None) -> str | None:
        if node is None:
            return None
        if not isinstance(node, Text) or not SLUG.fullmatch(node.value):
            self.problems.append(node.place.problem("a department is a plain name", "small letters, digits and - only"))
            return None
        return node.value

    def _priority(self, node: Node | None) -> int | None:
        if node is None:
            return None
        if not isinstance(node, Text) or node.value not in PRIORITIES:
            self.problems.append(node.place.problem("a priority is P0 (at once) to P4", "write priority: P2"))
            return None
        return PRIORITIES.index(node.value)

    def _skip(self, node: Node | None, alternatives: tuple[tuple[Check, ...], ...]) -> bool:
        if node is None:
            return False
        may = sorted(name for name, condition in self.conditions.items() if condition.may_skip)
        used = {check.name for checks in alternatives for check in checks}
        if not isinstance(node, Text) or node.value != "skip":
            self.problems.append(node.place.problem("only skip makes sense here", "write if_not_offered: skip"))
        elif alternatives and not used & set(may):
            self.problems.append(node.place.problem("nothing here may be skipped", "only these may: " + ", ".join(may)))
        return True

    def _silence(self, node: Node | None) -> str | None:
        if node is None:
            return None
        if not isinstance(node, Text) or node.value not in SILENCES:
            self.problems.append(node.place.problem("silence is for the thread or for the person", "write silence: thread"))
            return None
        return node.value

    def _per_hour(self, node: Node | None) -> int | None:
        if node is None:
            return None
        if not isinstance(node, Map) or [name.value for name, _ in node.parts] != ["per_hour"]:
            self.problems.append(node.place.problem("a limit is so many an hour", "write limit: {per_hour: 30}"))
            return None
        found: Json | Problem = arguments.number(node.parts[0][1], "", 1, 10_000)
        if isinstance(found, Problem):
            self.problems.append(found)
        return found if isinstance(found, int) else None

    def _day(self, node: Node | None) -> date | None:
        if node is None:
            return None
        try:
            return date.fromisoformat(node.value if isinstance(node, Text) else "")
        except ValueError:
            self.problems.append(node.place.problem("a date was expected", "write review_by: 2027-03-31"))
            return None
