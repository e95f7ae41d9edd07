"""``language_is: [en]``: the text is known to be in one of these languages."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding
from chalicelib.policy.text.language_words import OTHERS


def _check(wanted: list[str], scene: Scene) -> Finding:
    detected, says = scene.language
    if detected is None:
        return findings.unknown("language_is", "language", says)
    return findings.when(detected in wanted, "language_is", "language", f"{detected}: {says}")


CONDITION = Condition(
    says="The text is in one of these languages.",
    sample="[en]",
    parse=lambda node, names: arguments.names(node, {"en", *OTHERS}, "language"),
    check=_check,
    reads=frozenset({"text", "language"}),
)
