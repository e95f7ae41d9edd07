"""``text_has: [lists]``: a phrase of one of the lists stands in the text."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding


def _check(lists: list[str], scene: Scene) -> Finding:
    if hits := scene.hits(lists):
        return findings.spans("text_has", hits)
    if scene.reading is None:
        return findings.unknown("text_has", "text", "missing")
    return FALSE if scene.reading.complete else findings.unknown("text_has", "text", "too-long")


CONDITION = Condition(
    says="A phrase of one of these lists stands in the text.",
    sample="[requests]",
    parse=lambda node, names: arguments.names(node, names.lists, "list"),
    check=_check,
    reads=frozenset({"text"}),
    sources=lambda lists, policy: [source for name in lists for source in policy.lists[name]],
)
