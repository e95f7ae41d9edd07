"""What LinkedIn's notifications about an organization say: comments on its posts, who names it, and what is neither.

Source: LinkedIn Marketing documentation, "Organization Social Action Notifications", and a recorded notification.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown, value_of
from chalicelib.domain.notice import Author, Deletion, Form, Mention, Misread, Notice, OwnPost
from chalicelib.domain.webhook import Unreadable, Verified
from chalicelib.platforms.linkedin_parts import urns
from chalicelib.platforms.reading import fields
from chalicelib.platforms.reading.misread import misread

MOST = 1_000
"""Notifications of one webhook at most; LinkedIn sends ten."""

_TYPE = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_COMMENTS = frozenset({"COMMENT", "COMMENT_EDIT", "COMMENT_DELETE", "ADMIN_COMMENT"})
_SHARES = frozenset({"SHARE", "SHARE_MENTION"})
_LIKE = "LIKE"
_TEST = Known("urn:li:person:foo")
"""Who subscribes in the notifications that LinkedIn sends to try an endpoint out."""

_CATEGORY = re.compile(r"[A-Z_]{1,32}")
_NOT_SAID = Unknown("not-in-webhook")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class _Deed:
    """One notification: what was done to which account of ours, the post that it made, and what is told of it."""

    account: str
    action: str
    post: str
    told: Any
    author: Fact[str]
    row: Any
    verified: Verified

    @property
    def delivery_id(self) -> str | None:
        """LinkedIn's number of the notification."""
        number = fields.whole(self.row, "notificationId")
        return str(number.value) if isinstance(number, Known) else None


def read(document: Any, verified: Verified) -> tuple[Notice, ...] | Unreadable:
    """Every notice of the webhook, in its order; a notification that cannot be read is a ``Misread`` among them."""
    if fields.find(document, "type") != _TYPE:
        return Unreadable("unknown-type")
    found = fields.rows(document, "notifications")
    if isinstance(found, Unknown):
        return Unreadable("malformed-batch")
    if len(found) > MOST:
        return Unreadable("too-many")
    return tuple(_notice(row, verified) for row in found if urns.actor(row, "subscriber") != _TEST)


def _notice(row: Any, verified: Verified) -> Notice:
    account, action = urns.organization(row, "organizationalEntity"), fields.find(row, "action")
    if not isinstance(account, Known):
        return _misread(row, "no-account", verified)
    if not isinstance(action, str) or action not in _COMMENTS | _SHARES | {_LIKE}:
        return _misread(row, "unknown-action", verified)
    told = fields.find(row, "decoratedGeneratedActivity", "comment" if action in _COMMENTS else "share")
    post = _post(row, told, action)
    if not isinstance(post, Known):
        return _misread(row, "no-post-id", verified)
    deed = _Deed(account.value, action, post.value, told, urns.actor(told, "owner"), row, verified)
    if action == "COMMENT_DELETE":
        return _deletion(deed)
    if action == "ADMIN_COMMENT" or deed.author == account:
        return _own_post(deed)
    return _mention(deed)


def _post(row: Any, told: Any, action: str) -> Fact[str]:
    """The post that was made. A like gets a name of its own: it must never stand for the post that is liked."""
    if action == _LIKE:
        number, liked = fields.whole(row, "notificationId"), urns.post(row, "sourcePost")
        if not isinstance(number, Known) or not isinstance(liked, Known):
            return Unknown()
        return Known(f"{liked.value}:reaction:{number.value}")
    made = urns.post(row, "generatedActivity")
    post = urns.post(told, "entity") if made == Unknown("missing") else made
    if isinstance(post, Known) and urns.is_comment(post.value) != (action in _COMMENTS):
        return Unknown("malformed")
    return post


def _mention(deed: _Deed) -> Mention:
    form = _form(deed)
    return Mention(
        platform="linkedin",
        account=deed.account,
        post_id=deed.post,
        root_id=deed.post,
        delivery_id=deed.delivery_id,
        received_at=deed.verified.webhook.received_at,
        created_at=_NOT_SAID if deed.action == "COMMENT_EDIT" else _moment(deed.row),
        text=fields.text(deed.told, "text"),
        author=_author(deed.author),
        language=NotOffered(),
        summoned=_summoned(deed),
        form=form,
        edited=deed.action == "COMMENT_EDIT",
        thread_id=Known(urns.thread_of(deed.post)),
        reply_to_post=_answered(deed),
        reply_to_user=None,
        media=_media(deed),
        tagged=(deed.account,) if deed.action == "SHARE_MENTION" else (),
    )


def _author(id: Fact[str]) -> Author:
    """LinkedIn tells the author's URN and nothing else; by it members are named to the API too, so it is the handle."""
    never = NotOffered()
    return Author(id=id, handle=id, name=never, followers=never, verified=never, created_at=never, bot=never)


def _form(deed: _Deed) -> Form:
    if deed.action == _LIKE:
        return Form.REACTION
    if deed.action == "SHARE":
        return Form.QUOTE if value_of(fields.text(deed.told, "text"), "").strip() else Form.REPOST
    return Form.POST if deed.action == "SHARE_MENTION" else Form.REPLY


def _summoned(deed: _Deed) -> Fact[bool]:
    """Named us in a post, or commented right under one of ours. A comment under a comment speaks to somebody else.

    The member whose grant brings the notification is an administrator of the page: a colleague, who asks for nothing.
    """
    if deed.action in (_LIKE, "SHARE") or deed.author == urns.actor(deed.row, "subscriber"):
        return Known(False)
    if isinstance(deed.told, Unknown) and deed.action in _COMMENTS:
        return _NOT_SAID
    if deed.action == "SHARE_MENTION" or fields.find(deed.told, "parentComment") == Unknown("missing"):
        return Known(True)
    return Unknown("addressee-unknown")


def _media(deed: _Deed) -> Fact[tuple[str, ...]]:
    """The kind that a share declares; of a comment LinkedIn does not tell whether it holds a picture."""
    category = fields.identifier(_CATEGORY, deed.told, "mediaCategory")
    if not isinstance(category, Known):
        return _NOT_SAID if category == Unknown("missing") else category
    return Known(() if category.value == "NONE" else (category.value.lower(),))


def _answered(deed: _Deed) -> str | None:
    if deed.action not in _COMMENTS:
        return None
    return fields.or_none(urns.post(deed.told, "parentComment")) or urns.thread_of(deed.post)


def _moment(row: Any) -> Fact[datetime]:
    """Milliseconds since 1970, of the last change: of a new post that is when it was written."""
    found = fields.whole(row, "lastModifiedAt")
    if not isinstance(found, Known):
        return found
    try:
        return Known(_EPOCH + timedelta(milliseconds=found.value))
    except OverflowError:
        return Unknown("malformed")


def _own_post(deed: _Deed) -> OwnPost:
    return OwnPost(
        platform="linkedin",
        account=deed.account,
        post_id=deed.post,
        text=value_of(fields.text(deed.told, "text"), ""),
        reply_to_post=_answered(deed),
        reply_to_user=None,
        thread_id=urns.thread_of(deed.post),
        created_at=fields.or_none(_moment(deed.row)),
        delivery_id=deed.delivery_id,
        received_at=deed.verified.webhook.received_at,
    )


def _deletion(deed: _Deed) -> Deletion:
    return Deletion(
        platform="linkedin",
        account=deed.account,
        post_id=deed.post,
        root_id=deed.post,
        author_id=fields.or_none(deed.author),
        delivery_id=deed.delivery_id,
        received_at=deed.verified.webhook.received_at,
    )


def _misread(row: Any, reason: str, verified: Verified) -> Misread:
    return misread("linkedin", reason, verified, json.dumps(row).encode())
