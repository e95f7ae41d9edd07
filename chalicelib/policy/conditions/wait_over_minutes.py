"""``wait_over_minutes: 240``: people wait longer than that for an answer just now (80th percentile)."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "wait_over_minutes", "wait"


def _check(count: int, scene: Scene) -> Finding:
    return findings.known(
        scene.facts.wait,
        _NAME,
        _FACT,
        lambda wait: findings.when(wait.p80_minutes > count, _NAME, _FACT, f"{wait.p80_minutes} minutes"),
    )


CONDITION = Condition(
    says="People wait longer than this many minutes for a person just now.",
    sample="240",
    parse=lambda node, names: arguments.number(node, "minutes", 1),
    check=_check,
    reads=frozenset({_FACT}),
)
