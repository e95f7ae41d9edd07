"""The one decision: pure, total, used by production, tests, simulation and replay alike (DESIGN §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from chalicelib.domain.decision import Certainty, Decision, Evidence, Limit, Match, Outcome
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import Facts
from chalicelib.domain.limits import Limits
from chalicelib.policy import findings, law
from chalicelib.policy.bundle import Broken, Bundle
from chalicelib.policy.law import Law
from chalicelib.policy.matching import Alternative, Asked, failed
from chalicelib.policy.rules import DEFAULT_DEPARTMENT, DEFAULT_PRIORITY, Rule, Topic
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import FALSE, Finding, Truth, all_of, any_of

_CERTAINTY = {Truth.TRUE: Certainty.TRUE, Truth.UNKNOWN: Certainty.UNKNOWN, Truth.NOT_OFFERED: Certainty.NOT_OFFERED}


@dataclass(frozen=True, slots=True)
class _Fired:
    """A match, and whether it rests on something seen and not on ignorance alone."""

    match: Match
    grounded: bool


@dataclass(frozen=True, slots=True)
class _Earned:
    """What the acknowledge rules say on their own."""

    outcome: Outcome
    rule: str
    limit: Limit | None = None


_NOTHING = _Earned(Outcome.HUMAN, law.DEFAULT.id)


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
    matched = [(rule, _by_rule(rule, alternatives, asked)) for rule, alternatives in firing]

    # 5 Any match for people wins; nothing matched is the default, a person; a spent or unknown budget is a person too.
    earned, spent = _earned(matched, facts)
    human = sorted(human + spent, key=_standing)
    everything = [*ignored, *human, *(fired for _, fired in matched)]
    return _decision(scene, ignored, human, earned, everything)


def _decision(
    scene: Scene, ignored: Sequence[_Fired], human: Sequence[_Fired], earned: _Earned, everything: Sequence[_Fired]
) -> Decision:
    topic = scene.topics[0][0] if scene.topics else None
    behind = _behind(human, earned)
    if ignored:
        after = _Earned(Outcome.HUMAN, human[0].match.rule) if human else earned
        return _made(Outcome.IGNORE, ignored, everything, topic, after)
    if human:
        return _made(Outcome.HUMAN, human, everything, topic, behind)
    chosen = [fired for fired in everything if fired.match.rule == earned.rule]
    if earned.outcome is Outcome.ACKNOWLEDGE:
        return _made(Outcome.ACKNOWLEDGE, chosen, everything, topic, _NOTHING, earned.limit)
    default = _Fired(_match(law.DEFAULT, Outcome.HUMAN, Finding(Truth.TRUE)), True)
    return _made(Outcome.HUMAN, [default], everything, topic, _NOTHING)


def _behind(human: Sequence[_Fired], earned: _Earned) -> _Earned:
    """The outcome without the rules for people; in shadow mode, without the shadow alone: what would have happened."""
    rest = [fired for fired in human if fired.match.rule != "shadow"]
    if len(rest) < len(human) and rest:
        return _Earned(Outcome.HUMAN, rest[0].match.rule)
    return earned


def _made(
    outcome: Outcome,
    carrying: Sequence[_Fired],
    everything: Sequence[_Fired],
    topic: Topic | None,
    without: _Earned,
    limit: Limit | None = None,
) -> Decision:
    first = carrying[0].match
    return Decision(
        outcome=outcome,
        rule=first.rule,
        because=tuple(fired.match.rule for fired in carrying),
        matched=tuple(fired.match for fired in everything),
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
    fired = _Fired(_match(rule, Outcome.HUMAN, findings.true("law", fact, says)), True)
    return _made(Outcome.HUMAN, [fired], [fired], None, _NOTHING)


def _standing(fired: _Fired) -> tuple[bool, int, bool, str]:
    """Which rule stands for the outcome: one that saw something, then the most urgent, then law, then the name."""
    priority = DEFAULT_PRIORITY if fired.match.priority is None else fired.match.priority
    return (not fired.grounded, priority, fired.match.by != "law", fired.match.rule)


def _earned(matched: Sequence[tuple[Rule, _Fired]], facts: Facts) -> tuple[_Earned, list[_Fired]]:
    """What the acknowledge rules that fired give, and the law that stops them where the budget is spent or unknown."""
    if not matched:
        return _NOTHING, []
    rule = matched[0][0]
    if rule.per_hour is None:
        raise ValueError("an acknowledge rule without a limit")
    budget = facts.budget
    if not isinstance(budget, Known):
        finding = findings.known(budget, "law", "budget", lambda _: FALSE)
        return _NOTHING, [_Fired(_match(law.HOURLY_LIMIT, Outcome.HUMAN, finding), True)]
    counted = not budget.value.hour or budget.value.hour >= hour_of(facts.now)
    used = budget.value.used.get(rule.id, 0) if counted else 0
    if used >= rule.per_hour:
        finding = findings.true("law", "budget", f"{used} of {rule.per_hour} by {rule.id}")
        return _NOTHING, [_Fired(_match(law.HOURLY_LIMIT, Outcome.HUMAN, finding), True)]
    return _Earned(Outcome.ACKNOWLEDGE, rule.id, Limit(per_hour=rule.per_hour)), []


def _by_law(rule: Law, outcome: Outcome, scene: Scene, bundle: Bundle, limits: Limits) -> _Fired | None:
    try:
        finding = rule.check(scene, bundle, limits)
    except Exception as error:
        finding = failed(rule.id, error)
    fires = finding.truth is Truth.TRUE or (outcome is Outcome.HUMAN and finding.truth is not Truth.FALSE)
    return _Fired(_match(rule, outcome, finding), True) if fires else None


def _by_rule(rule: Rule, alternatives: Sequence[Alternative], asked: Asked) -> _Fired:
    """The match of a rule that fires; ``alternatives`` are those of its alternatives that are not false."""
    found = [[asked(number, rule) for number in alternative.checks] for alternative in alternatives]
    finding = any_of([all_of(parts) for parts in found]) if len(found) > 1 else all_of(found[0])
    match = Match(
        rule=rule.id,
        outcome=rule.outcome,
        by="policy",
        certainty=_CERTAINTY[finding.truth],
        why=rule.why,
        evidence=finding.evidence,
        department=rule.department,
        priority=rule.priority,
        silence=rule.silence if finding.truth is Truth.TRUE else None,
    )
    return _Fired(match, finding.truth is Truth.TRUE or any(part.truth is Truth.TRUE for parts in found for part in parts))


def _match(rule: Law, outcome: Outcome, finding: Finding) -> Match:
    evidence: tuple[Evidence, ...] = finding.evidence
    return Match(
        rule=rule.id,
        outcome=outcome,
        by="law",
        certainty=_CERTAINTY[finding.truth],
        why=rule.why,
        evidence=evidence,
        department=None,
        priority=rule.priority,
    )
