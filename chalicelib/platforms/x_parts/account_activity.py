"""The older Account Activity API of X: lists of things per webhook, ``{"for_user_id", "tweet_create_events": [...]}``.

Source: X developer documentation, Account Activity API (marked deprecated, 2026-08-22) and the data dictionary of v1.1.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown, value_of
from chalicelib.domain.notice import Author, Form, Notice
from chalicelib.domain.webhook import Unreadable, Verified
from chalicelib.platforms.reading import fields, times
from chalicelib.platforms.reading.misread import misread
from chalicelib.platforms.x_parts import post as posts
from chalicelib.platforms.x_parts.post import ID, Delivery, Post

MOST = 1_000
"""Parts of one webhook at most."""

_CREATED, _DELETED = "tweet_create_events", "tweet_delete_events"
_NOT_OURS = frozenset(
    {
        "favorite_events",
        "follow_events",
        "unfollow_events",
        "block_events",
        "unblock_events",
        "mute_events",
        "unmute_events",
        "direct_message_events",
        "direct_message_indicate_typing_events",
        "direct_message_mark_read_events",
        "user_event",
        "replay_job_status",
    }
)
_BESIDE = frozenset({"for_user_id", "user_has_blocked", "is_blocked_by", "source", "target", "apps", "users"})


class _Misshapen(Exception):
    """A post whose identity or form cannot be read; the text is the reason."""


def read(document: dict[str, Any], verified: Verified) -> tuple[Notice, ...] | Unreadable:
    """Every notice of the webhook, in its order; a part that cannot be read is a ``Misread`` among them."""
    kinds = {_CREATED, _DELETED} & document.keys()
    if not kinds:
        known = document.keys() & _NOT_OURS and not document.keys() - _NOT_OURS - _BESIDE
        return () if known else Unreadable("unknown-type")
    account = fields.identifier(ID, document, "for_user_id")
    if not isinstance(account, Known):
        return Unreadable("no-account")
    created, deleted = (document.get(name, []) for name in (_CREATED, _DELETED))
    if not isinstance(created, list) or not isinstance(deleted, list):
        return Unreadable("malformed-batch")
    if len(created) + len(deleted) > MOST:
        return Unreadable("too-many")
    delivery = Delivery(account.value, None, verified)
    unknown = document.keys() - kinds - _NOT_OURS - _BESIDE
    return (
        *(_created(row, delivery) for row in created),
        *(_deleted(row, delivery) for row in deleted),
        *(misread("x", "unknown-type", verified, json.dumps(document[name]).encode()) for name in sorted(unknown)),
    )


def _created(row: Any, delivery: Delivery) -> Notice:
    try:
        return posts.notice(_post(row), delivery)
    except _Misshapen as misshapen:
        return misread("x", str(misshapen), delivery.verified, json.dumps(row).encode())


def _deleted(row: Any, delivery: Delivery) -> Notice:
    post_id = fields.identifier(ID, row, "status", "id")
    if not isinstance(post_id, Known):
        return misread("x", "no-post-id", delivery.verified, json.dumps(row).encode())
    return posts.gone(post_id.value, fields.identifier(ID, row, "status", "user_id"), delivery)


def _post(row: Any) -> Post:
    post_id = fields.identifier(ID, row, "id_str")
    if not isinstance(post_id, Known):
        raise _Misshapen("no-post-id")
    reply_to = _optional(row, "in_reply_to_status_id_str")
    extended = fields.find(row, "extended_tweet")
    short = extended == Unknown("missing")
    whole = row if short else extended
    cut = fields.flag(row, "truncated")
    quoted = _quoted(row)
    return Post(
        id=post_id.value,
        chain=(),
        created_at=fields.moment(row, "created_at", reader=times.account_activity),
        text=_text(row, extended, short, cut),
        author=_author(fields.find(row, "user")),
        language=posts.language(row),
        form=_form(row, quoted, reply_to),
        tags=posts.both(
            posts.tags(row, "entities", "user_mentions", places="indices"),
            Known(()) if short else posts.tags(extended, "entities", "user_mentions", places="indices"),
        ),
        shown_from=posts.shown_from(whole),
        quoted=quoted,
        thread_id=Known(post_id.value) if reply_to is None else Unknown(),
        reply_to_post=reply_to,
        reply_to_user=_optional(row, "in_reply_to_user_id_str"),
        media=_media(whole),
    )


def _text(row: Any, extended: Any, short: bool, cut: Fact[bool]) -> Fact[str]:
    if not short:
        return posts.words(fields.text(extended, "full_text"), cut=False)
    if cut == Unknown("malformed"):
        return Unknown("malformed")
    full = fields.text(row, "full_text")
    return posts.words(fields.text(row, "text") if full == Unknown("missing") else full, cut=value_of(cut, False))


def _form(row: Any, quoted: Fact[str] | None, reply_to: str | None) -> Form:
    if "retweeted_status" in row and row["retweeted_status"] is not None:
        return Form.REPOST
    if quoted is not None:
        return Form.QUOTE
    return Form.POST if reply_to is None else Form.REPLY


def _quoted(row: Any) -> Fact[str] | None:
    """The quoted author's id, None where nothing is quoted."""
    status = fields.find(row, "quoted_status")
    if status == Unknown("missing") and fields.flag(row, "is_quote_status") in (Unknown("missing"), Known(False)):
        return None
    return fields.identifier(ID, status, "user", "id_str")


def _author(user: Any) -> Author:
    return Author(
        id=fields.identifier(ID, user, "id_str"),
        handle=fields.text(user, "screen_name", limit=fields.NAME_LIMIT),
        name=fields.text(user, "name", limit=fields.NAME_LIMIT),
        followers=fields.whole(user, "followers_count"),
        verified=fields.flag(user, "verified"),
        created_at=fields.moment(user, "created_at", reader=times.account_activity),
        bot=NotOffered(),
    )


def _media(whole: Any) -> Fact[tuple[str, ...]]:
    found = fields.rows(whole, "extended_entities", "media")
    if found == Unknown("missing"):
        found = fields.rows(whole, "entities", "media")
    if isinstance(found, Unknown):
        return Known(()) if found.why == "missing" else found
    return Known(tuple(value_of(fields.text(one, "type", limit=32), "media") for one in found))


def _optional(row: Any, name: str) -> str | None:
    found = fields.identifier(ID, row, name)
    if found == Unknown("malformed"):
        raise _Misshapen("malformed-reply")
    return fields.or_none(found)
