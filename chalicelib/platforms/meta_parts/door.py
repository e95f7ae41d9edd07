"""Who may come in from Meta: the subscription handshake, and the signature over the raw body.

Source: Meta for Developers, "Webhooks: getting started" (``hub.challenge``, ``X-Hub-Signature-256``).
"""

from __future__ import annotations

import hashlib
import hmac
import re

from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Verified
from chalicelib.platforms.signing.mac import live_keys, matching

_HEADER = "x-hub-signature-256"
_TOKEN = "verify:"
"""A secret that begins so is the token of the handshake; any other is the app secret that signs bodies."""

_CHALLENGE = re.compile(r"[0-9A-Za-z_-]{1,128}")


def signature(key: bytes, content: bytes) -> bytes:
    """``sha256=`` and the MAC of the raw body in hex. Meta escapes what it sends: parsed and written again it would differ."""
    return b"sha256=" + hmac.new(key, content, hashlib.sha256).hexdigest().encode()


def handshake(webhook: RawWebhook, live: Secrets) -> Answer | Rejected | None:
    """The answer to ``GET ?hub.mode=subscribe&…``: the challenge itself, where the verify token is ours.

    Only letters, digits, ``_`` and ``-`` are echoed, so that nobody can have a page of theirs written by us.
    """
    query = webhook.query
    if webhook.method != "GET" or query.get("hub.mode") != "subscribe":
        return None
    challenge = query.get("hub.challenge", "")
    if not _CHALLENGE.fullmatch(challenge):
        return Rejected("challenge-malformed")
    tokens = [value.removeprefix(_TOKEN).encode() for value in live.values if value.startswith(_TOKEN)]
    keys = live_keys(tokens, minimum=1)
    if not keys:
        return Rejected("no-secret")
    presented = query.get("hub.verify_token", "").encode("utf-8", "replace")
    matched = matching(keys, [presented], lambda token: token)
    return Rejected("verify-token") if matched is None else Answer(200, "text/plain", challenge)


def verify(webhook: RawWebhook, live: Secrets) -> Verified | Rejected:
    """The MAC under a live app secret. Meta signs no time: replays end at the mention's key and its freshness.

    The SHA-1 header that Meta still sends beside it is never read.
    """
    presented = webhook.headers.get(_HEADER)
    if presented is None:
        return Rejected("signature-missing")
    keys = live_keys([value.encode() for value in live.values if not value.startswith(_TOKEN)])
    if not keys:
        return Rejected("no-secret")
    matched = matching(keys, [presented.encode("utf-8", "replace")], lambda key: signature(key, webhook.body))
    return Rejected("signature") if matched is None else Verified(webhook, matched)
