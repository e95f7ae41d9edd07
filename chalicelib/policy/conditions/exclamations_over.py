"""``exclamations_over: 3``: the text has more exclamation marks than that."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding


def _check(count: int, scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("exclamations_over", "text", "missing")
    marks = scene.reading.folded.count("!")
    return findings.when(marks > count, "exclamations_over", "text", f"{marks} exclamation marks")


CONDITION = Condition(
    says="The text has more exclamation marks than this.",
    sample="3",
    parse=lambda node, names: arguments.number(node, "marks", 0, 1_000),
    check=_check,
    reads=frozenset({"text"}),
)
