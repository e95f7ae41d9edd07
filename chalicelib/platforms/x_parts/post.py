"""What both webhook shapes of X have in common: the words of a post, who it names, and whether it summoned us."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.fact import Fact, Known, Unknown, value_of
from chalicelib.domain.notice import Author, Deletion, Form, Mention, OwnPost
from chalicelib.domain.webhook import Verified
from chalicelib.platforms.reading import fields

ID = re.compile(r"[0-9]{1,20}")
DELIVERY = re.compile(r"-?[0-9]{1,20}")
"""A delivery id may be negative."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-([A-Za-z]{1,8}|[A-Za-z0-9]{1,4})){0,3}")
_NO_LANGUAGE = frozenset({"und", "zxx", "qam", "qct", "qht", "qme", "qst"})
"""What X writes where it recognised none: undetermined, no words, only tags, links, media and the like."""

_CUT = re.compile(r"…\s*https://t\.co/\w+\s*\Z")
_CUT_WITHOUT_LINK = 139
_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a post was told: to which account of ours, under which delivery id, in which webhook."""

    account: str
    id: str | None
    verified: Verified

    @property
    def received_at(self) -> datetime:
        """When the webhook came in."""
        return self.verified.webhook.received_at


@dataclass(frozen=True, slots=True)
class Tag:
    """One account that a post names, and the character at which it does (None: X did not say)."""

    id: str
    start: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post as either shape tells it, before we know what it is to us.

    ``chain`` is the edit chain, oldest first. ``quoted`` is None where nothing is quoted, else the quoted author's id.
    ``shown_from`` is where the words begin after the names that X itself puts before a reply.
    """

    id: str
    chain: tuple[str, ...]
    created_at: Fact[datetime]
    text: Fact[str]
    author: Author
    language: Fact[str]
    form: Form
    tags: Fact[tuple[Tag, ...]]
    shown_from: int
    quoted: Fact[str] | None
    thread_id: Fact[str]
    reply_to_post: str | None
    reply_to_user: str | None
    media: Fact[tuple[str, ...]]


def notice(post: Post, delivery: Delivery) -> Mention | OwnPost:
    """An own post where the account wrote it, else a mention."""
    if value_of(post.author.id, "") == delivery.account:
        return OwnPost(
            platform="x",
            account=delivery.account,
            post_id=post.id,
            text=value_of(post.text, ""),
            reply_to_post=post.reply_to_post,
            reply_to_user=post.reply_to_user,
            thread_id=fields.or_none(post.thread_id),
            created_at=fields.or_none(post.created_at),
            delivery_id=delivery.id,
            received_at=delivery.received_at,
        )
    return Mention(
        platform="x",
        account=delivery.account,
        post_id=post.id,
        root_id=post.chain[0] if post.chain else post.id,
        delivery_id=delivery.id,
        received_at=delivery.received_at,
        created_at=post.created_at,
        text=post.text,
        author=post.author,
        language=post.language,
        summoned=_summoned(post, delivery.account),
        form=post.form,
        edited=bool(post.chain) and post.chain[0] != post.id,
        thread_id=post.thread_id,
        reply_to_post=post.reply_to_post,
        reply_to_user=post.reply_to_user,
        media=post.media,
        tagged=tuple(dict.fromkeys(tag.id for tag in value_of(post.tags, ()))),
    )


def gone(post_id: str, author_id: Fact[str], delivery: Delivery) -> Deletion:
    """The deletion of a post. X tells only the id of the version that went, so that is its root as well."""
    return Deletion(
        platform="x",
        account=delivery.account,
        post_id=post_id,
        root_id=post_id,
        author_id=fields.or_none(author_id),
        delivery_id=delivery.id,
        received_at=delivery.received_at,
    )


def _summoned(post: Post, account: str) -> Fact[bool]:
    """Whether the author asked for us: named us in the words of the post, or quoted a post of ours.

    X accepts a programmed reply only then (X changelog of 2026-02-23). The names that X puts before a reply by itself are
    nobody's words, and a repost asks for nothing. A text that was cut may have named us where we cannot see it.
    """
    if post.form is Form.REPOST:
        return Known(False)
    if isinstance(post.quoted, Known) and post.quoted.value == account:
        return Known(True)
    if not isinstance(post.tags, Known):
        return Unknown(post.tags.why) if isinstance(post.tags, Unknown) else Unknown()
    hidden = post.shown_from if post.form is Form.REPLY else 0
    if any(tag.id == account and (tag.start is None or tag.start >= hidden) for tag in post.tags.value):
        return Known(True)
    if isinstance(post.quoted, Unknown):
        return Unknown("quoted-author-unknown")
    return Unknown("truncated") if post.text == Unknown("truncated") else Known(False)


def words(found: Fact[str], cut: bool) -> Fact[str]:
    """The text without X's escapes of ``&``, ``<`` and ``>``; unknown where it is ``cut``, or looks as if it were."""
    if not isinstance(found, Known):
        return found
    text = found.value
    if cut or _CUT.search(text) or (len(text) >= _CUT_WITHOUT_LINK and text.endswith("…")):
        return Unknown("truncated")
    for escaped, plain in _ESCAPES:
        text = text.replace(escaped, plain)
    return fields.masked(text)


def language(node: object) -> Fact[str]:
    """X's own guess."""
    found = fields.identifier(_LANGUAGE, node, "lang")
    return Unknown("undetermined") if isinstance(found, Known) and found.value in _NO_LANGUAGE else found


def tags(node: object, *path: str, places: str) -> Fact[tuple[Tag, ...]]:
    """The accounts in a list of mentions; no list is nobody, a row without an id makes the whole unknown."""
    found = fields.rows(node, *path)
    if isinstance(found, Unknown):
        return Known(()) if found.why == "missing" else found
    key = "id" if places == "start" else "id_str"
    ids = [fields.identifier(ID, row, key) for row in found]
    known = [one.value for one in ids if isinstance(one, Known)]
    if len(known) < len(ids):
        return Unknown("malformed")
    return Known(tuple(Tag(one, _start(row, places)) for one, row in zip(known, found, strict=True)))


def _start(row: object, places: str) -> int | None:
    if places == "start":
        return fields.or_none(fields.whole(row, "start"))
    indices = fields.rows(row, "indices")
    return indices[0] if isinstance(indices, list) and indices and type(indices[0]) is int else None


def both(first: Fact[tuple[Tag, ...]], second: Fact[tuple[Tag, ...]]) -> Fact[tuple[Tag, ...]]:
    """The tags of two lists as one; unknown where one is."""
    if isinstance(first, Known) and isinstance(second, Known):
        return dataclasses.replace(first, value=first.value + second.value)
    return second if isinstance(first, Known) else first


def shown_from(node: object) -> int:
    """The first character of the displayed text; 0 where X does not say."""
    found = fields.rows(node, "display_text_range")
    return found[0] if isinstance(found, list) and found and type(found[0]) is int else 0
