"""Sends the bundled stream through the real HTTP receiver, each post shaped and signed as its platform does it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import urllib3

from chalicelib.domain.account import Account, platform_file
from chalicelib.domain.state import TERMINAL, State
from chalicelib.domain.webhook import Secrets
from chalicelib.local.stream import relay_shape, x_shape
from chalicelib.local.stream.cast import Cast
from chalicelib.local.stream.post import Post, number
from chalicelib.local.stream.scenes import MENTIONS, Entry, Scene
from chalicelib.local.stream.signing import relay_headers, x_headers
from chalicelib.ports import SecretSource

PATIENCE_S = 60.0
"""Wall seconds that the feed waits for an earlier entry to get somewhere; then it goes on and says so."""

SEND_S = 30.0
"""Wall seconds that the receiver may take; a Lambda that was asleep, on a busy machine, needs some of them."""

DELIVERIES = 3
"""How often one delivery is tried."""

GLANCE_S = 0.03
"""Wall seconds between two looks."""

_FORGED = Secrets(("a-secret-that-nobody-gave-to-anybody",))


class World(Protocol):
    """What the feed may see of the running service, besides its HTTP."""

    def now(self) -> datetime:
        """The service's own clock (UTC)."""

    def state(self, post: Post) -> State | None:
        """Where the mention of ``post`` stands, None if nobody decided it yet."""

    def reply(self, post: Post) -> tuple[str, str] | None:
        """Id and text of our public reply under ``post``."""

    def script(self, post: Post, behaviour: str) -> None:
        """Tell the sandbox platform how to answer our reply to ``post``."""

    def held(self) -> AbstractContextManager[None]:
        """While it lasts no reply leaves its hold; it ends when everything that was sent is decided and watched."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One signed webhook, ready to be sent to the receiver of ``platform``."""

    platform: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one entry: its posts, one for each account, and the HTTP status of every delivery."""

    scene: str
    entry: Entry
    posts: tuple[Post, ...]
    statuses: tuple[int, ...] = ()
    waited_in_vain: bool = False


class Sender:
    """Signs with the service's own secrets and posts to its receiver."""

    def __init__(self, url: str, secrets: SecretSource) -> None:
        self._url = url.rstrip("/")
        self._secrets = secrets
        self._pool = urllib3.PoolManager(maxsize=8, retries=False, timeout=urllib3.Timeout(SEND_S))

    def sign(self, platform: str, body: bytes, delivery: str, now: datetime, entry: Entry) -> Delivery:
        """``body`` signed as ``platform`` signs, or with a forged secret where the entry says so."""
        secrets = self._secrets.get(f"webhook/{platform}") if entry.signature == "right" else _FORGED
        if platform == "x":
            return Delivery(platform, x_headers(body, secrets, entry.header), body)
        return Delivery(platform, relay_headers(body, secrets, delivery, now), body)

    def send(self, delivery: Delivery) -> int:
        """The HTTP status that the receiver answered, 0 for no answer; as platforms do, it sends again after silence or 5xx."""
        status = 0
        for _ in range(DELIVERIES):
            status = self._once(delivery)
            if 0 < status < 500:
                break
        return status

    def _once(self, delivery: Delivery) -> int:
        url = f"{self._url}/webhooks/{delivery.platform}"
        try:
            return self._pool.request("POST", url, body=delivery.body, headers=dict(delivery.headers)).status
        except urllib3.exceptions.HTTPError:
            return 0

    def send_at_once(self, deliveries: Sequence[Delivery]) -> tuple[int, ...]:
        """Every delivery at the same moment, each on its own connection."""
        with ThreadPoolExecutor(max_workers=max(1, len(deliveries))) as threads:
            return tuple(threads.map(self.send, deliveries))


def shaped(post: Post, delivery: str, now: datetime, shape: str = "activity") -> bytes:
    """A mention in the shape of its platform."""
    if platform_file(post.account.platform) == "relay":
        return relay_shape.mention(post, now)
    return x_shape.account_activity(post) if shape == "account-activity" else x_shape.activity(post, delivery)


def shaped_deletion(post: Post, delivery: str, now: datetime) -> bytes:
    """The deletion of a post in the shape of its platform."""
    return x_shape.deletion(post, delivery) if platform_file(post.account.platform) == "x" else relay_shape.deletion(post, now)


class Feed:
    """Plays scenes against one running service, in order."""

    def __init__(self, sender: Sender, accounts: Mapping[str, Account], world: World) -> None:
        self._sender = sender
        self._world = world
        self._cast = Cast(accounts)
        self._deliveries: dict[str, Delivery] = {}

    def play(self, scenes: Sequence[Scene]) -> Iterator[Sent]:
        """Send every entry, yielding it when the receiver has answered.

        A scene in which nothing waits for a reply is sent within one hold, however long a busy machine takes over it: what
        happens "during the hold" or "within a minute" then does so everywhere.
        """
        for scene in scenes:
            waits = any(entry.once == "settled" for entry in scene.entries)
            with nullcontext() if waits else self._world.held():
                for entry in scene.entries:
                    in_time = self._wait(entry)
                    posts, statuses = self._doing(entry)(entry)
                    yield Sent(scene=scene.title, entry=entry, posts=posts, statuses=statuses, waited_in_vain=not in_time)

    def remember(self, scenes: Sequence[Scene]) -> Iterator[Sent]:
        """The same entries without sending anything: what an earlier run sent has the same ids."""
        for scene in scenes:
            for entry in scene.entries:
                new = entry.do in MENTIONS
                posts = self._cast.write(entry, self._world.now()) if new else self._cast.posts(entry.of) if entry.of else ()
                yield Sent(scene=scene.title, entry=entry, posts=posts)

    def _doing(self, entry: Entry) -> Callable[[Entry], tuple[tuple[Post, ...], tuple[int, ...]]]:
        return {
            "mention": self._mention,
            "delete-first": self._delete_first,
            "redeliver": self._redeliver,
            "again": self._again,
            "delete": self._delete,
            "edit": self._edit,
            "own-reply": self._own_reply,
            "echo": self._echo,
            "garbled": self._garbled,
        }[entry.do]

    def _wait(self, entry: Entry) -> bool:
        if not entry.once or not entry.of:
            return True
        posts = self._cast.posts(entry.of)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            states = [self._world.state(post) for post in posts]
            if all(state in TERMINAL if entry.once == "settled" else state is not None for state in states):
                return True
            time.sleep(GLANCE_S)
        return False

    def _mention(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        posts = self._cast.write(entry, self._world.now(), self._ours(entry))
        if entry.platform_answers:
            self._world.script(posts[0], entry.platform_answers)
        copies = [self._signed(entry, post, copy) for post in posts for copy in range(entry.copies + 1)]
        self._deliveries[entry.id] = copies[0]
        return posts, self._sender.send_at_once(copies)

    def _ours(self, entry: Entry) -> str | None:
        found = self._world.reply(self._cast.posts(entry.thread)[0]) if entry.thread and entry.answers_us else None
        return found[0] if found else None

    def _signed(self, entry: Entry, post: Post, copy: int = 0, shape: str | None = None) -> Delivery:
        now, name = self._world.now(), _delivery_id(entry, f"{post.account.id}/{copy}")
        return self._sender.sign(
            platform_file(post.account.platform), shaped(post, name, now, shape or entry.shape), name, now, entry
        )

    def _delete_first(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        post = self._cast.write(entry, self._world.now())[0]
        gone = self._sender.send(self._signed_deletion(entry, post))
        return (post,), (gone, self._sender.send(self._signed(entry, post)))

    def _delete(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        posts = self._cast.posts(entry.of or "")
        return posts, tuple(self._sender.send(self._signed_deletion(entry, post)) for post in posts)

    def _signed_deletion(self, entry: Entry, post: Post) -> Delivery:
        now, name = self._world.now(), _delivery_id(entry, "gone")
        return self._sender.sign(platform_file(post.account.platform), shaped_deletion(post, name, now), name, now, entry)

    def _redeliver(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        return self._cast.posts(entry.of or ""), (self._sender.send(self._deliveries[entry.of or ""]),)

    def _again(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        posts = self._cast.posts(entry.of or "")
        return posts, tuple(self._sender.send(self._signed(entry, post)) for post in posts)

    def _edit(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        edited = self._cast.edited(entry, self._world.now())
        return self._cast.posts(entry.of or ""), (self._sender.send(self._signed(entry, edited)),)

    def _own_reply(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        return self._brand_post(entry, self._cast.by_brand(entry, self._world.now()))

    def _echo(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        found = self._world.reply(self._cast.posts(entry.of or "")[0])
        if found is None:
            return self._cast.posts(entry.of or ""), ()
        return self._brand_post(entry, self._cast.by_brand(entry, self._world.now(), *found))

    def _brand_post(self, entry: Entry, post: Post) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        now, name, platform = self._world.now(), _delivery_id(entry, "own"), platform_file(post.account.platform)
        body = x_shape.own_post(post, name) if platform == "x" else relay_shape.own_post(post, now)
        status = self._sender.send(self._sender.sign(platform, body, name, now, entry))
        return self._cast.posts(entry.of or ""), (status,)

    def _garbled(self, entry: Entry) -> tuple[tuple[Post, ...], tuple[int, ...]]:
        platform = platform_file(self._cast.account(entry.to[0]).platform)
        body = b'{"data":{"event_type":"post.mention.create","payload":["demo"'
        return (), (self._sender.send(self._sender.sign(platform, body, _delivery_id(entry, "0"), self._world.now(), entry)),)


def _delivery_id(entry: Entry, copy: str) -> str:
    return number("delivery", entry.id, copy, digits=19)
