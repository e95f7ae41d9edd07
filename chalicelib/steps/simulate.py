"""Play mentions through a policy that is not in force, and say what would become different: coverage first, then flips.

It is the same ``judge`` that production runs. Nothing is kept but counts; what a person should read is given back one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from chalicelib.domain.codec import decode
from chalicelib.domain.decision import Decision, Evidence, Outcome
from chalicelib.domain.fact import Unknown
from chalicelib.domain.facts import Facts
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.ports import Recogniser
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.challenge import FAILED
from chalicelib.steps.judge import judge
from chalicelib.steps.recognise import recognised

SHADOW, NO_RULE = "shadow", "decided-before-any-rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One mention that can be played: its facts, the word locks that were taken, and what was decided under which policy.

    ``decision`` and ``policy`` are None for a mention that nobody decided yet. ``beside`` is what a policy that ran beside the
    live one would have done, where that was recorded.
    """

    id: str
    facts: Facts
    taken: frozenset[str] = frozenset()
    decision: Decision | None = None
    policy: str | None = None
    beside: Decision | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A mention that ends otherwise. ``before`` and ``after`` are decisions; ``evidence`` is what no longer, or now, counts."""

    id: str
    facts: Facts
    before: Decision
    after: Decision

    @property
    def evidence(self) -> tuple[tuple[str, Evidence], ...]:
        """(rule, evidence) of what sent it to a person before, and of what earns the acknowledgement now."""
        lost = [match for match in self.before.matched if match.rule in self.before.because]
        won = [match for match in self.after.matched if match.rule in self.after.because]
        return tuple((match.rule, piece) for match in (*lost, *won) for piece in match.evidence)


@dataclass(slots=True)
class Simulation:
    """The counts of one simulation: ``after`` against ``before``, the policy in force (None: nothing is)."""

    after: Loaded
    before: Loaded | None
    limits: Limits
    recogniser: Recogniser
    total: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    hits_before: Counter[str] = field(default_factory=Counter)
    hits_after: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        # both policies ask about the same text, and a wave of mentions says the same: nothing is asked twice in a row
        self.recogniser = Remembering(self.recogniser)

    @property
    def replayed(self) -> int:
        """How many mentions could be played."""
        return self.total - sum(count for why, count in self.left_out.items() if why != NO_RULE)

    @property
    def flips(self) -> int:
        """How many went to a person and would be acknowledged."""
        return self.moves[Outcome.HUMAN.value, Outcome.ACKNOWLEDGE.value]

    def leave_out(self, why: str) -> None:
        """One mention that cannot be played, and why; where no rule was ever asked, no policy could change its end."""
        self.left_out[why] += 1
        self.total += why != NO_RULE

    def play(self, played: Played) -> Flip | None:
        """Decide one mention with both policies; the flip where the outcomes differ.

        The recogniser was perhaps never asked, because a rule for people stood before it. So it is asked now, and where it
        does not answer the mention is left out: nobody may take its silence for "this stays with a person".
        """
        new = played.beside or self._after(played)
        if new is None:
            self.leave_out("recogniser-does-not-answer")
            return None
        self.total += 1
        old = self._before(played)
        self.hits_before.update(_rules(old))
        self.hits_after.update(_rules(new))
        if any(match.certainty.value != "true" for match in new.matched):
            self.unknown["after"] += 1
        ended = outcome_of(old), outcome_of(new)
        self.moves[ended] += 1
        return None if ended[0] == ended[1] else Flip(id=played.id, facts=played.facts, before=old, after=new)

    def _after(self, played: Played) -> Decision | None:
        """What the new policy decides, None where its recogniser was asked in vain."""
        facts = recognised(played.facts, self.after.bundle, self.limits, self.recogniser)
        new = judge(facts, self.after, self.limits, played.taken).decision
        asked_in_vain = facts is not played.facts and isinstance(facts.ordinary, Unknown)
        return None if asked_in_vain and outcome_of(new) != Outcome.ACKNOWLEDGE.value else new

    def _before(self, played: Played) -> Decision:
        """What was decided where the policy in force decided it, else what that policy would decide."""
        recorded = played.decision
        if played.beside is not None and recorded is not None:
            return recorded
        if self.before is None:
            return recorded or judge(played.facts, Loaded("", Broken("no-policy-in-force"), {}), self.limits).decision
        if recorded is not None and played.policy == self.before.sha256:
            return recorded
        facts = recognised(played.facts, self.before.bundle, self.limits, self.recogniser)
        return judge(facts, self.before, self.limits, played.taken).decision

    def silent(self) -> list[str]:
        """Rules of the new policy that nothing hit."""
        bundle = self.after.bundle
        if isinstance(bundle, Broken):
            return []
        known = {rule.id for policy in bundle.policies.values() for rule in policy.rules}
        return sorted(known - self.hits_after.keys())

    def changed_rules(self) -> list[tuple[str, int, int]]:
        """(rule, hits before, hits after), those that changed most first."""
        rows = [(rule, self.hits_before[rule], self.hits_after[rule]) for rule in self.hits_before | self.hits_after]
        return sorted(rows, key=lambda row: (-abs(row[2] - row[1]), -max(row[1:]), row[0]))


class Remembering:
    """A recogniser that is not asked the same twice, while it is one of the last thousand texts."""

    def __init__(self, recogniser: Recogniser) -> None:
        self.recognise = lru_cache(maxsize=1024)(recogniser.recognise)


def outcome_of(decision: Decision) -> str:
    """The outcome; in shadow mode what it would have been, because a week in shadow is meant to show just that."""
    shadowed = decision.outcome is Outcome.HUMAN and any(match.rule == SHADOW for match in decision.matched)
    return (decision.without if shadowed else decision.outcome).value


def played_of(public: Mapping[str, Any], private: Mapping[str, Any] | None) -> Played | str:
    """A recorded decision as something to play; a slug that says why it cannot be."""
    if private is None:
        return "erased"
    try:
        facts = decode(Facts, private["facts"])
        if facts.premise is not None:
            return NO_RULE
        return Played(
            id=str(public["id"]),
            facts=facts,
            taken=frozenset(private["compose_inputs"]["taken"]),
            decision=decode(Decision, private["decision"]),
            policy=str(public["policy"]["sha256"]),
        )
    except (ValueError, KeyError, TypeError):
        return "written-by-another-version"


def beside_of(
    challenged: Mapping[str, Any], half: Mapping[str, Any] | None, public: Mapping[str, Any], private: Mapping[str, Any] | None
) -> Played | str:
    """A mention that a policy judged beside the live one, both as recorded; a slug that says why it cannot be compared.

    ``challenged`` and ``half`` are that record and its private half, ``public`` and ``private`` those of the live decision.
    """
    if challenged["body"]["outcome"] == FAILED:
        return f"challenger-failed: {challenged['body']['reason']}"
    played = played_of(public, private)
    if isinstance(played, str) or half is None:
        return played if isinstance(played, str) else "erased"
    try:
        return replace(played, beside=decode(Decision, half["decision"]))
    except (ValueError, KeyError, TypeError):
        return "written-by-another-version"


def _rules(decision: Decision) -> set[str]:
    return {match.rule for match in decision.matched} | {decision.rule}
