"""Where every row lies: the keys follow from the mention, so all facts come with one batch read."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from chalicelib.domain.fact import value_of
from chalicelib.domain.notice import Mention

SHARDS = 8
"""Each schedule has this many shards of the due-time index, so that none reads one hot partition."""

SETTLED, WATCHED = range(SHARDS), range(SHARDS, 2 * SHARDS)
"""Mentions fall due for settling, cases and promises for the watch: thousands of overdue cases never hide one lost attempt."""

HEAD = "HEAD"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """A row's place. ``table``: state | ledger | private | control | tree. ``sort`` orders rows of one partition."""

    table: str
    partition: str
    sort: str = "-"


def shard_of(partition: str) -> int:
    """The shard of the due-time index that a row belongs to."""
    schedule = SETTLED if partition.startswith("mention#") else WATCHED
    return schedule[zlib.crc32(partition.encode()) % SHARDS]


def state(platform: str, root: str, account: str) -> Key:
    """The state of one mention."""
    return Key("state", f"mention#{platform}#{root}#{account}")


def reply_lock(platform: str, root: str) -> Key:
    """Which account of the deployment answers a root post."""
    return Key("state", f"lock#{platform}#{root}")


def person(platform: str, author: str) -> Key:
    """What the deployment did with one author."""
    return Key("state", f"person#{platform}#{author}")


def thread(platform: str, thread_id: str) -> Key:
    """What the deployment said in one public thread."""
    return Key("state", f"thread#{platform}#{thread_id}")


def case(platform: str, account: str, author: str) -> Key:
    """The conversation of one author with one account; its case is the row."""
    return Key("state", f"case#{platform}#{account}#{author}")


def said(platform: str, account: str, day: str, shard: int, sort: str = "-") -> Key:
    """What an account said in public on one UTC day (``2026-11-21``): one row for each post, in one of its shards."""
    return Key("state", f"said#{platform}#{account}#{day}#{shard}", sort)


def promise(record: str) -> Key:
    """What the acknowledgement of one mention told its author."""
    return Key("state", f"promise#{record}")


def word(lock: str) -> Key:
    """The lock on a word of a voice."""
    return Key("state", f"word#{lock}")


def budget(voice: str) -> Key:
    """How much a voice has said, and its cursor."""
    return Key("state", f"budget#{voice}")


def control(platform: str, account: str) -> Key:
    """The control record of an account."""
    return Key("control", f"account#{platform}#{account}")


def rota(brand: str) -> Key:
    """Who of a brand is on shift."""
    return Key("control", f"rota#{brand}")


def wait(brand: str) -> Key:
    """How long people of a brand waited lately."""
    return Key("control", f"wait#{brand}")


def waited(brand: str, hour: str, id: str) -> Key:
    """How long one case of a brand waited, among all that were seen in one UTC hour (``2026-11-21T09``)."""
    return Key("state", f"waited#{brand}#{hour}", id)


def alert(brand: str) -> Key:
    """A declared surge or incident of a brand; no row means that nobody raised one."""
    return Key("control", f"alert#{brand}")


def sink(name: str) -> Key:
    """Whether a sink is not to be asked again; no row means that it may be."""
    return Key("control", f"sink#{name}")


def tally(brand: str, minute: str, shard: int, record: str = "-") -> Key:
    """Who spoke of what to a brand in one minute (``2026-11-21T09:00``): one row for each record, in one of its shards."""
    return Key("state", f"tally#{brand}#{minute}#{shard}", record)


def usual(brand: str, hour: int) -> Key:
    """What is usual for a brand in one hour of the week (0 is Monday from 00:00 UTC)."""
    return Key("state", f"usual#{brand}#{hour}")


def surge(brand: str, mark: str) -> Key:
    """The one case for a surge; it lies where conversations lie."""
    return Key("state", f"case#surge#{brand}#{mark}")


def keeping(platform: str, account: str) -> Key:
    """When an account was last asked after, and how long nobody has mentioned it."""
    return Key("control", f"keeping#{platform}#{account}")


def alarm(platform: str, account: str, reason: str) -> Key:
    """The one case for something that is wrong with an account; it lies where conversations lie."""
    return Key("state", f"case#alarm#{platform}/{account}#{reason}")


def pointer() -> Key:
    """Which bundle is in force."""
    return Key("control", "policy#pointer")


def shipped(version: int) -> Key:
    """What was done to the pointer, one row for each of its versions, oldest first."""
    return Key("control", "policy#history", f"{version:08}")


def proposal(sha256: str) -> Key:
    """A bundle that waits for a second person; without a hash, the partition of all of them."""
    return Key("control", "policy#proposal", sha256 or "-")


def heartbeat() -> Key:
    """When the ledger's heart beat last."""
    return Key("control", "ledger#heartbeat")


def head() -> Key:
    """How far the ledger is sequenced and sealed."""
    return Key("tree", HEAD)


def author_of(mention: Mention) -> str:
    """The author's id; a mention without one stands alone under its root post."""
    return value_of(mention.author.id, f"post:{mention.root_id}")


def thread_of(mention: Mention) -> str:
    """The thread's id; a post whose thread is not known is a thread of its own."""
    return value_of(mention.thread_id, f"post:{mention.root_id}")
