"""``ordinary_over: 60%``: the recogniser is surer than this that the mention is an ordinary request."""

from __future__ import annotations

from chalicelib.domain.decision import Evidence
from chalicelib.domain.facts import Recognised
from chalicelib.policy.conditions.contract import Condition
from chalicelib.policy.rules import arguments, findings
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import FALSE, Finding, Truth

_PER_CENT = 10_000
"""Millionths in one per cent."""

_MODEL_SHOWN = 12
"""How much of the model's hash the evidence names; the whole of it is in the fact."""


def _check(percent: int, scene: Scene) -> Finding:
    return findings.known(scene.facts.ordinary, "ordinary_over", "ordinary", lambda told: _ask(percent, told))


def _ask(percent: int, told: Recognised) -> Finding:
    if told.score <= percent * _PER_CENT:
        return FALSE
    source, says = f"model {told.model[:_MODEL_SHOWN]}", f"{told.score:,} of 1,000,000"
    whole = Evidence(check="ordinary_over", fact="ordinary", says=f"{says} by {source}, tone {told.tone.value}")
    spans = (
        Evidence(check="ordinary_over", fact="text", source=source, start=one.start, end=one.end, says=says)
        for one in told.told_by
    )
    return Finding(Truth.TRUE, (whole, *spans))


CONDITION = Condition(
    says="The recogniser is surer than this that the mention is an ordinary request (or a mild complaint).",
    sample="60%",
    parse=lambda node, names: arguments.percent(node, 1, 99),
    check=_check,
    reads=frozenset({"ordinary", "text"}),
)
