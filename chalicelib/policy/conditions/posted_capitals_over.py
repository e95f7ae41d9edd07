"""``posted_capitals_over: 60%``: more of the letters than that are capitals; texts under twelve letters never are."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding
from chalicelib.policy.text.reading import ASIDE

_FEWEST_LETTERS = 12


def _check(percent: int, scene: Scene) -> Finding:
    if scene.reading is None:
        return findings.unknown("posted_capitals_over", "text", "missing")
    words = [scene.reading.text[token.start : token.end] for token in scene.reading.tokens if token.kind not in ASIDE]
    letters = [letter for word in words for letter in word if letter.isalpha()]
    capitals = sum(1 for letter in letters if letter.isupper())
    loud = len(letters) >= _FEWEST_LETTERS and capitals * 100 > percent * len(letters)
    return findings.when(loud, "posted_capitals_over", "text", f"{capitals} of {len(letters)} letters")


CONDITION = Condition(
    says="More of the letters than this are capitals (texts under twelve letters never count).",
    sample="60%",
    parse=lambda node, names: arguments.percent(node, 1, 100),
    check=_check,
    reads=frozenset({"text"}),
)
