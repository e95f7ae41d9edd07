"""Mentions for histories: ordinary questions to one account on X, as its file reads them."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain.fact import Known, NotOffered
from chalicelib.domain.notice import Author, Deletion, Form, Mention, OwnPost
from chalicelib.embedded.memory import START

ACCOUNT = "1001"


def mention(
    number: int,
    text: str = "@NorthwindHelp how do I activate my new card?",
    *,
    author: str | None = None,
    thread: str | None = None,
    account: str = ACCOUNT,
    post: str | None = None,
    edited: bool = False,
) -> Mention:
    """An ordinary, summoned, first contact; ``number`` makes its root post."""
    root = f"55{number}"
    who = author or f"77{number}"
    return Mention(
        platform="x",
        account=account,
        post_id=post or root,
        root_id=root,
        delivery_id=f"d{number}",
        received_at=START,
        created_at=Known(START - timedelta(seconds=5)),
        text=Known(text),
        author=Author(
            id=Known(who),
            handle=Known(f"user_{who}"),
            name=Known(f"User {who}"),
            followers=Known(200),
            verified=Known(False),
            created_at=Known(START - timedelta(days=900)),
            bot=Known(False),
        ),
        language=Known("en"),
        summoned=Known(True),
        form=Form.POST,
        edited=edited,
        thread_id=Known(thread or root),
        reply_to_post=None,
        reply_to_user=None,
        media=Known(()),
        tagged=(account,),
        history=NotOffered(),
        open_ticket=NotOffered(),
        channels_tried=NotOffered(),
    )


def deletion(of: Mention) -> Deletion:
    """The same post, gone."""
    return Deletion(
        platform=of.platform,
        account=of.account,
        post_id=of.post_id,
        root_id=of.root_id,
        author_id=None,
        delivery_id="gone",
        received_at=START,
    )


def native_reply(to: Mention) -> OwnPost:
    """A colleague answers from a phone."""
    assert isinstance(to.author.id, Known)
    return OwnPost(
        platform=to.platform,
        account=to.account,
        post_id=f"88{to.root_id}",
        text="Hi, Priya here, looking at it now.",
        reply_to_post=to.post_id,
        reply_to_user=to.author.id.value,
        thread_id=to.root_id,
        created_at=START,
        delivery_id="own",
        received_at=START,
    )
