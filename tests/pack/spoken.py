"""How a phrase of a list may be said: every choice of it, each detector by a sample of what it sees."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.policy.phrases import GAP, expand

SAMPLES = {
    "[email]": "pat@mail.example",
    "[phone]": "+44 20 7946 0958",
    "[order-number]": "AB12345678",
    "[booking-code]": "PNR K4X9QZ",
    "[money]": "$40",
    "[url]": "www.example.com",
    "[number]": "482",
    "[masked-word]": "sh**t",
    "[masked-data]": "__email__",
    GAP: "a few words",
}


def spoken(phrase: str) -> Iterator[str]:
    """Every way to say ``phrase``, as somebody would write it."""
    for way in expand(phrase):
        yield " ".join(SAMPLES.get(symbol, symbol.removesuffix("*")) for symbol in way)
