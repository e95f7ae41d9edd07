"""``channels_tried_over: 1``: a relay tells that the author has tried more other channels than that."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, Known
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene


def _tried(scene: Scene) -> Fact[int]:
    tried = scene.facts.mention.channels_tried
    return Known(len(tried.value)) if isinstance(tried, Known) else tried


CONDITION = comparison(
    "channels_tried_over",
    "channels_tried",
    Comparison(value=_tried, holds=lambda count, found: found > count, edges=lambda count: [count + 1]),
    lambda found: f"{found} channels tried",
    says="The author has tried more other channels than this, as a relay tells.",
    sample="1",
    parse=lambda node: arguments.number(node, "channels"),
    reads=frozenset({"channels_tried"}),
    may_skip=True,
)
