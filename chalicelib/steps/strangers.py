"""Posts in the machine's words that the ledger does not know: somebody else has our token, or our record is not whole."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.domain import keys
from chalicelib.domain.notice import OwnPost
from chalicelib.domain.state import State
from chalicelib.platforms.reading.answers import same_text
from chalicelib.ports import Row, Store
from chalicelib.steps.rows import Standing, from_row

_LEADING_NAMES = re.compile(r"\A(?:@\w{1,50}\s+)+")


def unknown(posts: Iterable[OwnPost], disclosures: Iterable[str], store: Store) -> list[OwnPost]:
    """Those that carry a disclosure of ours and are neither posted by us, nor to be settled, nor in their thread's memory."""
    marks = tuple(disclosures)
    return [post for post in posts if any(mark in post.text for mark in marks) and not _is_known(post, store)]


def _is_known(post: OwnPost, store: Store) -> bool:
    answered = post.reply_to_post or post.post_id
    state, thread = (
        keys.state(post.platform, answered, post.account),
        keys.thread(post.platform, post.thread_id or f"post:{answered}"),
    )
    rows = store.read([state, thread])
    return _is_ours(post, rows[state]) if state in rows else _is_remembered(post, rows.get(thread))


def _is_ours(post: OwnPost, row: Row) -> bool:
    """An attempt whose answer is still out, or was never found, has a case or will have one: it is not this alarm's matter."""
    standing = from_row(Standing, row)
    if standing.state is State.POSTED:
        return standing.posted_id == post.post_id
    return standing.attempt > 0


def _is_remembered(post: OwnPost, row: Row | None) -> bool:
    """An edit may have changed the id that we answered: the thread knows the words."""
    said = row.get("posts", ()) if row is not None else ()
    return any(same_text(_bare(one["text"]), _bare(post.text)) for one in said)


def _bare(text: str) -> str:
    return _LEADING_NAMES.sub("", text)
