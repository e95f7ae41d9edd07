"""Standard Webhooks 1.0.0, both signature schemes: v1 (HMAC-SHA256) and v1a (Ed25519), verifying and v1 signing."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeGuard

from chalicelib.domain.webhook import Rejected, Secrets
from chalicelib.platforms.signing.mac import MINIMUM_BYTES, Key, base64_sha256, live_keys, matching

ID = re.compile(r"[A-Za-z0-9_:-]{1,128}")
"""A delivery id: no dot (the specification forbids it, the signed string is joined by dots), nothing that needs care in a log."""

LONGEST_HEADER = 4096
MOST_SIGNATURES = 16
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SYMMETRIC, _PUBLIC = "whsec_", "whpk_"
_LONGEST_SECRET = 64


def verify(
    headers: Mapping[str, str],
    body: bytes,
    live: Secrets,
    now: datetime,
    tolerance: timedelta,
    minimum: int = MINIMUM_BYTES,
) -> tuple[str, str] | Rejected:
    """(delivery id, which live secret), or why not. ``live`` holds ``whsec_…`` and ``whpk_…``, newest first of each kind.

    The signature is checked before the time, so that a wrong time tells a stranger nothing.
    """
    delivery, stamp, listed = (headers.get(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if delivery is None or stamp is None or listed is None:
        return Rejected("signature-missing")
    if not ID.fullmatch(delivery) or not _TIMESTAMP.fullmatch(stamp) or len(listed) > LONGEST_HEADER:
        return Rejected("signature-malformed")
    presented = [one.encode("utf-8", "replace") for one in listed.split(" ")]
    if len(presented) > MOST_SIGNATURES:
        return Rejected("signature-malformed")
    symmetric = live_keys(_decoded(live.values, _SYMMETRIC, _LONGEST_SECRET), minimum)
    public = live_keys(_decoded(live.values, _PUBLIC, 32), 32)
    if not symmetric and not public:
        return Rejected("no-secret")
    content = _content(delivery, stamp, body)
    matched = matching(symmetric, presented, lambda key: b"v1," + base64_sha256(key, content))
    matched = matched or _matching_public(public, presented, content)
    if matched is None:
        return Rejected("signature")
    if abs(int(now.timestamp()) - int(stamp)) > tolerance.total_seconds():
        return Rejected("timestamp")
    return delivery, matched


def sign(secret: str, delivery: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one delivery; raises ValueError for an unusable id or secret (naming neither)."""
    keys = live_keys(_decoded([secret], _SYMMETRIC, _LONGEST_SECRET))
    if not keys or not ID.fullmatch(delivery):
        raise ValueError("signing needs a secret 'whsec_' + base64 of 24 to 64 bytes, and an id of letters, digits, _ : -")
    stamp = str(int(at.timestamp()))
    signature = b"v1," + base64_sha256(keys[0][1], _content(delivery, stamp, body))
    return {"webhook-id": delivery, "webhook-timestamp": stamp, "webhook-signature": signature.decode()}


def _content(delivery: str, stamp: str, body: bytes) -> bytes:
    return f"{delivery}.{stamp}.".encode() + body


def _decoded(secrets: Sequence[str], prefix: str, longest: int) -> list[bytes]:
    """The bytes of every secret of one kind; one that is no base64 or too long becomes empty, so that it keeps its place."""
    keys = [_base64(secret.removeprefix(prefix).encode("utf-8", "replace")) for secret in secrets if secret.startswith(prefix)]
    return [key if key is not None and len(key) <= longest else b"" for key in keys]


def _base64(text: bytes) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return None


def _signed(one: bytes | None) -> TypeGuard[bytes]:
    return one is not None and len(one) == 64


def _matching_public(keys: Sequence[Key], presented: Sequence[bytes], content: bytes) -> str | None:
    signatures = [one for one in (_base64(entry[4:]) for entry in presented if entry.startswith(b"v1a,")) if _signed(one)]
    if not keys or not signatures:
        return None
    # Tens of milliseconds of cold start that only relays with a public key should pay.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    for name, key in keys:
        for signature in signatures:
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
            except (InvalidSignature, ValueError):
                continue
            return name
    return None
