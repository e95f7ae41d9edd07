"""How a relay delivers posts: the body of ``docs/relay.schema.json``."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.domain.codec import iso
from chalicelib.local.stream.post import Post


def mention(post: Post, now: datetime) -> bytes:
    """A new mention, or a new version of one where its id is not the first of its chain."""
    return _body("mention.created" if post.id == post.root_id else "mention.edited", now, _mention(post))


def deletion(post: Post, now: datetime) -> bytes:
    """The deletion of a post."""
    return _body("mention.deleted", now, {**_place(post), "id": post.id, "root_id": post.root_id})


def own_post(post: Post, now: datetime) -> bytes:
    """A post by the account itself."""
    reply = {"post_id": post.reply_to, "user_id": post.reply_to_writer}
    data = {**_place(post), "id": post.id, "created_at": iso(post.created_at), "text": post.text, "thread_id": post.thread}
    return _body("post.own", now, {**data, "reply_to": reply} if post.reply_to else data)


def _mention(post: Post) -> dict[str, Any]:
    data: dict[str, Any] = {
        **_place(post),
        "id": post.id,
        "root_id": post.root_id,
        "created_at": iso(post.created_at),
        "text": post.text,
        "lang": post.language,
        "author": {
            "id": post.writer.id,
            "handle": post.writer.handle,
            "display_name": post.writer.name,
            "followers": post.writer.followers,
            "verified": post.writer.verified,
            "created_at": iso(post.writer.joined),
            "bot": post.writer.bot,
        },
        "summoned": True,
        "form": post.form,
        "thread_id": post.thread,
        "media": list(post.media),
        "tagged": [account.id for account in post.tagged],
    }
    if post.reply_to:
        data["reply_to"] = {"post_id": post.reply_to, "user_id": post.reply_to_writer}
    if post.history:
        data["history"] = [{"at": iso(said.at), "by": said.by, "text": said.text} for said in post.history]
    if post.open_ticket is not None:
        data["open_ticket"] = post.open_ticket
    if post.channels_tried:
        data["channels_tried"] = list(post.channels_tried)
    return data


def _place(post: Post) -> dict[str, Any]:
    return {"platform": post.account.platform.removeprefix("relay:"), "account": {"id": post.account.id}}


def _body(kind: str, now: datetime, data: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "timestamp": iso(now), "data": data}, ensure_ascii=False, separators=(",", ":")).encode()
