"""One strict reader per kind of optional field: known, or unknown and why (``missing``, ``malformed``, ``too-long``)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.domain.cards import mask_cards
from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.platforms.reading.times import rfc_3339

T = TypeVar("T")

TEXT_LIMIT = 10_000
"""Characters; nothing longer is ever matched or stored (threat 7 of the audit anchor: bounded input)."""

NAME_LIMIT = 200
LARGEST = 2**53 - 1
"""The largest whole number that every JSON reader agrees on (RFC 8259 §6)."""

_SURROGATE = re.compile("[\ud800-\udfff]")


def find(node: object, *path: str) -> Any | Unknown:
    """The value under ``path``; null counts as missing, a parent that is no object as malformed, an unknown one as it is."""
    if isinstance(node, Unknown):
        return node
    for name in path:
        if not isinstance(node, dict):
            return Unknown("malformed")
        node = node.get(name)
        if node is None:
            return Unknown("missing")
    return node


def text(node: object, *path: str, limit: int = TEXT_LIMIT) -> Fact[str]:
    """Text with its card numbers masked; lone surrogates are malformed."""
    found = find(node, *path)
    if isinstance(found, Unknown):
        return found
    if not isinstance(found, str) or _SURROGATE.search(found):
        return Unknown("malformed")
    return masked(found, limit)


def masked(found: str, limit: int = TEXT_LIMIT) -> Fact[str]:
    """``found`` with its card numbers masked, unknown where it is longer than ``limit``."""
    if len(found) > limit:
        return Unknown("too-long")
    shown = mask_cards(found)
    return Known(shown) if len(shown) <= limit else Unknown("too-long")


def identifier(pattern: re.Pattern[str], node: object, *path: str) -> Fact[str]:
    """A string that matches ``pattern`` whole. A platform's own ids are never masked: one in ten would pass for a card."""
    found = find(node, *path)
    if isinstance(found, Unknown):
        return found
    return Known(found) if isinstance(found, str) and pattern.fullmatch(found) else Unknown("malformed")


def whole(node: object, *path: str) -> Fact[int]:
    """A whole number from 0 to ``LARGEST``; true, 1.0 and "1" are malformed."""
    found = find(node, *path)
    if isinstance(found, Unknown):
        return found
    return Known(found) if type(found) is int and 0 <= found <= LARGEST else Unknown("malformed")


def flag(node: object, *path: str) -> Fact[bool]:
    """True or false, also as the words that X documents in one place and sends as booleans in another."""
    found = find(node, *path)
    if isinstance(found, Unknown):
        return found
    if isinstance(found, str) and found in ("true", "false"):
        return Known(found == "true")
    return Known(found) if isinstance(found, bool) else Unknown("malformed")


def moment(node: object, *path: str, reader: Callable[[str], datetime | None] = rfc_3339) -> Fact[datetime]:
    """A time, in UTC."""
    found = find(node, *path)
    if isinstance(found, Unknown):
        return found
    at = reader(found) if isinstance(found, str) else None
    return Unknown("malformed") if at is None else Known(at)


def rows(node: object, *path: str) -> list[Any] | Unknown:
    """A list of anything."""
    found = find(node, *path)
    if isinstance(found, Unknown):
        return found
    return found if isinstance(found, list) else Unknown("malformed")


def or_none(fact: Fact[T]) -> T | None:
    """The value where a notice has no room for why it is not known."""
    return fact.value if isinstance(fact, Known) else None
