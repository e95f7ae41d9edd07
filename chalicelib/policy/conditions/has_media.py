"""``has_media: yes``: the post carries a picture, a video or another attachment (``no``: none)."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments

CONDITION = comparison(
    "has_media",
    "media",
    Comparison(
        value=lambda scene: scene.facts.mention.media,
        holds=lambda wanted, media: bool(media) is wanted,
        edges=lambda wanted: [()],
        ordered=False,
    ),
    lambda media: ", ".join(media) or "no media",
    says="The post carries a picture, a video or another attachment.",
    sample="yes",
    parse=arguments.yes_or_no,
    reads=frozenset({"media"}),
)
