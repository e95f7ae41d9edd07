"""The X Activity API: one thing per webhook, ``{"data": {"event_type", "filter", "payload", "includes"}}``.

Source: X developer documentation, X Activity API, payload page of 2026-08-22.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib.domain.fact import Fact, Known, Unknown, value_of
from chalicelib.domain.notice import Author, Form, Notice
from chalicelib.domain.webhook import Unreadable, Verified
from chalicelib.platforms.reading import fields
from chalicelib.platforms.reading.misread import misread
from chalicelib.platforms.x_parts import post as posts
from chalicelib.platforms.x_parts.post import DELIVERY, ID, Delivery, Post

_FORMS = {
    "post.mention.create": None,
    "post.reply.create": Form.REPLY,
    "post.quote.create": Form.QUOTE,
    "post.repost.create": Form.REPOST,
    "post.create": None,
}
_REFERENCES = {"retweeted": Form.REPOST, "quoted": Form.QUOTE, "replied_to": Form.REPLY}
"""How a post refers to another, the strongest first: a reply that quotes is a quote."""

_NOT_OURS = ("dm.", "follow.", "profile.update.", "spaces.", "news.", "chat.", "broadcast.")
_NOT_OURS_WHOLE = frozenset({"oauth.revoke", "replay_job_status"})
_VERIFIED = {"blue": True, "business": True, "government": True, "none": False}


class _Misshapen(Exception):
    """A post whose identity or form cannot be read; the text is the reason."""


def read(document: dict[str, Any], verified: Verified) -> tuple[Notice, ...] | Unreadable:
    """The one notice of the webhook; none for what is not about posts."""
    data = fields.find(document, "data")
    kind = fields.find(data, "event_type")
    if not isinstance(kind, str):
        return Unreadable("no-type")
    if kind.startswith(_NOT_OURS) or kind in _NOT_OURS_WHOLE:
        return ()
    if kind not in _FORMS and kind != "post.delete":
        return Unreadable("unknown-type")
    delivery_id = fields.or_none(fields.identifier(DELIVERY, data, "event_uuid"))
    try:
        return (_notice(kind, data, delivery_id, verified),)
    except _Misshapen as misshapen:
        part = json.dumps(data).encode()
        return (misread("x", str(misshapen), verified, part, delivery_id),)


def _notice(kind: str, data: Any, delivery_id: str | None, verified: Verified) -> Notice:
    delivery = Delivery(_required(fields.identifier(ID, data, "filter", "user_id"), "no-account"), delivery_id, verified)
    payload = fields.find(data, "payload")
    author_id = fields.identifier(ID, payload, "author_id")
    if kind == "post.delete":
        return posts.gone(_required(fields.identifier(ID, payload, "id"), "no-post-id"), author_id, delivery)
    if kind == "post.create" and author_id != Known(delivery.account):
        raise _Misshapen("not-by-the-account")
    return posts.notice(_post(kind, payload, fields.find(data, "includes"), author_id), delivery)


def _post(kind: str, payload: Any, includes: Any, author_id: Fact[str]) -> Post:
    references = _references(payload)
    form = next((form for name, form in _REFERENCES.items() if name in references), Form.POST)
    long_form = fields.find(payload, "note_tweet")
    short = long_form == Unknown("missing")
    return Post(
        id=_required(fields.identifier(ID, payload, "id"), "no-post-id"),
        chain=_chain(payload),
        created_at=fields.moment(payload, "created_at"),
        text=posts.words(fields.text(payload, "text") if short else fields.text(long_form, "text"), cut=False),
        author=_author(author_id, _row(includes, "users", author_id)),
        language=posts.language(payload),
        form=_FORMS[kind] or form,
        tags=posts.both(
            posts.tags(payload, "entities", "mentions", places="start"),
            Known(()) if short else posts.tags(long_form, "entities", "mentions", places="start"),
        ),
        shown_from=0 if kind == "post.mention.create" else posts.shown_from(payload),
        quoted=_quoted_author(references, includes, kind),
        thread_id=fields.identifier(ID, payload, "conversation_id"),
        reply_to_post=_optional(payload, "in_reply_to_tweet_id") or references.get("replied_to"),
        reply_to_user=_optional(payload, "in_reply_to_user_id"),
        media=_media(payload, includes),
    )


def _author(author_id: Fact[str], profile: Any) -> Author:
    mark = fields.text(profile, "affiliation", "description")
    bot: Fact[bool] = Known(value_of(mark, "") == "Automated")
    if mark == Unknown("malformed") or isinstance(profile, Unknown):
        bot = mark if isinstance(mark, Unknown) else Unknown()
    return Author(
        id=author_id,
        handle=fields.text(profile, "username", limit=fields.NAME_LIMIT),
        name=fields.text(profile, "name", limit=fields.NAME_LIMIT),
        followers=fields.whole(profile, "public_metrics", "followers_count"),
        verified=_verified(profile),
        created_at=fields.moment(profile, "created_at"),
        bot=bot,
    )


def _verified(profile: Any) -> Fact[bool]:
    kind = fields.find(profile, "verified_type")
    if kind == Unknown("missing"):
        return fields.flag(profile, "verified")
    return Known(_VERIFIED[kind]) if isinstance(kind, str) and kind in _VERIFIED else Unknown("malformed")


def _row(includes: Any, name: str, wanted: Fact[str]) -> Any:
    """The included row with this id, Unknown where there is none."""
    found = fields.rows(includes, name)
    if isinstance(found, Unknown):
        return found
    if not isinstance(wanted, Known):
        return Unknown()
    return next((row for row in found if isinstance(row, dict) and row.get("id") == wanted.value), Unknown())


def _references(payload: Any) -> dict[str, str]:
    """Kind of reference → post id."""
    found = fields.rows(payload, "referenced_tweets")
    if found == Unknown("missing"):
        return {}
    if isinstance(found, Unknown):
        raise _Misshapen("malformed-references")
    references = {}
    for row in found:
        kind = fields.find(row, "type")
        if not isinstance(kind, str) or kind not in _REFERENCES:
            raise _Misshapen("malformed-references")
        references[kind] = _required(fields.identifier(ID, row, "id"), "malformed-references")
    return references


def _quoted_author(references: dict[str, str], includes: Any, kind: str) -> Fact[str] | None:
    if "quoted" not in references:
        return Unknown() if kind == "post.quote.create" else None
    return fields.identifier(ID, _row(includes, "tweets", Known(references["quoted"])), "author_id")


def _chain(payload: Any) -> tuple[str, ...]:
    found = fields.rows(payload, "edit_history_tweet_ids")
    if found == Unknown("missing"):
        return ()
    if isinstance(found, Unknown) or not found:
        raise _Misshapen("malformed-edit-history")
    if not all(isinstance(one, str) and ID.fullmatch(one) for one in found):
        raise _Misshapen("malformed-edit-history")
    return tuple(found)


def _media(payload: Any, includes: Any) -> Fact[tuple[str, ...]]:
    """The kinds of media (``photo``, ``video`` …), ``media`` where X does not say which."""
    keys = fields.rows(payload, "attachments", "media_keys")
    if isinstance(keys, Unknown):
        return Known(()) if keys.why == "missing" else keys
    included = fields.rows(includes, "media")
    kinds = {
        row["media_key"]: value_of(fields.text(row, "type", limit=32), "media")
        for row in (included if isinstance(included, list) else [])
        if isinstance(row, dict) and isinstance(row.get("media_key"), str)
    }
    return Known(tuple(kinds.get(key, "media") if isinstance(key, str) else "media" for key in keys))


def _optional(payload: Any, name: str) -> str | None:
    found = fields.identifier(ID, payload, name)
    if found == Unknown("malformed"):
        raise _Misshapen("malformed-reply")
    return fields.or_none(found)


def _required(found: Fact[str], reason: str) -> str:
    if not isinstance(found, Known):
        raise _Misshapen(reason)
    return found.value
