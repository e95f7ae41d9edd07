"""Signatures as the platforms make them, with the secrets that the local service made for itself.

X: docs.x.com "Securing webhooks" (HMAC-SHA256 over the raw body, base64). Relay: the Standard Webhooks specification 1.0.0.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from chalicelib.domain.webhook import Secrets

_JSON = {"content-type": "application/json"}


def x_headers(body: bytes, secrets: Secrets, header: str = "oauth2") -> dict[str, str]:
    """The headers of X for ``body``; ``header`` is ``oauth2`` (client secret) or ``consumer`` (consumer secret, older)."""
    name = {"oauth2": "x-twitter-webhooks-signature-oauth2", "consumer": "x-twitter-webhooks-signature"}[header]
    return {**_JSON, name: "sha256=" + _mac(_keyed(secrets, header).encode(), body)}


def relay_headers(body: bytes, secrets: Secrets, delivery: str, now: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks v1 for ``body``, sent at ``now`` under the delivery id ``delivery``."""
    secret = next((value for value in secrets.values if value.startswith("whsec_")), None)
    if secret is None:
        raise ValueError("webhook/relay has no whsec_ secret to sign with")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    timestamp = str(int(now.timestamp()))
    signature = "v1," + _mac(key, f"{delivery}.{timestamp}.".encode() + body)
    return {**_JSON, "webhook-id": delivery, "webhook-timestamp": timestamp, "webhook-signature": signature}


def _keyed(secrets: Secrets, header: str) -> str:
    for value in secrets.values:
        kind, _, rest = value.partition(":")
        if kind == header:
            return rest
        if kind not in {"oauth2", "consumer"}:
            return value
    raise ValueError(f"webhook/x has no secret for the {header} header")


def _mac(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
