"""How Meta writes ids, times and authors, and what it never says about an author."""

from __future__ import annotations

import re
from datetime import datetime, timezone

from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown
from chalicelib.domain.notice import Author
from chalicelib.platforms.reading import fields

ID = re.compile(r"[0-9]{1,40}(_[0-9]{1,40}){0,2}")
"""One number, or several joined by ``_`` (page and post, post and comment). Safe in an address."""

NOT_OFFERED = frozenset(
    {
        "language",
        "author.followers",
        "author.verified",
        "author.created_at",
        "author.bot",
        "history",
        "open_ticket",
        "channels_tried",
    }
)
"""No webhook of a Page or of an Instagram account carries these (Meta webhook reference, Graph API 25.0)."""


def identifier(node: object, *path: str) -> Fact[str]:
    """An id as text: older payloads hold numbers, newer ones strings, and both are the same id."""
    found = fields.find(node, *path)
    if isinstance(found, Unknown):
        return found
    written = str(found) if type(found) is int else found
    return Known(written) if isinstance(written, str) and ID.fullmatch(written) else Unknown("malformed")


def moment(node: object, *path: str) -> Fact[datetime]:
    """A time in whole seconds since 1970."""
    found = fields.whole(node, *path)
    if not isinstance(found, Known):
        return found
    try:
        return Known(datetime.fromtimestamp(found.value, timezone.utc))
    except (ValueError, OverflowError, OSError):
        return Unknown("malformed")


def author(id: Fact[str], handle: Fact[str], name: Fact[str]) -> Author:
    """The author as far as Meta ever tells."""
    never = NotOffered()
    return Author(id=id, handle=handle, name=name, followers=never, verified=never, created_at=never, bot=never)
