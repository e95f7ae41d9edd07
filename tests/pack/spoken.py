"""How a phrase of a list may be said: every choice of it, each detector by a sample of what it sees."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.policy.phrases.detectors import SAMPLES
from chalicelib.policy.phrases.phrase import GAP, expand

SAID = {GAP: "a few words", **SAMPLES}


def spoken(phrase: str) -> Iterator[str]:
    """Every way to say ``phrase``, as somebody would write it."""
    for way in expand(phrase):
        yield " ".join(SAID.get(symbol, symbol.removesuffix("*")) for symbol in way)
