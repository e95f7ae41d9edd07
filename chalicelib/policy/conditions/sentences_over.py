"""``sentences_over: 6``: the text has more sentences than that."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.text.clauses import clauses


def _sentences(scene: Scene) -> Fact[int]:
    return Unknown() if scene.reading is None else Known(len(clauses(scene.reading)))


CONDITION = comparison(
    "sentences_over",
    "text",
    Comparison(value=_sentences, holds=lambda count, found: found > count, edges=lambda count: [count + 1]),
    lambda found: f"{found} sentences",
    says="The text has more sentences than this.",
    sample="6",
    parse=lambda node: arguments.number(node, "sentences", 1, 1_000),
    reads=frozenset({"text"}),
)
