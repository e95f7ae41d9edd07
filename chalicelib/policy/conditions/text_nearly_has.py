"""``text_nearly_has: [lists]``: with one letter of a word changed, a phrase of one of the lists stands in the text."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.phrase_index import Found
from chalicelib.policy.scene import Scene
from chalicelib.policy.slips import cues_of, with_slips
from chalicelib.policy.truth import FALSE, Finding


def _check(lists: list[str], scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("text_nearly_has", "text", "missing")
    names = {source: name for name in lists for source in scene.policy.lists[name]}
    anew = with_slips(scene.reading, cues_of(scene.index, frozenset(names)))
    if anew is not None:
        plain = {hit for _, hit in scene.hits(lists)}
        hits = [(names[hit.source], hit) for hit in Found(scene.index, anew).hits if hit.source in names and hit not in plain]
        if hits:
            return findings.spans("text_nearly_has", hits)
    return FALSE if scene.reading.complete else findings.unknown("text_nearly_has", "text", "too-long")


CONDITION = Condition(
    says="A phrase of one of these lists would stand in the text if one letter of a word were another one.",
    sample="[legal]",
    parse=lambda node, names: arguments.names(node, names.lists, "list"),
    check=_check,
    reads=frozenset({"text"}),
)
