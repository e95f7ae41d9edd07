"""``channels_tried_over: 1``: a relay tells that the author has tried more other channels than that."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "channels_tried_over", "channels_tried"


def _check(count: int, scene: Scene) -> Finding:
    return findings.known(
        scene.facts.mention.channels_tried,
        _NAME,
        _FACT,
        lambda tried: findings.when(len(tried) > count, _NAME, _FACT, f"{len(tried)} channels tried"),
    )


CONDITION = Condition(
    says="The author has tried more other channels than this, as a relay tells.",
    sample="1",
    parse=lambda node, names: arguments.number(node, "channels"),
    check=_check,
    reads=frozenset({_FACT}),
    may_skip=True,
)
