"""``account_age_under: 30 days``: the author's account is younger than that when the mention is decided."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "account_age_under", "author.created_at"


def _check(minutes: int, scene: Scene) -> Finding:
    now = scene.facts.now
    return findings.known(
        scene.facts.mention.author.created_at,
        _NAME,
        _FACT,
        lambda created: findings.when(
            now - created < timedelta(minutes=minutes), _NAME, _FACT, f"{(now - created).days} days old"
        ),
    )


CONDITION = Condition(
    says="The author's account is younger than this.",
    sample="30 days",
    parse=lambda node, names: arguments.minutes(node),
    check=_check,
    reads=frozenset({_FACT}),
    may_skip=True,
)
