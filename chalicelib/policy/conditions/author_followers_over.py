"""``author_followers_over: 10000``: more people than that follow the author."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments

CONDITION = comparison(
    "author_followers_over",
    "author.followers",
    Comparison(
        value=lambda scene: scene.facts.mention.author.followers,
        holds=lambda count, found: found > count,
        edges=lambda count: [count + 1],
    ),
    lambda found: f"{found:,} followers",
    says="More people than this follow the author.",
    sample="10000",
    parse=lambda node: arguments.number(node, "followers"),
    reads=frozenset({"author.followers"}),
    may_skip=True,
)
