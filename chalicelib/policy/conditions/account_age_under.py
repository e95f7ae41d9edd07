"""``account_age_under: 30 days``: the author's account is younger than that when the mention is decided."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.fact import Fact, Known
from chalicelib.policy.conditions.contract import Comparison, comparison
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.scene import Scene


def _age(scene: Scene) -> Fact[timedelta]:
    created = scene.facts.mention.author.created_at
    return Known(scene.facts.now - created.value) if isinstance(created, Known) else created


CONDITION = comparison(
    "account_age_under",
    "author.created_at",
    Comparison(
        value=_age,
        holds=lambda minutes, age: age < timedelta(minutes=minutes),
        edges=lambda minutes: [timedelta(minutes=minutes)],
    ),
    lambda age: f"{age.days} days old",
    says="The author's account is younger than this.",
    sample="30 days",
    parse=arguments.minutes,
    reads=frozenset({"author.created_at"}),
    may_skip=True,
)
