"""``language_not: [en]``: the text is in none of these languages; unknown where nobody can tell."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding
from chalicelib.policy.text.language_words import OTHERS


def _check(wanted: list[str], scene: Scene) -> Finding:
    detected, says = scene.language
    if detected is None:
        return findings.unknown("language_not", "language", says)
    return findings.when(detected not in wanted, "language_not", "language", f"{detected}: {says}")


CONDITION = Condition(
    says="The text is in none of these languages.",
    sample="[en]",
    parse=lambda node, names: arguments.names(node, {"en", *OTHERS}, "language"),
    check=_check,
    reads=frozenset({"text", "language"}),
)
