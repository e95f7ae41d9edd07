"""``author_verified: yes``: the platform marks the author as verified (``no``: it does not)."""

from __future__ import annotations

from chalicelib.policy import arguments, findings
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding

_NAME, _FACT = "author_verified", "author.verified"


def _check(wanted: bool, scene: Scene) -> Finding:
    verified = scene.facts.mention.author.verified
    says = "verified" if wanted else "not verified"
    return findings.known(verified, _NAME, _FACT, lambda value: findings.when(value is wanted, _NAME, _FACT, says))


CONDITION = Condition(
    says="The platform marks the author as verified.",
    sample="yes",
    parse=lambda node, names: arguments.yes_or_no(node),
    check=_check,
    reads=frozenset({_FACT}),
    may_skip=True,
)
