"""How the steps lay what they know into rows, and read it back; a row that cannot be read is an unknown fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from chalicelib.domain import keys
from chalicelib.domain.codec import TAG, decode, encode, iso
from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.facts import Budget
from chalicelib.domain.keys import Key
from chalicelib.domain.state import State
from chalicelib.ports import Absent, Condition, Equals, Row

D = TypeVar("D")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one mention stands. ``id`` is its record id; ``version`` grows with every write.

    ``post_after`` ends the hold, ``deadline`` is the latest moment a reply may start, ``lease_until`` ends an attempt. From
    ``settle_at`` on ``settle_stale`` looks at it (None: ended): when the first attempt should be over, set once, because an entry
    of the due-time index that moves is paid for like two rows.
    """

    id: str
    state: State
    version: int
    platform: str
    account: str
    root: str
    post_id: str
    brand: str
    author: str
    thread: str
    post_after: datetime | None = None
    deadline: datetime | None = None
    attempt: int = 0
    lease_until: datetime | None = None
    settle_at: datetime | None = None
    posted_id: str | None = None

    @property
    def key(self) -> Key:
        """Where this row lies."""
        return keys.state(self.platform, self.root, self.account)


def to_row(thing: Any, *, key: Key, due: datetime | None = None) -> Row:
    """The row of a dataclass; ``due`` puts it into the due-time index."""
    document = encode(thing)
    assert isinstance(document, dict)
    row = {name: value for name, value in document.items() if name != TAG}
    if due is not None:
        row |= {"due_shard": keys.shard_of(key.partition), "due_at": iso(due)}
    return row


def from_row(kind: type[D], row: Row) -> D:
    """The dataclass that ``to_row`` wrote; raises ValueError where the row is another thing."""
    return decode(kind, dict(row))


def fact_of(kind: type[D], rows: Mapping[Key, Row], key: Key, absent: Fact[Any], now: datetime) -> Fact[Any]:
    """The row as a fact with its source and time; ``absent`` is what a missing row means."""
    row = rows.get(key)
    if row is None:
        return absent
    try:
        return Known(from_row(kind, row), source=f"store:{key.partition.split('#')[0]}", at=now)
    except ValueError:
        return Unknown("unreadable")


def unchanged(version: int) -> tuple[Condition, ...]:
    """The condition that a row is still the one that was read (0: it was not there)."""
    return (Equals("version", version),) if version else (Absent(),)


USED = "used:"


def budget_row(budget: Budget) -> dict[str, Any]:
    """A budget with one flat number for each rule, so that a write can add to it."""
    return {"hour": budget.hour, "cursor": budget.cursor} | {USED + rule: used for rule, used in budget.used.items()}


def budget_of(row: Row) -> Budget:
    """The budget of a row; raises ValueError where it is none."""
    used = {name.removeprefix(USED): value for name, value in row.items() if name.startswith(USED)}
    if not all(isinstance(value, int) for value in (row.get("cursor"), *used.values())):
        raise ValueError("a budget holds whole numbers")
    return Budget(hour=str(row["hour"]), used=used, cursor=row["cursor"])
