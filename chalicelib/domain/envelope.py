"""What travels on the queues: a notice on its way to a decision, an order on its way to a post."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.announcement import Announcement
from chalicelib.domain.codec import decode, encode
from chalicelib.domain.notice import Deletion, DeskAction, Mention, Misread, Notice, OwnPost

T = TypeVar("T")

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A notice with which live secret (``current`` | ``previous``) its webhook was verified, and what the log calls it by."""

    schema: int
    secret: str
    correlation: str
    notice: Mention | Deletion | OwnPost | Misread | DeskAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Post the reply that the record ``id`` reserved for this mention of ``author``; ``correlation`` as in its envelope."""

    schema: int
    id: str
    platform: str
    root: str
    account: str
    author: str
    correlation: str


def pack(content: Envelope | Order | Announcement) -> str:
    """The body of a queue entry."""
    return json.dumps(encode(content), separators=(",", ":"), ensure_ascii=True)


def notice_in(body: str) -> Envelope:
    """The notice of a queue entry; raises ValueError for anything else, an unknown schema included."""
    return _unpack(Envelope, body)


def order_in(body: str) -> Order:
    """The order of a queue entry; raises ValueError for anything else, an unknown schema included."""
    return _unpack(Order, body)


def announcement_in(body: str) -> Announcement:
    """The announcement of a queue entry; raises ValueError for anything else, an unknown schema included."""
    return _unpack(Announcement, body)


def wrap(notice: Notice | DeskAction, secret: str, correlation: str = "") -> str:
    """The queue entry of a notice."""
    return pack(Envelope(schema=SCHEMA, secret=secret, correlation=correlation, notice=notice))


def _unpack(kind: type[T], body: str) -> T:
    try:
        document = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(document, dict) or document.get("is") != kind.__name__ or document.get("schema") != SCHEMA:
        raise ValueError(f"not an {kind.__name__} of schema {SCHEMA}")
    return decode(kind, document)
