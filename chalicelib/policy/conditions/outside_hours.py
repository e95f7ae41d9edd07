"""``outside_hours: yes``: the brand is closed when a reply would go out (``no``: it is open)."""

from __future__ import annotations

from chalicelib.domain import hours
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding


def _check(wanted: bool, scene: Scene) -> Finding:
    opened = hours.is_open(scene.policy.brand, scene.facts.posting_at)
    return findings.when(opened is not wanted, "outside_hours", "posting_at", "open" if opened else "closed")


CONDITION = Condition(
    says="The brand is closed when a reply would go out.",
    sample="yes",
    parse=lambda node, names: arguments.yes_or_no(node),
    check=_check,
    reads=frozenset({"posting_at"}),
)
