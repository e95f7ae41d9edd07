"""``has_media: yes``: the post carries a picture, a video or another attachment (``no``: none)."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "has_media", "media"


def _check(wanted: bool, scene: Scene) -> Finding:
    return findings.known(
        scene.facts.mention.media,
        _NAME,
        _FACT,
        lambda media: findings.when(bool(media) is wanted, _NAME, _FACT, ", ".join(media) or "no media"),
    )


CONDITION = Condition(
    says="The post carries a picture, a video or another attachment.",
    sample="yes",
    parse=lambda node, names: arguments.yes_or_no(node),
    check=_check,
    reads=frozenset({_FACT}),
)
