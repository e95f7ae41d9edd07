"""A public post and its author as the demo knows them, before any platform gives them a shape."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes a post. ``bot`` is the platform's own mark of an automated account."""

    id: str
    handle: str
    name: str
    followers: int
    verified: bool
    bot: bool
    joined: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One earlier post of the conversation as a relay tells it; ``by``: author | brand_auto | brand_human | other."""

    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One version of a public post. ``root_id`` is the first id of its edit chain, ``account`` the account it is delivered for.

    ``tagged`` are the accounts of ours that the text names. ``form``: post | reply | quote | repost.
    """

    account: Account
    id: str
    root_id: str
    writer: Writer
    text: str
    created_at: datetime
    thread: str
    tagged: tuple[Account, ...]
    form: str = "post"
    reply_to: str | None = None
    reply_to_writer: str | None = None
    language: str = "en"
    media: tuple[str, ...] = ()
    history: tuple[Earlier, ...] = ()
    open_ticket: bool | None = None
    channels_tried: tuple[str, ...] = ()


def number(*parts: str, digits: int = 15) -> str:
    """A decimal id that is the same in every run for the same parts."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return "1" + str(int.from_bytes(digest[:12], "big"))[-(digits - 1) :].zfill(digits - 1)
