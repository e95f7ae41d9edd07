"""Give every leaf its place in the tree, exactly once.

A stream delivers at least once, from shards whose numbers say nothing about each other, so no cursor can tell what is
new. Each leaf therefore leaves its number in a row, in the transaction that numbers it: one row for the leaves of one record,
because they often come together and each row is paid for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.audit.tree import leaf_hash
from chalicelib.domain import keys
from chalicelib.domain.codec import instant, iso
from chalicelib.domain.keys import Key
from chalicelib.ports import Absent, Committed, Lacks, Put, Row, Store, Unavailable, Update, Write
from chalicelib.steps.rows import from_row, to_row, unchanged

STRETCH = 1024
"""Leaf hashes of this many indexes lie in one partition, so that the sealer reads them with one query."""

_BATCH = 98
"""A transaction has at most 100 writes: the head, the row of hashes and at most one row for each leaf."""

_TOGETHER = 16
"""So many numbers of one kind share a row, so that no row grows without end, whatever people do with a case."""

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One new ledger row as the stream tells it.

    ``sequence`` is the stream's own number (for the auditor only), ``key`` the row's key in the ledger, ``leaf`` its text.
    """

    sequence: str
    key: str
    leaf: str


@dataclass(frozen=True, slots=True)
class SequencePorts:
    """What the sequencer may touch."""

    store: Store


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


def index_key(key: str) -> Key:
    """Where the index of the leaf of one ledger row lies, in a field of the name ``index_field`` gives."""
    record, _, sort = key.rpartition("/")
    number = sort.rpartition("-")[2]
    return Key("tree", f"LEAF#{record}", f"{int(number) // _TOGETHER if number.isdecimal() else 0:04}")


def index_field(key: str) -> str:
    """The field of its row that holds index and hash of the leaf of one ledger row."""
    return key.rpartition("/")[2]


def stretch_key(start: int) -> Key:
    """Where the leaf hashes that begin at index ``start`` lie."""
    return Key("tree", f"SEQ#{start // STRETCH:012}", f"{start:016}")


def run(leaves: Sequence[Leaf], ports: SequencePorts, now: datetime) -> int:
    """Number the leaves that have no number, in their order; gives how many there were.

    Idempotent. Raises LedgerChanged, and Unavailable where other sequencers kept winning: the stream brings the batch back.
    """
    return sum(_number(leaves[place : place + _BATCH], ports.store, now) for place in range(0, len(leaves), _BATCH))


def _number(leaves: Sequence[Leaf], store: Store, now: datetime) -> int:
    for attempt in range(_ATTEMPTS):
        # a leaf that has a number already is rare: the conditions find it, and only then it is asked which one
        numbered = dict.fromkeys(index_key(leaf.key) for leaf in leaves) if attempt else ()
        rows = store.read([keys.head(), *numbered])
        fresh = _fresh(leaves, rows)
        if not fresh:
            return 0
        if isinstance(store.commit(_writes(fresh, read_head(rows), now)), Committed):
            return len(fresh)
    raise Unavailable("the head of the tree moved on every attempt")


def _fresh(leaves: Sequence[Leaf], rows: Mapping[Key, Row]) -> list[Leaf]:
    """The leaves without a number, each key once; raises LedgerChanged for a key whose text is not the one it had."""
    known = {leaf.key: rows.get(index_key(leaf.key), {}).get(index_field(leaf.key)) for leaf in leaves}
    hashes = {key: index["hash"] for key, index in known.items() if index is not None}
    fresh: dict[str, Leaf] = {}
    for leaf in leaves:
        hashed = _hash(leaf)
        if hashes.setdefault(leaf.key, hashed) != hashed:
            raise LedgerChanged(f"the stream brought another text for a leaf (stream number {leaf.sequence})")
        if known[leaf.key] is None:
            fresh[leaf.key] = leaf
    return list(fresh.values())


def _writes(fresh: Sequence[Leaf], head: Head, now: datetime) -> list[Write]:
    written = [_written(leaf, now) for leaf in fresh]
    oldest, newest = min(now, *written), max(written if head.newest is None else (head.newest, *written))
    stretch = {
        "start": head.next,
        "hashes": [_hash(leaf) for leaf in fresh],
        "first": fresh[0].sequence,
        "last": fresh[-1].sequence,
        "oldest": iso(oldest),
    }
    indexes: dict[Key, dict[str, Row]] = {}
    for index, leaf in enumerate(fresh, head.next):
        indexes.setdefault(index_key(leaf.key), {})[index_field(leaf.key)] = {"index": index, "hash": _hash(leaf)}
    return [
        put_head(replace(head, next=head.next + len(fresh), pending_since=head.pending_since or oldest, newest=newest)),
        Put(stretch_key(head.next), stretch, (Absent(),)),
        *(Update(place, set=row, when=tuple(Lacks(field) for field in row)) for place, row in indexes.items()),
    ]


def _written(leaf: Leaf, now: datetime) -> datetime:
    """When the leaf says that it was written; ``now`` where it says nothing readable."""
    try:
        return instant(json.loads(leaf.leaf)["at"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return now


def _hash(leaf: Leaf) -> str:
    return leaf_hash(leaf.leaf.encode()).hex()
