"""The right to post one reply: frozen when it is decided, so nothing can be swapped before the post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """One reply to one post. ``id`` is the record id of the mention, ``wordings`` the marks of its five parts.

    ``post_id`` is the post answered (a platform may answer no other), ``author_id`` whom it answers. ``deadline`` is the
    latest moment a reply may start, ``fresh_until`` when the mention is too old to answer, ``due`` what the text promises.
    """

    id: str
    platform: str
    account: str
    handle: str
    post_id: str
    author_id: str
    thread: str
    topic: str
    text: str
    wordings: tuple[str, ...]
    deadline: datetime
    fresh_until: datetime
    due: datetime | None
