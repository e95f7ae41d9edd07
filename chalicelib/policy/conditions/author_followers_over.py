"""``author_followers_over: 10000``: more people than that follow the author."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "author_followers_over", "author.followers"


def _check(count: int, scene: Scene) -> Finding:
    followers = scene.facts.mention.author.followers
    return findings.known(
        followers, _NAME, _FACT, lambda value: findings.when(value > count, _NAME, _FACT, f"{value:,} followers")
    )


CONDITION = Condition(
    says="More people than this follow the author.",
    sample="10000",
    parse=lambda node, names: arguments.number(node, "followers"),
    check=_check,
    reads=frozenset({_FACT}),
    may_skip=True,
)
