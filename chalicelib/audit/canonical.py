"""The one way a document becomes bytes (RFC 8785), and the digest of bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

LARGEST = 2**53 - 1
"""The largest integer that every JSON reader keeps exact (RFC 8785 §3.2.2.3, after IEEE 754)."""


def canonical(document: Any) -> bytes:
    """``document`` as RFC 8785 bytes: the same document is the same bytes, in every language and for ever.

    Raises ValueError naming the path, never the value, of a float, an integer beyond 2^53 - 1, a lone surrogate, a key that is
    not text or a value without a JSON form.
    """
    _refuse(document, "$")
    return rfc8785.dumps(document)


def digest(content: bytes) -> str:
    """The SHA-256 of ``content``: ``sha256:<64 hex digits>``."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _refuse(value: Any, path: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if not _is_clean(value):
            raise ValueError(f"{path}: a lone surrogate is not text")
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise ValueError(f"{path}: an integer beyond 2^53 - 1 is not exact in JSON")
    elif isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str) or not _is_clean(key):
                raise ValueError(f"{path}: a key that is not clean text")
            _refuse(part, f"{path}.{key}")
    elif isinstance(value, (list, tuple)):
        for place, part in enumerate(value):
            _refuse(part, f"{path}[{place}]")
    else:
        raise ValueError(f"{path}: {type(value).__name__} has no canonical form; use integers and text")


def _is_clean(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
