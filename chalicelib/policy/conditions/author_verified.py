"""``author_verified: yes``: the platform marks the author as verified (``no``: it does not)."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Comparison, comparison, yes_or_no_edges
from chalicelib.policy.rules import arguments

CONDITION = comparison(
    "author_verified",
    "author.verified",
    Comparison(
        value=lambda scene: scene.facts.mention.author.verified,
        holds=lambda wanted, found: found is wanted,
        edges=yes_or_no_edges,
        ordered=False,
    ),
    lambda found: "verified" if found else "not verified",
    says="The platform marks the author as verified.",
    sample="yes",
    parse=arguments.yes_or_no,
    reads=frozenset({"author.verified"}),
    may_skip=True,
)
