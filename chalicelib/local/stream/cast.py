"""Turns an entry of a scene into the post it stands for; the same entry gives the same ids in every run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from chalicelib.domain.account import Account
from chalicelib.local.stream.post import Earlier, Post, Writer, number
from chalicelib.local.stream.scenes import Entry

_JOINED = datetime(2017, 3, 1, 9, 0, tzinfo=timezone.utc)


class Cast:
    """Who is who: our accounts by handle, and every post that has been written so far by the id of its entry."""

    def __init__(self, accounts: Mapping[str, Account]) -> None:
        self._accounts = {handle.lstrip("@").lower(): account for handle, account in accounts.items()}
        self._posts: dict[str, tuple[Post, ...]] = {}

    def account(self, handle: str) -> Account:
        """The account of ours with this handle; raises ValueError where there is none."""
        found = self._accounts.get(handle.lstrip("@").lower())
        if found is None:
            raise ValueError(f"no brand under policies/ has the account {handle}")
        return found

    def posts(self, entry: str) -> tuple[Post, ...]:
        """The posts of an earlier entry, one for each account of ours that it was delivered for."""
        return self._posts[entry]

    def write(self, entry: Entry, now: datetime, reply_to_ours: str | None = None) -> tuple[Post, ...]:
        """The posts of a new mention, written now (or ``minutes_old``); ``reply_to_ours`` is the post of ours it answers."""
        tagged = tuple(self.account(handle) for handle in entry.to)
        own_id = number("post", entry.id, digits=18)
        above = self._posts[entry.thread][0] if entry.thread else None
        first = Post(
            account=tagged[0],
            id=own_id,
            root_id=own_id,
            writer=self._writer(entry),
            text=_addressed(entry, tagged),
            created_at=now - timedelta(minutes=entry.minutes_old),
            thread=above.thread if above else own_id,
            tagged=tagged if entry.summoned else (),
            form=entry.form,
            reply_to=(reply_to_ours or above.id) if above and entry.form == "reply" else None,
            reply_to_writer=(tagged[0].id if reply_to_ours else above.writer.id) if above and entry.form == "reply" else None,
            language=entry.lang,
            media=entry.media,
            history=tuple(_earlier(said, now) for said in entry.history),
            open_ticket=entry.open_ticket,
            channels_tried=entry.channels_tried,
        )
        self._posts[entry.id] = tuple(replace(first, account=account) for account in tagged)
        return self._posts[entry.id]

    def edited(self, entry: Entry, now: datetime) -> Post:
        """A new version of the post that ``entry`` edits."""
        before = self._posts[entry.of or ""][0]
        return replace(before, id=number("edit", entry.id, digits=18), text=_addressed(entry, before.tagged), created_at=now)

    def by_brand(self, entry: Entry, now: datetime, post_id: str | None = None, text: str | None = None) -> Post:
        """A post by our own account under the post that ``entry`` speaks of; an echo brings its own id and text."""
        answered = self._posts[entry.of or ""][0]
        own_id = post_id or number("own", entry.id, digits=18)
        account = answered.account
        writer = _person(account.id, account.handle.lstrip("@"), account.handle)
        return Post(
            account=account,
            id=own_id,
            root_id=own_id,
            writer=writer,
            text=text or f"@{answered.writer.handle} {entry.say}",
            created_at=now,
            thread=answered.thread,
            tagged=(),
            form="reply",
            reply_to=answered.id,
            reply_to_writer=answered.writer.id,
        )

    def _writer(self, entry: Entry) -> Writer:
        ours = self._accounts.get(entry.by.lower())
        writer = _person(ours.id if ours else number("writer", entry.by), entry.by, entry.name)
        known = writer if entry.followers is None else replace(writer, followers=entry.followers)
        return replace(known, verified=entry.verified, bot=entry.bot)


def _person(identity: str, handle: str, name: str) -> Writer:
    followers = 40 + int(number("followers", handle)) % 700
    shown = name or handle.split("@")[0].replace("_", " ").title()
    return Writer(id=identity, handle=handle, name=shown, followers=followers, verified=False, bot=False, joined=_JOINED)


def _addressed(entry: Entry, tagged: tuple[Account, ...]) -> str:
    """The text with our handles in front; Mastodon shows a handle without its server."""
    tags = [f"@{account.handle.lstrip('@').split('@')[0]}" for account in tagged] if entry.summoned else []
    return " ".join([*(tag for tag in tags if tag.lower() not in entry.say.lower()), entry.say])


def _earlier(said: Mapping[str, str | int], now: datetime) -> Earlier:
    return Earlier(at=now - timedelta(minutes=int(said["minutes_ago"])), by=str(said["by"]), text=str(said["text"]))
