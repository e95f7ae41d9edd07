"""What a change of an Instagram account says: comments on its media, live comments, and who names it elsewhere.

Source: Meta for Developers, webhook reference of Instagram and "Webhook notification examples" (Graph API 25.0).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown, value_of
from chalicelib.domain.notice import Form, Mention, Notice, OwnPost
from chalicelib.platforms.meta_parts import values
from chalicelib.platforms.meta_parts.envelope import Change
from chalicelib.platforms.reading import fields

_NOT_SAID = Unknown("not-in-webhook")
_PRIVATE_OR_NUMBERS = frozenset(
    {
        "message_edit",
        "message_reactions",
        "messages",
        "messaging_handover",
        "messaging_optins",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_seen",
        "standby",
        "story_insights",
    }
)


def read(change: Change) -> tuple[Notice, ...]:
    """The notice of one change, none for what is not about posts."""
    if change.field in _PRIVATE_OR_NUMBERS:
        return ()
    if change.field not in ("comments", "live_comments", "mentions"):
        return (change.misread("unknown-field"),)
    media, comment = (values.identifier(change.value, name) for name in ("media_id", "comment_id"))
    if change.field == "mentions":
        post = media if comment == Unknown("missing") else comment
        return (_mention(change, post.value, comment, media),) if isinstance(post, Known) else (change.misread("no-post-id"),)
    id = values.identifier(change.value, "id")
    post = comment if id == Unknown("missing") else id
    if not isinstance(post, Known):
        return (change.misread("no-post-id"),)
    return (_own_post(change, post.value) if _is_own(change) else _comment(change, post.value),)


def _is_own(change: Change) -> bool:
    """The account itself, under either of its two ids: Meta marks its own comments with ``self_ig_scoped_id``."""
    scoped = fields.find(change.value, "from", "self_ig_scoped_id")
    return values.identifier(change.value, "from", "id") == Known(change.account) or not isinstance(scoped, Unknown)


def _comment(change: Change, post: str) -> Mention:
    """A comment on our media. It is words alone: where it is a moving picture there is no text, which says enough."""
    parent = values.identifier(change.value, "parent_id")
    thread = values.identifier(change.value, "media", "id")
    return Mention(
        platform=change.platform,
        account=change.account,
        post_id=post,
        root_id=post,
        delivery_id=None,
        received_at=change.verified.webhook.received_at,
        created_at=_written(change),
        text=fields.text(change.value, "text"),
        author=values.author(
            values.identifier(change.value, "from", "id"),
            handle=fields.text(change.value, "from", "username", limit=fields.NAME_LIMIT),
            name=NotOffered(),
        ),
        language=NotOffered(),
        summoned=_summoned(change, parent),
        form=Form.REPLY,
        edited=False,
        thread_id=thread,
        reply_to_post=fields.or_none(parent) or fields.or_none(thread),
        reply_to_user=None,
        media=Known(()),
        tagged=(),
    )


def _written(change: Change) -> Fact[datetime]:
    """When the comment was written: Instagram says only when it sent the webhook (docs/decisions/0010)."""
    written = values.moment(change.value, "created_time")
    return (
        replace(change.sent, source="entry.time") if written == Unknown("missing") and isinstance(change.sent, Known) else written
    )


def _summoned(change: Change, parent: Fact[str]) -> Fact[bool]:
    """A comment right on our media speaks to us; one under a comment speaks to somebody whom Meta does not name.

    Nobody can answer a live comment through the API.
    """
    if change.field == "live_comments":
        return Unknown("live")
    return Known(True) if parent == Unknown("missing") else Unknown("addressee-unknown")


def _mention(change: Change, post: str, comment: Fact[str], media: Fact[str]) -> Mention:
    """Somebody named us in a caption or comment of other people's media. Meta tells where, and nothing of what or who."""
    in_comment = isinstance(comment, Known)
    return Mention(
        platform=change.platform,
        account=change.account,
        post_id=post,
        root_id=post,
        delivery_id=None,
        received_at=change.verified.webhook.received_at,
        created_at=_NOT_SAID,
        text=_NOT_SAID,
        author=values.author(Unknown(), handle=Unknown(), name=NotOffered()),
        language=NotOffered(),
        summoned=Known(True),
        form=Form.REPLY if in_comment else Form.POST,
        edited=False,
        thread_id=media,
        reply_to_post=fields.or_none(media) if in_comment else None,
        reply_to_user=None,
        media=_NOT_SAID,
        tagged=(change.account,),
    )


def _own_post(change: Change, post: str) -> OwnPost:
    parent, media = (values.identifier(change.value, *path) for path in (("parent_id",), ("media", "id")))
    return OwnPost(
        platform=change.platform,
        account=change.account,
        post_id=post,
        text=value_of(fields.text(change.value, "text"), ""),
        reply_to_post=fields.or_none(parent) or fields.or_none(media),
        reply_to_user=None,
        thread_id=fields.or_none(media),
        created_at=fields.or_none(values.moment(change.value, "created_time")),
        delivery_id=None,
        received_at=change.verified.webhook.received_at,
    )
