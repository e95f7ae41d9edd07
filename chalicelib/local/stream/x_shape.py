"""How X delivers posts: the Activity API body and the older Account Activity body (field names are X's own).

Source: docs.x.com, pages "X Activity API" and "Account Activity API", payload samples.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.domain.codec import iso
from chalicelib.local.stream.post import Post, Writer

_KIND = {
    "post": "post.mention.create",
    "reply": "post.mention.create",
    "quote": "post.quote.create",
    "repost": "post.repost.create",
}


def activity(post: Post, delivery: str) -> bytes:
    """A mention as the Activity API sends it, under the delivery id ``delivery``."""
    return _activity(_KIND[post.form], post.account.id, delivery, _payload(post), {"users": [_profile(post.writer)]})


def own_post(post: Post, delivery: str) -> bytes:
    """A post by the account itself, as the Activity API sends it."""
    return _activity("post.create", post.account.id, delivery, _payload(post), {})


def deletion(post: Post, delivery: str) -> bytes:
    """The deletion of a post, as the Activity API sends it."""
    return _activity("post.delete", post.account.id, delivery, {"id": post.id, "author_id": post.writer.id}, {})


def account_activity(post: Post) -> bytes:
    """A mention as the older Account Activity API sends it; that shape carries no delivery id."""
    legacy: dict[str, Any] = {
        "created_at": _legacy_time(post.created_at),
        "id": int(post.id),
        "id_str": post.id,
        "text": post.text,
        "truncated": False,
        "in_reply_to_status_id_str": post.reply_to,
        "in_reply_to_user_id_str": post.reply_to_writer,
        "user": {
            "id_str": post.writer.id,
            "name": post.writer.name,
            "screen_name": post.writer.handle,
            "verified": post.writer.verified,
            "followers_count": post.writer.followers,
            "created_at": _legacy_time(post.writer.joined),
        },
        "is_quote_status": False,
        "entities": {"user_mentions": [_legacy_tag(tag) for tag in _tags(post)]},
        "lang": post.language,
        "timestamp_ms": str(int(post.created_at.timestamp() * 1000)),
    }
    return _bytes({"for_user_id": post.account.id, "user_has_blocked": False, "tweet_create_events": [legacy]})


def _activity(kind: str, account: str, delivery: str, payload: dict[str, Any], includes: dict[str, Any]) -> bytes:
    body = {"event_uuid": delivery, "filter": {"user_id": account}, "event_type": kind, "tag": "demo", "payload": payload}
    return _bytes({"data": {**body, "includes": includes}})


def _payload(post: Post) -> dict[str, Any]:
    chain = [post.root_id] if post.root_id == post.id else [post.root_id, post.id]
    payload: dict[str, Any] = {
        "id": post.id,
        "author_id": post.writer.id,
        "text": post.text,
        "lang": post.language,
        "created_at": iso(post.created_at),
        "conversation_id": post.thread,
        "edit_history_tweet_ids": chain,
        "entities": {"mentions": _tags(post)},
        "possibly_sensitive": False,
    }
    if post.reply_to:
        payload["in_reply_to_tweet_id"] = post.reply_to
        payload["in_reply_to_user_id"] = post.reply_to_writer
        payload["referenced_tweets"] = [{"type": "replied_to", "id": post.reply_to}]
    if post.form == "repost":
        payload["referenced_tweets"] = [{"type": "retweeted", "id": post.root_id[:-1] + "0"}]
    if post.media:
        payload["attachments"] = {"media_keys": [f"3_{post.id}{place}" for place in range(len(post.media))]}
    return payload


def _profile(writer: Writer) -> dict[str, Any]:
    profile: dict[str, Any] = {
        "id": writer.id,
        "username": writer.handle,
        "name": writer.name,
        "verified_type": "blue" if writer.verified else "none",
        "verified": writer.verified,
        "created_at": iso(writer.joined),
        "public_metrics": {"followers_count": writer.followers, "followers_count_str": str(writer.followers)},
    }
    return {**profile, "affiliation": {"description": "Automated"}} if writer.bot else profile


def _tags(post: Post) -> list[dict[str, Any]]:
    found = []
    for account in post.tagged:
        name = account.handle.lstrip("@")
        start = post.text.lower().find(f"@{name.lower()}")
        if start >= 0:
            found.append({"start": start, "end": start + len(name) + 1, "username": name, "id": account.id})
    return found


def _legacy_tag(tag: dict[str, Any]) -> dict[str, Any]:
    return {"screen_name": tag["username"], "id_str": tag["id"], "id": int(tag["id"]), "indices": [tag["start"], tag["end"]]}


def _legacy_time(at: datetime) -> str:
    return f"{at:%a %b %d %H:%M:%S +0000 %Y}"


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
