"""``sentences_over: 6``: the text has more sentences than that."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.clauses import clauses
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding


def _check(count: int, scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("sentences_over", "text", "missing")
    found = len(clauses(scene.reading))
    return findings.when(found > count, "sentences_over", "text", f"{found} sentences")


CONDITION = Condition(
    says="The text has more sentences than this.",
    sample="6",
    parse=lambda node, names: arguments.number(node, "sentences", 1, 1_000),
    check=_check,
    reads=frozenset({"text"}),
)
