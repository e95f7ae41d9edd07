"""``wait_over_minutes: 240``: people wait longer than that for an answer just now (80th percentile)."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, Known
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene


def _minutes(scene: Scene) -> Fact[int]:
    wait = scene.facts.wait
    return Known(wait.value.p80_minutes) if isinstance(wait, Known) else wait


CONDITION = comparison(
    "wait_over_minutes",
    "wait",
    Comparison(value=_minutes, holds=lambda count, found: found > count, edges=lambda count: [count + 1]),
    lambda found: f"{found} minutes",
    says="People wait longer than this many minutes for a person just now.",
    sample="240",
    parse=lambda node: arguments.number(node, "minutes", 1),
    reads=frozenset({"wait"}),
)
