"""The plain form of a mention: one JSON object a line, with whatever its writer knows; the rest is ordinary.

The form is described in ``docs/decide.md`` and in ``ackguard decide --help``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.codec import instant

LONGEST_LINE = 1_000_000
"""Bytes; a longer line is bad and is skipped without being kept."""

REPLY_TO = ("brand", "customer", "other")


class BadLine(ValueError):
    """A line that is no mention; the text names the field and what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A mention in plain form. What is None was not given and is ordinary. ``reply_to``: brand | customer | other."""

    id: str
    text: str
    author: str | None = None
    followers: int | None = None
    lang: str | None = None
    media: tuple[str, ...] | None = None
    is_reply: bool = False
    reply_to: str | None = None
    reply_to_text: str | None = None
    created_at: datetime | None = None
    platform: str | None = None
    brand: str | None = None


def read(line: bytes) -> Plain:
    """The mention of one line; raises BadLine. Fields that the plain form does not have are left alone."""
    if len(line) > LONGEST_LINE:
        raise BadLine(f"longer than {LONGEST_LINE} bytes")
    try:
        document = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON: one object a line is expected") from None
    if not isinstance(document, dict):
        raise BadLine("a JSON object is expected")
    return _plain({key: value for key, value in document.items() if value is not None})


def _plain(given: Mapping[str, Any]) -> Plain:
    context = _field(given, "context", dict, "an object") or {}
    reply_to = _field(context, "reply_to", str, "a text")
    if reply_to is not None and reply_to not in REPLY_TO:
        raise BadLine(f"context.reply_to: one of {', '.join(REPLY_TO)} is expected")
    return Plain(
        id=_id(given),
        text=_needed(given, "text"),
        author=_author(given),
        followers=_field(given, "followers", int, "a whole number"),
        lang=_field(given, "lang", str, "a language code"),
        media=_media(given),
        is_reply=bool(_field(given, "is_reply", bool, "true or false")) or reply_to is not None,
        reply_to=reply_to,
        reply_to_text=_field(context, "text", str, "a text"),
        created_at=_time(given),
        platform=_field(given, "platform", str, "a text"),
        brand=_field(given, "brand", str, "a text"),
    )


def _field(given: Mapping[str, Any], name: str, kind: type, expected: str) -> Any:
    value = given.get(name)
    if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
        raise BadLine(f"{name}: {expected} is expected")
    return value


def _needed(given: Mapping[str, Any], name: str) -> str:
    value = _field(given, name, str, "a text")
    if not value:
        raise BadLine(f"{name}: is missing")
    return str(value)


def _id(given: Mapping[str, Any]) -> str:
    value = given.get("id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _needed(given, "id")


def _author(given: Mapping[str, Any]) -> str | None:
    value = given.get("author")
    if isinstance(value, dict):
        value = value.get("handle") or value.get("name") or value.get("id")
    if value is not None and not isinstance(value, str):
        raise BadLine("author: a handle is expected")
    return value


def _media(given: Mapping[str, Any]) -> tuple[str, ...] | None:
    value = given.get("media")
    if not isinstance(value, (list, type(None))):
        raise BadLine("media: a list is expected, empty where there is none")
    return None if value is None else tuple(_kind(one) for one in value)


def _kind(one: Any) -> str:
    kind = one.get("type") if isinstance(one, dict) else one
    return kind if isinstance(kind, str) else "media"


def _time(given: Mapping[str, Any]) -> datetime | None:
    value = _field(given, "created_at", str, "an ISO 8601 time with a zone")
    try:
        return None if value is None else instant(value)
    except (ValueError, OverflowError):
        raise BadLine("created_at: an ISO 8601 time with a zone is expected") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)
