"""What calls of the store cost in DynamoDB's units, for each key: the price, and what one partition must bear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.aws.attributes import to_attributes
from chalicelib.ports import Check, Committed, Key, Put, Row, Store, Write

_READ_BYTES, _WRITE_BYTES = 4096, 1024
_TRANSACTIONAL = 2
"""A transaction prepares and commits, so each write and each check costs twice (DynamoDB, "Read and write operations")."""


class Counting:
    """A store that counts what DynamoDB would bill, by the size of each row as it is stored (``aws/attributes.py``)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """See ``ports.Store``: a row that is not there costs as one that is small."""
        found = self._store.read(keys)
        self.calls["read"] += 1
        for key in keys:
            self.reads[_place(key)] += _units(key, found.get(key, {}), _READ_BYTES)
        return found

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        """See ``ports.Store``: a query costs by the size of all that it finds."""
        found = self._store.partition(table, partition)
        self.calls["partition"] += 1
        size = sum(stored_bytes(key, row) for key, row in found)
        self.reads[f"{table}/{partition}"] += max(1, -(-size // _READ_BYTES))
        return found

    def commit(self, writes: Sequence[Write]) -> Any:
        """See ``ports.Store``: what is cancelled costs the same, and a write alone is no transaction."""
        before = self._store.read([write.key for write in writes])
        outcome = self._store.commit(writes)
        after = self._store.read([write.key for write in writes])
        self.calls["commit"] += 1
        price = _TRANSACTIONAL if len(writes) > 1 or isinstance(writes[0], Check) else 1
        for write in writes:
            old, new = before.get(write.key, {}), after.get(write.key, {})
            row = write.row if isinstance(write, Put) else new
            size = max(_units(write.key, old, _WRITE_BYTES), _units(write.key, row, _WRITE_BYTES))
            self.writes[_place(write.key)] += price * (1 if isinstance(write, Check) else size)
            if outcome == Committed():
                self._index(old, new)
        return outcome

    def _index(self, old: Row, new: Row) -> None:
        """An entry of the due index that comes or goes costs one unit each; one that moves costs both."""
        was, now = ((row["due_shard"], row["due_at"]) if "due_at" in row else None for row in (old, new))
        for entry in {was, now} - {None} if was != now else ():
            assert entry is not None
            self.writes[f"state.due/{entry[0]}"] += 1


def _place(key: Key) -> str:
    return f"{key.table}/{key.partition}"


def _units(key: Key, row: Row, unit: int) -> int:
    return max(1, -(-stored_bytes(key, row) // unit))


def stored_bytes(key: Key, row: Row) -> int:
    """The size of a row (DynamoDB, "Item sizes and formats"): names, values, 3 bytes for a map or list, 1 for a part."""
    return sum(len(name.encode()) + _size(value) for name, value in to_attributes(key, row).items())


def _size(attribute: Mapping[str, Any]) -> int:
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(value.encode())
        case "B":
            return len(value)
        case "N":
            return -(-len(value.lstrip("-")) // 2) + 1
        case "L":
            return 3 + sum(1 + _size(part) for part in value)
        case "M":
            return 3 + sum(1 + len(name.encode()) + _size(part) for name, part in value.items())
    return 1
