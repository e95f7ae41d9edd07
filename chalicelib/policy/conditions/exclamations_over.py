"""``exclamations_over: 3``: the text has more exclamation marks than that."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene


def _marks(scene: Scene) -> Fact[int]:
    return Unknown() if scene.reading is None else Known(scene.reading.folded.count("!"))


CONDITION = comparison(
    "exclamations_over",
    "text",
    Comparison(value=_marks, holds=lambda count, found: found > count, edges=lambda count: [count + 1]),
    lambda found: f"{found} exclamation marks",
    says="The text has more exclamation marks than this.",
    sample="3",
    parse=lambda node: arguments.number(node, "marks", 0, 1_000),
    reads=frozenset({"text"}),
)
