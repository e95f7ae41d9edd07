"""The one decision: pure, total, used by production, tests, simulation and replay alike (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from operator import itemgetter

from chalicelib.domain.decision import Certainty, Decision, Limit, Match, Outcome
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import Facts
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding import law
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.policy.deciding.law import Law
from chalicelib.policy.deciding.matching import Alternative, Asked, failed
from chalicelib.policy.rules import findings
from chalicelib.policy.rules.rule import DEFAULT_DEPARTMENT, DEFAULT_PRIORITY, Rule, Topic
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth, all_of, any_of

_CERTAINTY = {Truth.TRUE: Certainty.TRUE, Truth.UNKNOWN: Certainty.UNKNOWN, Truth.NOT_OFFERED: Certainty.NOT_OFFERED}


_Fired = tuple[str, Match]
"""A match behind a text that sorts it: which rule stands for the outcome (``_standing``)."""


@dataclass(frozen=True, slots=True)
class _Earned:
    """What the acknowledge rules say on their own."""

    outcome: Outcome
    rule: str
    limit: Limit | None = None


_NOTHING = _Earned(Outcome.HUMAN, law.DEFAULT.id)
_FIRST, _MATCH = itemgetter(0), itemgetter(1)


def decide(facts: Facts, bundle: Bundle | Broken, limits: Limits) -> Decision:
    """The decision about one mention. Never raises: what cannot be worked out goes to a person.

    ``human`` fires on true, unknown and not offered; ``acknowledge`` and ``ignore`` only on true.
    """
    try:
        return _decide(facts, bundle, limits)
    except Exception as error:
        return _stopped(law.UNDECIDED, "engine", type(error).__name__)


def hour_of(at: datetime) -> str:
    """The UTC hour that a budget counts, ``2026-11-21T09``."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H")


def _decide(facts: Facts, bundle: Bundle | Broken, limits: Limits) -> Decision:
    # 0 Where a step knew the end before, without a valid signed policy, or for an account of nobody, no rule is asked.
    if facts.premise is not None:
        return _stopped(law.UNDECIDED, "premise", facts.premise)
    if isinstance(bundle, Broken):
        return _stopped(law.WITHOUT_POLICY, "policy", bundle.reason)
    policy = bundle.policy_of(facts.mention.platform, facts.mention.account)
    if policy is None:
        return _stopped(law.UNKNOWN_ACCOUNT, "account", f"{facts.mention.platform} {facts.mention.account}")
    scene = Scene(facts, policy, bundle.index, bundle.own)

    # 1 Ignore fires only on what is known for certain, and is tested first.
    ignored = [fired for rule in law.IGNORE if (fired := _by_law(rule, Outcome.IGNORE, scene, bundle, limits))]

    # 2 Law and 3 the rules for people fire on true, on unknown and on not offered.
    human = [fired for rule in law.LAWS if (fired := _by_law(rule, Outcome.HUMAN, scene, bundle, limits))]
    matcher = bundle.matcher_of(policy)
    asked = matcher.asked(scene)
    to_people, acknowledging = matcher.fired(scene, asked)
    human += [_by_rule(rule, alternatives, asked) for rule, alternatives in to_people]

    # 4 Acknowledge rules fire only where every check is known to be true and the review date has not passed.
    reviewed = [pair for pair in acknowledging if pair[0].review_by is not None and scene.today <= pair[0].review_by]
    firing = sorted(reviewed, key=lambda pair: pair[0].id)
    matched = [_by_rule(rule, alternatives, asked) for rule, alternatives in firing]

    # 5 Any match for people wins; nothing matched is the default, a person; a spent or unknown budget is a person too.
    earned, spent = _earned(firing[0][0], facts) if firing else (_NOTHING, [])
    human = sorted(human + spent, key=_FIRST)
    return _decision(scene, [_MATCH(fired) for fired in ignored], list(map(_MATCH, human)), earned, list(map(_MATCH, matched)))


def _decision(scene: Scene, ignored: list[Match], human: list[Match], earned: _Earned, acknowledging: list[Match]) -> Decision:
    topic = scene.topics[0][0] if scene.topics else None
    everything = [*ignored, *human, *acknowledging]
    if ignored:
        after = _Earned(Outcome.HUMAN, human[0].rule) if human else earned
        return _made(Outcome.IGNORE, ignored, everything, topic, after)
    if human:
        return _made(Outcome.HUMAN, human, everything, topic, _behind(human, earned))
    if earned.outcome is Outcome.ACKNOWLEDGE:
        chosen = [match for match in acknowledging if match.rule == earned.rule]
        return _made(Outcome.ACKNOWLEDGE, chosen, everything, topic, _NOTHING, earned.limit)
    default = _match(law.DEFAULT, Outcome.HUMAN, Finding(Truth.TRUE))
    return _made(Outcome.HUMAN, [default], everything, topic, _NOTHING)


def _behind(human: Sequence[Match], earned: _Earned) -> _Earned:
    """The outcome without the rules for people; in shadow mode, without the shadow alone: what would have happened."""
    rest = [match for match in human if match.rule != "shadow"]
    if len(rest) < len(human) and rest:
        return _Earned(Outcome.HUMAN, rest[0].rule)
    return earned


def _made(
    outcome: Outcome,
    carrying: Sequence[Match],
    everything: Sequence[Match],
    topic: Topic | None,
    without: _Earned,
    limit: Limit | None = None,
) -> Decision:
    first = carrying[0]
    return Decision(
        outcome=outcome,
        rule=first.rule,
        because=tuple([match.rule for match in carrying]),
        matched=tuple(everything),
        why=first.why,
        topic=topic.id if topic else None,
        department=first.department or (topic.department if topic else DEFAULT_DEPARTMENT),
        priority=DEFAULT_PRIORITY if first.priority is None else first.priority,
        limit=limit,
        without=without.outcome,
        without_rule=without.rule,
    )


def _stopped(rule: Law, fact: str, says: str) -> Decision:
    """A person, before any rule could be asked."""
    match = _match(rule, Outcome.HUMAN, findings.true("law", fact, says))
    return _made(Outcome.HUMAN, [match], [match], None, _NOTHING)


def _earned(rule: Rule, facts: Facts) -> tuple[_Earned, list[_Fired]]:
    """What the first acknowledge rule that fired gives, and the law that stops it where the budget is spent or unknown."""
    if rule.per_hour is None:
        raise ValueError("an acknowledge rule without a limit")
    budget = facts.budget
    if not isinstance(budget, Known):
        return _NOTHING, [_fired(law.HOURLY_LIMIT, Outcome.HUMAN, findings.known(budget, "law", "budget", lambda _: FALSE))]
    counted = not budget.value.hour or budget.value.hour >= hour_of(facts.now)
    used = budget.value.used.get(rule.id, 0) if counted else 0
    if used >= rule.per_hour:
        finding = findings.true("law", "budget", f"{used} of {rule.per_hour} by {rule.id}")
        return _NOTHING, [_fired(law.HOURLY_LIMIT, Outcome.HUMAN, finding)]
    return _Earned(Outcome.ACKNOWLEDGE, rule.id, Limit(per_hour=rule.per_hour)), []


def _by_law(rule: Law, outcome: Outcome, scene: Scene, bundle: Bundle, limits: Limits) -> _Fired | None:
    try:
        finding = rule.check(scene, bundle, limits)
    except Exception as error:
        finding = failed(rule.id, error)
    if finding.truth is Truth.FALSE or (finding.truth is not Truth.TRUE and outcome is not Outcome.HUMAN):
        return None
    return _fired(rule, outcome, finding)


def _fired(rule: Law, outcome: Outcome, finding: Finding) -> _Fired:
    return _standing(True, rule.priority, True, rule.id), _match(rule, outcome, finding)


def _standing(grounded: bool, priority: int, law: bool, id: str) -> str:
    """Before others stands a rule that saw something, then the most urgent (0 to 4), then law, then the name."""
    return f"{'+' if grounded else '-'}{priority}{'+' if law else '-'}{id}"


def _match(rule: Law, outcome: Outcome, finding: Finding) -> Match:
    return Match(rule.id, outcome, "law", _CERTAINTY[finding.truth], rule.why, finding.evidence, None, rule.priority)


def _by_rule(rule: Rule, alternatives: Sequence[Alternative], asked: Asked) -> _Fired:
    """The match of a rule that fires; ``alternatives`` are those of its alternatives that are not false."""
    checks = alternatives[0].checks
    if len(alternatives) == len(checks) == 1:
        finding = asked(checks[0], rule)
        grounded = finding.truth is Truth.TRUE
    else:
        found = [[asked(number, rule) for number in alternative.checks] for alternative in alternatives]
        finding = any_of([all_of(parts) for parts in found])
        grounded = finding.truth is Truth.TRUE or any(part.truth is Truth.TRUE for parts in found for part in parts)
    id, outcome, why, _, department, priority, _, silence, _, _ = rule
    truth, evidence = finding
    certainty, silent = _CERTAINTY[truth], silence if truth is Truth.TRUE else None
    match = tuple.__new__(Match, (id, outcome, "policy", certainty, why, evidence, department, priority, silent))
    return _standing(grounded, DEFAULT_PRIORITY if priority is None else priority, False, id), match
