"""What a relay may send: the shape of ``docs/relay.schema.json``, kept equal to it by a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.notice import Form
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.reading.shape import Closed, Flag, Moment, OneOf, Pattern, Rows, Shape, Text, Whole

ID = re.compile(r"[A-Za-z0-9._:/@~=+(),-]{1,256}")
NETWORK = re.compile(r"[a-z0-9-]{1,32}")
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-([A-Za-z]{1,8}|[A-Za-z0-9]{1,4})){0,3}")
"""No part with more than four digits, so that no card number fits."""

KIND = re.compile(r"[a-z0-9_-]{1,32}")

DECLARABLE = frozenset(
    {"author.followers", "author.verified", "author.created_at", "author.bot", "history", "open_ticket", "channels_tried"}
)
"""The facts that a relay may declare as never given. Never the text, the author or the summons (DESIGN §5)."""

MENTIONS = frozenset({"mention.created", "mention.edited"})
DELETED, OWN = "mention.deleted", "post.own"

_ID, _NETWORK, _KIND, _NAME = Pattern(ID), Pattern(NETWORK), Pattern(KIND), Text(200)
_ACCOUNT = Closed({"id": _ID}, {})
_REPLY_TO = Closed({}, {"post_id": _ID, "user_id": _ID})
_SPOKEN = Closed({"at": Moment(), "by": OneOf(frozenset({"author", "brand_auto", "brand_human", "other"})), "text": Text()}, {})
_AUTHOR = Closed(
    {"id": _ID},
    {
        "handle": _NAME,
        "display_name": _NAME,
        "followers": Whole(),
        "verified": Flag(),
        "created_at": Moment(),
        "bot": Flag(),
    },
)
_MENTION = Closed(
    {
        "platform": _NETWORK,
        "account": _ACCOUNT,
        "id": _ID,
        "created_at": Moment(),
        "text": Text(),
        "author": _AUTHOR,
        "summoned": Flag(),
        "form": OneOf(frozenset(form.value for form in Form)),
    },
    {
        "root_id": _ID,
        "lang": Pattern(LANGUAGE),
        "thread_id": _ID,
        "reply_to": _REPLY_TO,
        "media": Rows(_KIND, 20),
        "tagged": Rows(_ID, 100),
        "history": Rows(_SPOKEN, 100),
        "open_ticket": Flag(),
        "channels_tried": Rows(_KIND, 20),
        "not_offered": Rows(OneOf(DECLARABLE), 7),
    },
)
_GONE = Closed({"platform": _NETWORK, "account": _ACCOUNT, "id": _ID}, {"root_id": _ID, "author": Closed({"id": _ID}, {})})
_OWN = Closed(
    {"platform": _NETWORK, "account": _ACCOUNT, "id": _ID, "text": Text()},
    {"created_at": Moment(), "thread_id": _ID, "reply_to": _REPLY_TO},
)
_DATA: Mapping[str, Shape] = {"mention.created": _MENTION, "mention.edited": _MENTION, DELETED: _GONE, OWN: _OWN}
_TYPE = OneOf(frozenset(_DATA))

_ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")
_FILLED = Pattern(re.compile(r"[^\ud800-\udfff]{1,512}", re.DOTALL))


def opened(document: Any) -> Mapping[str, Any] | Unreadable:
    """The body, out of its CloudEvents envelope if it has one; or the pointer of the first place that breaks the schema."""
    body, pointer = document, ""
    if isinstance(document, dict) and "specversion" in document:
        broken = _broken_envelope(document)
        if broken is not None:
            return Unreadable(f"schema:{broken}")
        body, pointer = document["data"], "/data"
    broken = _broken_body(body, pointer)
    if broken is not None:
        return Unreadable(f"schema:{broken}")
    found: Mapping[str, Any] = body
    return found


def _broken_envelope(envelope: dict[str, Any]) -> str | None:
    """CloudEvents 1.0.2, JSON format: four attributes that must be there, ``data`` as JSON, extensions of simple values."""
    if envelope["specversion"] != "1.0":
        return "/specversion"
    for name in ("id", "source", "type"):
        broken = _FILLED.broken(envelope.get(name), f"/{name}")
        if broken is not None:
            return broken
    for name, value in envelope.items():
        if name != "data" and (not _ATTRIBUTE.fullmatch(name) or not isinstance(value, (str, bool, int))):
            return "" if not _ATTRIBUTE.fullmatch(name) else f"/{name}"
    return None if "data" in envelope else "/data"


def _broken_body(body: Any, pointer: str) -> str | None:
    if not isinstance(body, dict):
        return pointer
    broken = _TYPE.broken(body.get("type"), f"{pointer}/type")
    if broken is not None:
        return broken
    return Closed({"type": _TYPE, "timestamp": Moment(), "data": _DATA[body["type"]]}, {}).broken(body, pointer)
