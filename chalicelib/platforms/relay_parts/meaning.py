"""A body that fits the schema, to the one notice it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from chalicelib.domain.cards import mask_cards
from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown, value_of
from chalicelib.domain.notice import Author, Deletion, Form, Mention, Notice, OwnPost, Spoken
from chalicelib.domain.webhook import Verified
from chalicelib.platforms.reading import fields
from chalicelib.platforms.reading.times import rfc_3339
from chalicelib.platforms.relay_parts.body import DELETED, ID, LANGUAGE, OWN

T = TypeVar("T")


def notice(body: Mapping[str, Any], verified: Verified) -> Notice:
    """The notice. A mention by the account itself is an own post, whatever the relay called it."""
    data = body["data"]
    if body["type"] == DELETED:
        return _deletion(data, verified)
    if body["type"] == OWN or data["author"]["id"] == data["account"]["id"]:
        return _own_post(data, verified)
    return _mention(data, verified, edited=body["type"] == "mention.edited")


def _platform(data: Mapping[str, Any]) -> str:
    """``relay:`` and the network: a relay can never speak as a platform that we read ourselves."""
    return f"relay:{data['platform']}"


def _mention(data: Mapping[str, Any], verified: Verified, edited: bool) -> Mention:
    root_id = data.get("root_id", data["id"])
    reply_to = data.get("reply_to", {})
    return Mention(
        platform=_platform(data),
        account=data["account"]["id"],
        post_id=data["id"],
        root_id=root_id,
        delivery_id=verified.delivery_id,
        received_at=verified.webhook.received_at,
        created_at=fields.moment(data, "created_at"),
        text=fields.text(data, "text"),
        author=_author(data),
        language=fields.identifier(LANGUAGE, data, "lang"),
        summoned=fields.flag(data, "summoned"),
        form=Form(data["form"]),
        edited=edited or root_id != data["id"],
        thread_id=fields.identifier(ID, data, "thread_id"),
        reply_to_post=reply_to.get("post_id"),
        reply_to_user=reply_to.get("user_id"),
        media=_tuple(data, "media"),
        tagged=tuple(dict.fromkeys(data.get("tagged", ()))),
        history=_optional(data, "history", _history(data)),
        open_ticket=_optional(data, "open_ticket", fields.flag(data, "open_ticket")),
        channels_tried=_optional(data, "channels_tried", _tuple(data, "channels_tried")),
    )


def _author(data: Mapping[str, Any]) -> Author:
    author = data["author"]
    return Author(
        id=fields.identifier(ID, author, "id"),
        handle=fields.text(author, "handle", limit=fields.NAME_LIMIT),
        name=fields.text(author, "display_name", limit=fields.NAME_LIMIT),
        followers=_declared(data, "author.followers", fields.whole(author, "followers")),
        verified=_declared(data, "author.verified", fields.flag(author, "verified")),
        created_at=_declared(data, "author.created_at", fields.moment(author, "created_at")),
        bot=_declared(data, "author.bot", fields.flag(author, "bot")),
    )


def _declared(data: Mapping[str, Any], name: str, fact: Fact[T]) -> Fact[T]:
    """The fact; not offered where the relay left it out and declared that it always does. A value that is there counts."""
    return NotOffered() if fact == Unknown("missing") and name in data.get("not_offered", ()) else fact


def _optional(data: Mapping[str, Any], name: str, fact: Fact[T]) -> Fact[T]:
    """The fact; not offered where the relay left it out: the schema makes it the relay's choice."""
    return fact if name in data else NotOffered()


def _tuple(data: Mapping[str, Any], name: str) -> Fact[tuple[str, ...]]:
    return Known(tuple(mask_cards(one) for one in data[name])) if name in data else Unknown()


def _history(data: Mapping[str, Any]) -> Fact[tuple[Spoken, ...]]:
    """The earlier posts; one text too long to read makes the whole unknown, for nobody knows what it says."""
    spoken = []
    for row in data.get("history", ()):
        text = fields.text(row, "text")
        if not isinstance(text, Known):
            return Unknown(text.why) if isinstance(text, Unknown) else Unknown()
        spoken.append(Spoken(at=rfc_3339(row["at"]), by=row["by"], text=text.value))
    return Known(tuple(spoken))


def _deletion(data: Mapping[str, Any], verified: Verified) -> Deletion:
    return Deletion(
        platform=_platform(data),
        account=data["account"]["id"],
        post_id=data["id"],
        root_id=data.get("root_id", data["id"]),
        author_id=data.get("author", {}).get("id"),
        delivery_id=verified.delivery_id,
        received_at=verified.webhook.received_at,
    )


def _own_post(data: Mapping[str, Any], verified: Verified) -> OwnPost:
    reply_to = data.get("reply_to", {})
    return OwnPost(
        platform=_platform(data),
        account=data["account"]["id"],
        post_id=data["id"],
        text=value_of(fields.text(data, "text"), ""),
        reply_to_post=reply_to.get("post_id"),
        reply_to_user=reply_to.get("user_id"),
        thread_id=data.get("thread_id"),
        created_at=rfc_3339(data["created_at"]) if "created_at" in data else None,
        delivery_id=verified.delivery_id,
        received_at=verified.webhook.received_at,
    )
