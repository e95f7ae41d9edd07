"""Ask the recogniser, last and only where its answer could earn an acknowledgement: a mention for a person never pays for it."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.facts import NOT_ASKED, Facts, Recognised
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.ports import Recogniser

BEST = 1_000_000
"""The score of a mention that could not be more ordinary, in millionths."""

_HOPED: Fact[Recognised] = Known(Recognised(score=BEST, model="hoped"))

SHADOW = "shadow"
"""The law of an account that only tries: what would have happened without it is worth knowing, so the recogniser is asked."""


class Nobody:
    """No recogniser: it knows nothing, so nothing that needs one is earned."""

    def recognise(self, text: str) -> Fact[Recognised]:
        """See ``ports.Recogniser``."""
        return Unknown("no-recogniser")


def recognised(facts: Facts, bundle: Bundle | Broken, limits: Limits, recogniser: Recogniser) -> Facts:
    """``facts`` with what the recogniser says, if the best answer there is would earn an acknowledgement.

    The rules are decided first as if it had been given. An answer can only earn, so where that is no acknowledgement the
    real one would be none either; then nothing is asked, and the fact says so. Facts that have an answer keep it.
    """
    if facts.ordinary != NOT_ASKED or not _earns(decide(replace(facts, ordinary=_HOPED), bundle, limits)):
        return facts
    text = facts.mention.text
    return replace(facts, ordinary=recogniser.recognise(text.value) if isinstance(text, Known) else Unknown("no-text"))


def _earns(hoped: Decision) -> bool:
    would = hoped.outcome is Outcome.ACKNOWLEDGE
    return would or (hoped.rule == SHADOW and hoped.without is Outcome.ACKNOWLEDGE)
