"""GP3xx: rules that can never do what they say, judged on what they ask and never on free text."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.decision import Outcome
from chalicelib.domain.problem import Severity
from chalicelib.policy.phrases.phrase import GAP, expand
from chalicelib.policy.proving.implication import all_imply, impossible, rule_implies
from chalicelib.policy.proving.lints.contract import Found, Lint, Subject
from chalicelib.policy.rules.rule import DEFAULT_PRIORITY, Check, Rule

_MOST_WORDS = 800
"""4,000 characters, which is all that is read, hold no more words of four letters than this."""


def _never_wins(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        human = [(name, one) for name, one in subject.seen_by(owner) if one.outcome is Outcome.HUMAN]
        for checks in rule.alternatives if rule.outcome is Outcome.ACKNOWLEDGE else ():
            above = next((one for _, one in human if any(all_imply(checks, wider) for wider in one.alternatives)), None)
            if above is not None:
                says = f'"{rule.id}" can never acknowledge: "{above.id}" sends all of it to a person'
                yield subject.pack.places[owner, rule.id], says, "narrow the human rule, or drop this one"


def _twins(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        for folder, other in subject.seen_by(owner):
            later = (folder, other.id) < (owner, rule.id)
            if later and other.outcome is rule.outcome and rule_implies(rule, other) and rule_implies(other, rule):
                yield subject.pack.places[owner, rule.id], f'"{rule.id}" asks the same as "{other.id}"', "keep one of them"


def _shadowed(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        for _, other in subject.seen_by(owner):
            if other is rule or not (other.outcome is rule.outcome is Outcome.HUMAN) or rule_implies(other, rule):
                continue
            if rule_implies(rule, other) and not _adds(rule, other):
                says = f'"{rule.id}" holds only where "{other.id}" holds, and adds nothing to it'
                yield subject.pack.places[owner, rule.id], says, "give it a department or a more urgent priority, or drop it"


def _adds(rule: Rule, wider: Rule) -> bool:
    urgent = DEFAULT_PRIORITY if rule.priority is None else rule.priority
    usual = DEFAULT_PRIORITY if wider.priority is None else wider.priority
    return urgent < usual or rule.department not in (None, wider.department) or rule.silence not in (None, wider.silence)


def _impossible(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        place = subject.pack.places[owner, rule.id]
        for checks in rule.alternatives:
            if pair := impossible(checks):
                yield place, f"{pair} can never both be true", "drop one of them, or make two alternatives"
            elif short := _too_short(subject, owner, checks):
                yield place, f"no phrase of {short} fits into so few words", "raise words_under, or drop it"


def _too_short(subject: Subject, owner: str, checks: tuple[Check, ...]) -> str | None:
    limit = next((check.argument for check in checks if check.name == "words_under"), None)
    lists = next((check.argument for check in checks if check.name == "text_has"), None)
    if not isinstance(limit, int) or not isinstance(lists, list):
        return None
    sources = [f"{folder}/{name}" for folder in ("baseline", owner) for name in lists]
    phrases = [phrase for source in sources for phrase in subject.pack.lists.get(source, ())]
    shortest = min((_words(way) for phrase in phrases for way in expand(phrase)), default=0)
    return ", ".join(map(str, lists)) if shortest >= limit else None


def _words(way: tuple[str, ...]) -> int:
    return sum(1 for symbol in way if symbol != GAP and symbol[0].isalnum())


def _always(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        for check in (check for checks in rule.alternatives for check in checks):
            many = check.name == "words_under" and isinstance(check.argument, int) and check.argument > _MOST_WORDS
            every = check.name == "form_is" and isinstance(check.argument, list) and len(check.argument) == 4
            if many or every:
                says = f"{check.name} says yes to everything"
                yield subject.pack.places[owner, rule.id], says, "choose a smaller number, or drop the check"


def _unused(subject: Subject) -> Iterator[Found]:
    for source, phrases in sorted(subject.pack.lists.items()):
        folder, name = source.split("/", 1)
        asked = [rule for owner, rule in subject.rules() if folder in ("baseline", owner) or owner == "baseline"]
        used = {str(one) for rule in asked for checks in rule.alternatives for check in checks for one in _named(check)}
        if folder != "topics" and name not in used:
            yield subject.pack.places[source, phrases[0]], f'no rule reads the list "{name}"', "name it in a rule, or remove it"


def _named(check: Check) -> list[object]:
    return list(check.argument) if isinstance(check.argument, list) else []


LINTS = (
    Lint(
        id="GP301",
        title="An acknowledge rule that can never win",
        avoid="acknowledge when language_is: [es], where a human rule has language_not: [en]",
        prefer="no such rule, or a narrower human rule",
        why="Any human rule that matches wins. Who wrote this rule believes that it speaks, and it never will.",
        check=_never_wins,
    ),
    Lint(
        id="GP302",
        title="Two rules that ask the same",
        avoid="two human rules with when: {text_has: [legal]}",
        prefer="one rule with one why",
        why="Who changes one of them believes to have changed the policy, and the other one stays.",
        severity=Severity.WARNING,
        check=_twins,
    ),
    Lint(
        id="GP303",
        title="A rule that adds nothing to a wider one",
        avoid="text_has: [fraud] beside text_has: [fraud, impostor], same department, no more urgent",
        prefer="one rule, or a department and a priority of its own",
        why="It can never stand for an outcome: it only lengthens every record.",
        severity=Severity.WARNING,
        check=_shadowed,
    ),
    Lint(
        id="GP304",
        title="A condition that can never be true",
        avoid="{words_over: 5, words_under: 6}",
        prefer="{words_over: 5, words_under: 60}",
        why="The rule never fires; as a human rule it protects nobody.",
        check=_impossible,
    ),
    Lint(
        id="GP305",
        title="A check that says yes to everything",
        avoid="words_under: 900",
        prefer="words_under: 3",
        why="In a human rule it silences the machine for good; in an acknowledge rule it guards nothing.",
        severity=Severity.WARNING,
        check=_always,
    ),
    Lint(
        id="GP306",
        title="A list that no rule reads",
        avoid="lists/outage.txt, and no rule with text_has: [outage]",
        prefer="a rule that reads it",
        why="People keep adding phrases to it and believe themselves protected.",
        check=_unused,
    ),
)
