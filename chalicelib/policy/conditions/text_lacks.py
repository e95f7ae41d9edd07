"""``text_lacks: [lists]``: no phrase of the lists stands in the text, and all of the text has been read."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding


def _check(lists: list[str], scene: Scene) -> Finding:
    if scene.hits(lists):
        return FALSE
    if scene.reading is None or not scene.reading.complete:
        return findings.unknown("text_lacks", "text", "missing" if scene.reading is None else "too-long")
    return findings.true("text_lacks", "text", "nothing of " + ", ".join(lists))


CONDITION = Condition(
    says="No phrase of these lists stands in the text.",
    sample="[requests]",
    parse=lambda node, names: arguments.names(node, names.lists, "list"),
    check=_check,
    reads=frozenset({"text"}),
)
