"""``words_under: 3``: the text has fewer words than that; handles, links, hashtags and emoji are no words."""

from __future__ import annotations

from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene


def _words(scene: Scene) -> Fact[int]:
    return Unknown() if scene.words is None else Known(scene.words)


CONDITION = comparison(
    "words_under",
    "text",
    Comparison(value=_words, holds=lambda count, found: found < count, edges=lambda count: [count]),
    lambda found: f"{found} words",
    says="The text has fewer words than this.",
    sample="3",
    parse=lambda node: arguments.number(node, "words", 1, 1_000),
    reads=frozenset({"text"}),
)
