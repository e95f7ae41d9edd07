"""What a person is shown of a signed webhook that we could not read."""

from __future__ import annotations

import hashlib
import re

from chalicelib.domain.cards import mask_cards
from chalicelib.domain.notice import Misread
from chalicelib.domain.webhook import Verified

SHOWN = 10_000
"""Characters of the body that a person sees at most."""

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def misread(platform: str, reason: str, verified: Verified, body: bytes, delivery_id: str | None = None) -> Misread:
    """The notice for ``body``, the whole webhook or one part of it."""
    return Misread(
        platform=platform,
        reason=reason,
        digest=hashlib.sha256(body).hexdigest(),
        body=shown(body),
        delivery_id=delivery_id or verified.delivery_id,
        received_at=verified.webhook.received_at,
    )


def shown(body: bytes) -> str:
    """``body`` as text, JSON's escapes undone so that they hide no card number, card numbers masked, at most ``SHOWN`` long."""
    text = _ESCAPE.sub(_unescaped, body.decode("utf-8", "replace"))
    if len(text) > SHOWN:
        # A number that the cut goes through would no longer look like a card, so the digits before the cut go too.
        cut = text[: SHOWN - 1]
        text = cut[: _last_digits(cut)] + "…"
    return mask_cards(text)[:SHOWN]


def _last_digits(cut: str) -> int:
    place = len(cut)
    while place and not cut[place - 1].isalpha():
        place -= 1
    return place


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
