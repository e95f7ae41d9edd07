"""Give every leaf its place in the tree, exactly once.

A stream delivers at least once, from shards whose numbers say nothing about each other, so no cursor can tell what is new: each
stretch of the tree therefore names its leaves. Whoever numbers does so under the version of the head that was read before looking
which leaves have a number, so nobody can have given one meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.audit.tree import leaf_hash
from chalicelib.domain import keys
from chalicelib.domain.codec import instant, iso
from chalicelib.domain.keys import Key
from chalicelib.ports import Absent, Committed, Put, Row, Store, Unavailable, Write
from chalicelib.steps.numbered import Numbered, stretch_key, stretch_row
from chalicelib.steps.rows import from_row, to_row, unchanged

_BATCH = 100
"""So many leaves in one transaction: a row of hashes stays about 10 KB."""

_ATTEMPTS = 20

AT_MOST_OLD = timedelta(hours=25)
"""A stream keeps its records for a day: what was numbered before is not brought again."""

LATER = timedelta(minutes=2)
"""An invocation takes at most a minute after it read the clock, and clocks of two machines differ: nobody looks back less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One new ledger row as the stream tells it.

    ``sequence`` is the stream's own number (for the auditor only), ``key`` the row's key in the ledger, ``leaf`` its text,
    ``created`` when the row was written as the stream has it; None where it does not say.
    """

    sequence: str
    key: str
    leaf: str
    created: datetime | None = None


@dataclass(frozen=True, slots=True)
class SequencePorts:
    """What the sequencer may touch, and what its process knows of the tree."""

    store: Store
    numbered: Numbered = field(default_factory=Numbered)


class LedgerChanged(Exception):
    """A ledger row came a second time with another text. The stream must stop and page: somebody rewrote the past."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """How far the ledger is numbered and sealed; the last three fields are what the decider reads as ``Seal``.

    ``next`` is the first free index, ``sealed`` the size under the last checkpoint, ``frontier`` the hashes (hex) of that tree.
    Every write goes by ``version``: whoever loses reads again.
    """

    version: int = 0
    next: int = 0
    sealed: int = 0
    frontier: tuple[str, ...] = ()
    sealed_at: datetime | None = None
    checked: datetime | None = None
    pending_since: datetime | None = None
    newest: datetime | None = None


def read_head(rows: Mapping[Key, Row]) -> Head:
    """The head among ``rows``; raises ValueError where its row is another thing."""
    row = rows.get(keys.head())
    return Head() if row is None else from_row(Head, row)


def put_head(head: Head) -> Put:
    """The write that lays ``head`` down, if nobody has since the version it was read with."""
    row = to_row(replace(head, version=head.version + 1), key=keys.head())
    return Put(keys.head(), row, unchanged(head.version))


def run(leaves: Sequence[Leaf], ports: SequencePorts, now: datetime) -> int:
    """Number the leaves that have no number, in their order; gives how many there were.

    Idempotent. Raises LedgerChanged, and Unavailable where other sequencers kept winning: the stream brings the batch back.
    """
    return sum(_number(leaves[place : place + _BATCH], ports, now) for place in range(0, len(leaves), _BATCH))


def _number(leaves: Sequence[Leaf], ports: SequencePorts, now: datetime) -> int:
    since = min(min(leaf.created or now - AT_MOST_OLD, now) for leaf in leaves) - LATER
    for _ in range(_ATTEMPTS):
        # the head first: what is numbered after this read makes the commit fail
        head = read_head(ports.store.read([keys.head()]))
        fresh = _fresh(leaves, ports.numbered.hashes(ports.store, head.next, since))
        if not fresh:
            return 0
        stretch = stretch_row(head.next, {leaf.key: _hash(leaf) for leaf in fresh}, now)
        if isinstance(ports.store.commit(_writes(fresh, stretch, head, now)), Committed):
            ports.numbered.add(stretch)
            return len(fresh)
    raise Unavailable("the head of the tree moved on every attempt")


def _fresh(leaves: Sequence[Leaf], numbered: Mapping[str, str]) -> list[Leaf]:
    """The leaves without a number, each key once; raises LedgerChanged for a key whose text is not the one it had."""
    hashes, fresh = dict[str, str](), dict[str, Leaf]()
    for leaf in leaves:
        hashed = _hash(leaf)
        if numbered.get(leaf.key, hashes.setdefault(leaf.key, hashed)) != hashed or hashes[leaf.key] != hashed:
            raise LedgerChanged(f"the stream brought another text for a leaf (stream number {leaf.sequence})")
        if leaf.key not in numbered:
            fresh[leaf.key] = leaf
    return list(fresh.values())


def _writes(fresh: Sequence[Leaf], stretch: Row, head: Head, now: datetime) -> list[Write]:
    written = [_written(leaf, now) for leaf in fresh]
    oldest, newest = min(now, *written), max(written if head.newest is None else (head.newest, *written))
    told = {"first": fresh[0].sequence, "last": fresh[-1].sequence, "oldest": iso(oldest)}
    return [
        put_head(replace(head, next=head.next + len(fresh), pending_since=head.pending_since or oldest, newest=newest)),
        Put(stretch_key(head.next), {**stretch, **told}, (Absent(),)),
    ]


def _written(leaf: Leaf, now: datetime) -> datetime:
    """When the leaf says that it was written; ``now`` where it says nothing readable."""
    try:
        return instant(json.loads(leaf.leaf)["at"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return now


def _hash(leaf: Leaf) -> str:
    return leaf_hash(leaf.leaf.encode()).hex()
