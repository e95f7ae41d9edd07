"""GP7xx: what the tests of a policy do not show."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.decision import Outcome
from chalicelib.domain.problem import Severity
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.proving.lints.contract import Found, Lint, Subject
from chalicelib.policy.rules.node import Place


def _untested(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        if not any(rule.id in case.because for case in subject.cases if owner in ("baseline", case.brand)):
            remedy = f"write a test with because: [{rule.id}]"
            yield subject.pack.places[owner, rule.id], f'no test says that "{rule.id}" decides', remedy


def _no_near_miss(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        missed = (case for case in subject.cases if case.brand == owner and case.expect == "human")
        if rule.outcome is Outcome.ACKNOWLEDGE and not any(rule.id in (*one.also_matched, *one.not_matched) for one in missed):
            remedy = f"write a test with expect: human and also_matched: [{rule.id}]"
            yield subject.pack.places[owner, rule.id], f'no near miss of "{rule.id}" goes to a person', remedy


def _unproved(subject: Subject) -> Iterator[Found]:
    speaking = {rule.id for _, rule in subject.rules() if rule.outcome is Outcome.ACKNOWLEDGE}
    for owner, rule in subject.rules():
        beaten = (case for case in subject.cases if rule.id in case.because and speaking & set(case.also_matched))
        if rule.outcome is Outcome.HUMAN and not any(beaten):
            remedy = f"write a test with because: [{rule.id}] and also_matched: an acknowledge rule"
            yield subject.pack.places[owner, rule.id], f'no test shows that "{rule.id}" beats an acknowledgement', remedy


def _never_unknown(subject: Subject) -> Iterator[Found]:
    for owner, rule in subject.rules():
        if rule.outcome is not Outcome.ACKNOWLEDGE:
            continue
        read = {fact for checks in rule.alternatives for check in checks for fact in CONDITIONS[check.name].reads}
        unknown = {
            name for case in subject.cases if case.brand == owner for name, value in case.given.items() if value == "unknown"
        }
        for fact in sorted(read & {"text", "language"} - unknown):
            remedy = f"write a test with given: {{{fact}: unknown}} and expect: human"
            yield subject.pack.places[owner, rule.id], f'"{rule.id}" reads the {fact}, and no test has it unknown', remedy


def _none(subject: Subject) -> Iterator[Found]:
    for brand in sorted(subject.pack.brands):
        if not any(case.brand == brand for case in subject.cases):
            yield (
                Place(f"{brand}/tests.yaml", 1, 1, ""),
                "no test was run",
                "write what you expect: tests: - {say: ..., expect: ...}",
            )


LINTS = (
    Lint(
        id="GP700",
        title="A test that is not met",
        avoid="expect: human, and an acknowledgement came",
        prefer="a rule that does what its test says",
        why="Either the rule or the expectation is wrong; nobody should have to guess which.",
    ),
    Lint(
        id="GP701",
        title="A rule that no test names",
        avoid="a rule without a test that has it under because",
        prefer="{say: ..., expect: human, because: [legal]}",
        why="Nobody would notice when it stops working.",
        check=_untested,
    ),
    Lint(
        id="GP702",
        title="An acknowledge rule without a near miss",
        avoid="only tests that acknowledge",
        prefer="{say: the same and one thing more, expect: human, also_matched: [ordinary-question]}",
        why="What a rule refuses shows what it means.",
        check=_no_near_miss,
    ),
    Lint(
        id="GP703",
        title="Something that could be dropped, and no test would notice",
        avoid="a phrase, a choice of a phrase, a check or a threshold that no test needs",
        prefer="one test that fails without it",
        why="Where every rule is tested, a condition may still be one that nobody needs. A phrase that finds itself is no test.",
    ),
    Lint(
        id="GP704",
        title="A human rule that was never seen to beat an acknowledgement",
        avoid="{say: my lawyer, expect: human, because: [legal]}",
        prefer="{say: where is my parcel? my lawyer asks too, ..., also_matched: [ordinary-question]}",
        why="The default is a person anyway; only a text that would have been acknowledged shows that the rule guards.",
        severity=Severity.ADVICE,
        check=_unproved,
    ),
    Lint(
        id="GP705",
        title="A fact that an acknowledge rule reads was never unknown in a test",
        avoid="only tests in which everything is known",
        prefer="{say: ..., given: {language: unknown}, expect: human}",
        why="Most mistakes of policies show only when something is missing.",
        severity=Severity.WARNING,
        check=_never_unknown,
    ),
    Lint(
        id="GP706",
        title="No tests",
        avoid="a brand without tests.yaml",
        prefer="a test for every rule",
        why="Zero tests that all pass look like success.",
        check=_none,
    ),
    Lint(
        id="GP709",
        title="A list whose phrases no sentence proves",
        avoid="lists/legal.txt alone",
        prefer="tests/legal.txt: I will [sue you], says [my lawyer].",
        why="A phrase that somebody deletes by accident is missed by nobody until it matters.",
        severity=Severity.ADVICE,
    ),
)
