"""``open_ticket: yes``: a relay tells that the author already has a ticket open with the desk."""

from __future__ import annotations

from chalicelib.policy.conditions.contract import Comparison, comparison, yes_or_no_edges
from chalicelib.policy.rules import arguments

CONDITION = comparison(
    "open_ticket",
    "open_ticket",
    Comparison(
        value=lambda scene: scene.facts.mention.open_ticket,
        holds=lambda wanted, found: found is wanted,
        edges=yes_or_no_edges,
        ordered=False,
    ),
    lambda found: "a ticket is open" if found else "no ticket is open",
    says="The author already has a ticket open, as a relay tells.",
    sample="yes",
    parse=arguments.yes_or_no,
    reads=frozenset({"open_ticket"}),
    may_skip=True,
)
