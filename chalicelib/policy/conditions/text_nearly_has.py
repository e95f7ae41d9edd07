"""``text_nearly_has: [lists]``: with one letter of a word changed, a phrase of one of the lists stands in the text."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.phrases.index import Found
from chalicelib.policy.phrases.slips import cues_of, with_slips
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding


def _check(lists: list[str], scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("text_nearly_has", "text", "missing")
    sources = {source: name for name in lists for source in scene.policy.lists[name]}
    anew = with_slips(scene.reading, cues_of(scene.index, frozenset(sources)))
    if anew is not None:
        found = Found(scene.index, anew).spans
        hits = {(start, end, sources[source], phrase) for source in sources for start, end, phrase in found.get(source, ())}
        if hits.difference(scene.hits(lists)):
            return findings.spans("text_nearly_has", sorted(hits.difference(scene.hits(lists))))
    return FALSE if scene.reading.complete else findings.unknown("text_nearly_has", "text", "too-long")


CONDITION = Condition(
    says="A phrase of one of these lists would stand in the text if one letter of a word were another one.",
    sample="[legal]",
    parse=lambda node, names: arguments.names(node, names.lists, "list"),
    check=_check,
    reads=frozenset({"text"}),
)
