"""What calls of the store cost in DynamoDB's units, for each key: the price, and what one partition must bear."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.ports import Check, Committed, Key, Put, Row, Store, Write

_READ_BYTES, _WRITE_BYTES = 4096, 1024
_TRANSACTIONAL = 2
"""A transaction prepares and commits, so each write and each check costs twice (DynamoDB, "Read and write operations")."""


class Counting:
    """A store that counts what DynamoDB would bill; sizes are those of the JSON text, which is never smaller."""

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
            self.reads[_place(key)] += _units(found.get(key, {}), _READ_BYTES)
        return found

    def commit(self, writes: Sequence[Write]) -> Any:
        """See ``ports.Store``: a cancelled transaction costs the same."""
        before = self._store.read([write.key for write in writes])
        outcome = self._store.commit(writes)
        after = self._store.read([write.key for write in writes])
        self.calls["commit"] += 1
        for write in writes:
            old, new = before.get(write.key, {}), after.get(write.key, {})
            size = max(_units(old, _WRITE_BYTES), _units(write.row if isinstance(write, Put) else new, _WRITE_BYTES))
            self.writes[_place(write.key)] += _TRANSACTIONAL * (1 if isinstance(write, Check) else size)
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


def _units(row: Row, unit: int) -> int:
    return max(1, -(-len(json.dumps(row, ensure_ascii=False).encode()) // unit))
