"""``open_ticket: yes``: a relay tells that the author already has a ticket open with the desk."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "open_ticket", "open_ticket"


def _check(wanted: bool, scene: Scene) -> Finding:
    says = "a ticket is open" if wanted else "no ticket is open"
    return findings.known(
        scene.facts.mention.open_ticket, _NAME, _FACT, lambda is_open: findings.when(is_open is wanted, _NAME, _FACT, says)
    )


CONDITION = Condition(
    says="The author already has a ticket open, as a relay tells.",
    sample="yes",
    parse=lambda node, names: arguments.yes_or_no(node),
    check=_check,
    reads=frozenset({_FACT}),
    may_skip=True,
)
