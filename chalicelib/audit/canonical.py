"""The one way a document becomes bytes (RFC 8785), and the digest of bytes."""

from __future__ import annotations

import hashlib
import json
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


def read_canonical(content: bytes) -> Any:
    """The document whose canonical bytes ``content`` is; raises ValueError where it is nobody's.

    Where all is ASCII and there are no floats, the standard library's sorted form is the canonical one, and several times
    faster; everything else is written again and compared.
    """
    try:
        document = json.loads(content, parse_float=_refuse_number, parse_constant=_refuse_number, parse_int=_exact)
        if (
            content.isascii()
            and json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() == content
        ):
            return document
        if canonical(document) == content:
            return document
    except RecursionError:
        raise ValueError("nested too deeply") from None
    raise ValueError("not the canonical form of its document")


def digest(content: bytes) -> str:
    """The SHA-256 of ``content``: ``sha256:<64 hex digits>``."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _refuse_number(text: str) -> Any:
    raise ValueError("only whole numbers have a canonical form here")


def _exact(text: str) -> int:
    if len(text) > len(f"-{LARGEST}") or abs(int(text)) > LARGEST:
        raise ValueError("an integer beyond 2^53 - 1 is not exact in JSON")
    return int(text)


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
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
