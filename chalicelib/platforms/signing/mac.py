"""HMAC-SHA256 with several live keys: every MAC is computed and compared, whatever matches first."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Sequence

MINIMUM_BYTES = 24
"""Shortest secret that counts (Standard Webhooks 1.0.0): a signature under a guessable secret proves nothing."""

Key = tuple[str, bytes]
"""Which live secret (``current`` | ``previous``), and its bytes."""


def live_keys(secrets: Sequence[bytes], minimum: int = MINIMUM_BYTES) -> tuple[Key, ...]:
    """Name the first two secrets by their place; one that is shorter than ``minimum`` keeps its place and verifies nothing."""
    return tuple((name, key) for name, key in zip(("current", "previous"), secrets, strict=False) if len(key) >= minimum)


def base64_sha256(key: bytes, content: bytes) -> bytes:
    """The MAC of ``content`` in base64."""
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest())


def matching(keys: Sequence[Key], presented: Sequence[bytes], expected: Callable[[bytes], bytes]) -> str | None:
    """The name of the first key for which a presented signature is the expected one.

    Nothing that was presented is decoded: our own signature is encoded and the bytes are compared, each with each.
    """
    matched = None
    for name, key in keys:
        right = expected(key)
        hits = [hmac.compare_digest(right, one) for one in presented]
        if any(hits) and matched is None:
            matched = name
    return matched
