"""A notice: what a verified webhook says happened. A mention is one kind of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Union

from chalicelib.domain.fact import Fact, NotOffered
from chalicelib.domain.scope import Scope


class Form(Enum):
    """How the post speaks of us. A repost or reaction has no words of its own (DESIGN §5)."""

    POST = "post"
    REPLY = "reply"
    QUOTE = "quote"
    REPOST = "repost"
    REACTION = "reaction"
    REVIEW = "review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote the post. ``bot`` is the platform's own mark of an automated account."""

    id: Fact[str]
    handle: Fact[str]
    name: Fact[str]
    followers: Fact[int]
    verified: Fact[bool]
    created_at: Fact[datetime]
    bot: Fact[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One earlier post of the conversation, as a relay tells it. ``by``: author | brand_auto | brand_human | other."""

    at: datetime | None
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A public post that names the brand; the unit of everything is (platform, root post id, account).

    ``account`` is our handle's id on the platform, ``root_id`` the first id of the edit chain, ``tagged`` every account
    id that the post names, in the order of the text. ``edited`` is true for any version but the first.
    ``thread_id`` is the public conversation. Times are UTC.
    """

    platform: str
    account: str
    post_id: str
    root_id: str
    delivery_id: str | None
    received_at: datetime
    created_at: Fact[datetime]
    text: Fact[str]
    author: Author
    language: Fact[str]
    summoned: Fact[bool]
    form: Form
    edited: bool
    thread_id: Fact[str]
    reply_to_post: str | None
    reply_to_user: str | None
    media: Fact[tuple[str, ...]]
    tagged: tuple[str, ...]
    history: Fact[tuple[Spoken, ...]] = NotOffered()
    open_ticket: Fact[bool] = NotOffered()
    channels_tried: Fact[tuple[str, ...]] = NotOffered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A post that is gone."""

    platform: str
    account: str
    post_id: str
    root_id: str
    author_id: str | None
    delivery_id: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPost:
    """A post by the account itself: an echo of ours, or a person answering in the native app."""

    platform: str
    account: str
    post_id: str
    text: str
    reply_to_post: str | None
    reply_to_user: str | None
    thread_id: str | None
    created_at: datetime | None
    delivery_id: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Misread:
    """A signed webhook, or a part of one, that we could not read: it ends as a case, never nowhere.

    ``digest`` is the SHA-256 (hex) of the bytes; ``body`` is what can be shown to a person, card numbers masked.
    """

    platform: str
    reason: str
    digest: str
    body: str
    delivery_id: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAction:
    """What somebody did at a desk of their own (a ticket system, a button in a chat), as the desk's door was told.

    ``action_id`` is the delivery's id: the same one happens once. ``kind``: case.taken | case.replied | case.closed |
    case.returned | pause | resume. ``case`` is a record id, ``actor`` a name in the desk, ``text`` what was answered in public,
    ``scope`` and ``why`` belong to a pause.
    """

    action_id: str
    kind: str
    actor: str
    case: str | None
    text: str | None
    scope: Scope | None
    why: str | None
    received_at: datetime


Notice = Union[Mention, Deletion, OwnPost, Misread]
