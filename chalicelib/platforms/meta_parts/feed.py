"""What a change of a Page says: ``feed`` (what visitors write on it), ``mention`` (who names it), ``ratings`` (reviews of it).

Source: Meta for Developers, webhook reference of Page (Graph API 25.0), and recorded payloads of several years, whose
older shape says ``sender_id`` where the newer one says ``from``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown, value_of
from chalicelib.domain.notice import Deletion, Form, Mention, Notice, OwnPost
from chalicelib.platforms.meta_parts import values
from chalicelib.platforms.meta_parts.envelope import Change
from chalicelib.platforms.reading import fields

_WRITTEN = "feed", "mention", "ratings"
_ABOUT_THE_PAGE = frozenset(
    ["about", "attire", "awards", "bio", "category", "checkins", "conversations", "current_location", "description", "email",
     "feature_access_list", "followers", "founded", "general_info", "hours", "leadgen", "live_videos", "location", "members",
     "messages", "messaging_postbacks", "messaging_referrals", "mission", "name", "page_change_proposal",
     "page_upcoming_change", "parking", "payment_options", "personal_info", "phone", "picture", "price_range", "products",
     "public_transit", "release_date", "standby", "videos", "website"]
)  # fmt: skip
"""Fields about the Page itself, or private: nobody speaks to us in public there."""

_NEW, _CHANGED = frozenset({"add"}), frozenset({"edit", "edited", "update"})
_GONE, _BACK = frozenset({"remove", "delete", "hide"}), frozenset({"unhide", "unblock"})
_POSTS = frozenset({"post", "status", "photo", "video", "link"})
_REACTIONS = frozenset({"like", "reaction"})
_SENDERS = ("from", "id"), ("sender_id",), ("reviewer_id",)
_NAMES = ("from", "name"), ("sender_name",), ("reviewer_name",)


@dataclass(frozen=True, slots=True)
class _Post:
    """What a change is about: the ids of the post and of its thread, what it answers, and who did it."""

    id: str
    thread: Fact[str]
    parent: Fact[str]
    sender: Fact[str]


def read(change: Change) -> tuple[Notice, ...]:
    """The notice of one change, none for what is not about posts."""
    if change.field in _ABOUT_THE_PAGE:
        return ()
    if change.field not in _WRITTEN:
        return (change.misread("unknown-field"),)
    kind, verb = (fields.find(change.value, name) for name in ("item", "verb"))
    form = _form(change, kind)
    if form is None:
        return (change.misread("unknown-kind"),)
    if not isinstance(verb, str) or verb not in _NEW | _CHANGED | _GONE | _BACK:
        return (change.misread("unknown-verb"),)
    post = _post(change, kind, form)
    if post is None:
        return (change.misread("no-post-id"),)
    return _notices(change, verb, post, form)


def _notices(change: Change, verb: str, post: _Post, form: Form) -> tuple[Notice, ...]:
    own = value_of(post.sender, "") == change.account
    if verb in _BACK or (own and form is Form.REACTION):
        return ()
    if verb in _GONE:
        return (_deletion(change, post),)
    if own:
        return (_own_post(change, post, form),)
    return (_mention(change, post, form, edited=verb in _CHANGED),)


def _form(change: Change, kind: Any) -> Form | None:
    if not isinstance(kind, str):
        return None
    if kind in _REACTIONS:
        return Form.REACTION
    if change.field == "ratings":
        return Form.REVIEW if kind in ("rating", "comment") else None
    if kind == "share":
        return Form.REPOST if not value_of(_text(change), "").strip() else Form.QUOTE
    if kind == "comment":
        return Form.REPLY
    return Form.POST if kind in _POSTS else None


def _post(change: Change, kind: Any, form: Form) -> _Post | None:
    """None where the post cannot be named. A reaction gets a name of its own: it must never stand for what it likes."""
    comment, post, story = (values.identifier(change.value, name) for name in ("comment_id", "post_id", "open_graph_story_id"))
    sender = _sender(change.value)
    id = {"comment": comment, "rating": story}.get(kind, post)
    if form is Form.REACTION:
        liked = next((one.value for one in (comment, post, story) if isinstance(one, Known)), change.account)
        id = Known(f"{liked}:reaction:{value_of(sender, 'unknown')}")
    if not isinstance(id, Known):
        return None
    thread = story if kind == "rating" else post
    return _Post(id.value, thread, values.identifier(change.value, "parent_id"), sender)


def _sender(value: Any) -> Fact[str]:
    """Who did it; malformed where two fields say two things."""
    found = {one for path in _SENDERS if (one := values.identifier(value, *path)) != Unknown("missing")}
    return Unknown("malformed") if len(found) > 1 else next(iter(found), Unknown("missing"))


def _text(change: Change) -> Fact[str]:
    return fields.text(change.value, "review_text" if fields.find(change.value, "item") == "rating" else "message")


def _mention(change: Change, post: _Post, form: Form, edited: bool) -> Mention:
    names = (fields.text(change.value, *path, limit=fields.NAME_LIMIT) for path in _NAMES)
    name: Fact[str] = next((one for one in names if one != Unknown("missing")), Unknown("missing"))
    return Mention(
        platform=change.platform,
        account=change.account,
        post_id=post.id,
        root_id=post.id,
        delivery_id=None,
        received_at=change.verified.webhook.received_at,
        created_at=values.moment(change.value, "created_time"),
        text=_text(change),
        # People have no handle on Facebook: the name is what stands over the post, so it is judged as both.
        author=values.author(post.sender, handle=name, name=name),
        language=NotOffered(),
        summoned=_summoned(change, post, form),
        form=form,
        edited=edited,
        thread_id=post.thread,
        reply_to_post=_answered(post, form),
        reply_to_user=None,
        media=_media(change.value),
        tagged=(change.account,) if change.field == "mention" else (),
    )


def _summoned(change: Change, post: _Post, form: Form) -> Fact[bool]:
    """Whether the author spoke to the Page: named it, wrote on it, or commented right under one of its posts.

    A comment under a comment speaks to somebody whom Meta does not name, and a share may stand anywhere. A reply of ours
    comes back as such a comment too, should Meta leave out its author.
    """
    if form in (Form.REACTION, Form.REPOST, Form.REVIEW):
        return Known(False)
    if change.field == "mention" or form is Form.POST:
        return Known(True)
    if form is Form.REPLY and isinstance(post.parent, Known) and post.parent == post.thread:
        return Known(True)
    return Unknown("addressee-unknown")


def _answered(post: _Post, form: Form) -> str | None:
    return fields.or_none(post.parent) or fields.or_none(post.thread) if form is Form.REPLY else None


def _media(value: Any) -> Fact[tuple[str, ...]]:
    """``photo`` or ``video`` where the change names one: Meta adds these fields only where there is something to see."""
    kinds = {"photo": "photo", "photos": "photo", "video": "video", "photo_id": "photo", "video_id": "video"}
    found = [kind for name, kind in kinds.items() if fields.find(value, name) != Unknown("missing")]
    kind = fields.find(value, "item")
    return Known(tuple(dict.fromkeys([*found, *([kind] if kind in ("photo", "video") else [])])))


def _own_post(change: Change, post: _Post, form: Form) -> OwnPost:
    return OwnPost(
        platform=change.platform,
        account=change.account,
        post_id=post.id,
        text=value_of(_text(change), ""),
        reply_to_post=_answered(post, form),
        reply_to_user=None,
        thread_id=fields.or_none(post.thread),
        created_at=fields.or_none(values.moment(change.value, "created_time")),
        delivery_id=None,
        received_at=change.verified.webhook.received_at,
    )


def _deletion(change: Change, post: _Post) -> Deletion:
    """A post that its author or the Page took away or hid: either way nobody can read a reply under it."""
    return Deletion(
        platform=change.platform,
        account=change.account,
        post_id=post.id,
        root_id=post.id,
        author_id=fields.or_none(post.sender),
        delivery_id=None,
        received_at=change.verified.webhook.received_at,
    )
