"""``words_over: 3``: the text has more words than that; handles, links, hashtags and emoji are no words."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding


def _check(count: int, scene: Scene) -> Finding:
    if scene.words is None or scene.reading is None or not (scene.reading.complete or scene.words > count):
        return findings.unknown("words_over", "text", "missing")
    return findings.when(scene.words > count, "words_over", "text", f"{scene.words} words")


CONDITION = Condition(
    says="The text has more words than this.",
    sample="3",
    parse=lambda node, names: arguments.number(node, "words", 1, 1_000),
    check=_check,
    reads=frozenset({"text"}),
)
