"""The store of DynamoDB's semantics on SQLite, and the stream of what the ledger took in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from chalicelib.domain.codec import iso
from chalicelib.embedded.database import Database
from chalicelib.embedded.rows import after, holds
from chalicelib.ports import Cancelled, Committed, Key, Put, Row, Store, Update, Write
from chalicelib.rows import MOST, Document, checked_key, checked_writes, written


class SqliteStore(Store):
    """Rows in one SQLite file, or in ``:memory:``; safe to share between threads.

    A committed transaction survives SIGKILL and loss of power. Calls that DynamoDB refuses raise ValueError and write
    nothing; a file that cannot be read or written raises Unavailable.
    """

    def __init__(self, path: str | Path) -> None:
        self.database = Database(path)

    def read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """See ``Store``. All rows are of one moment. The same key twice reads once."""
        wanted = list(dict.fromkeys(checked_key(key) for key in keys))
        if len(wanted) > MOST:
            raise ValueError(f"a batch read has at most {MOST} keys, not {len(wanted)}")
        with self.database.reading() as connection:
            return _rows(connection, wanted)

    def commit(self, writes: Sequence[Write]) -> Committed | Cancelled:
        """See ``Store``. Every condition is held against the rows as they were before the transaction."""
        checked_writes(writes)
        with self.database.writing() as connection:
            before = _rows(connection, [write.key for write in writes])
            failed = frozenset(
                place
                for place, write in enumerate(writes)
                if not all(holds(condition, before.get(write.key)) for condition in write.when)
            )
            if failed:
                return Cancelled(failed)
            changes = [(w.key, after(w, before.get(w.key))) for w in writes if isinstance(w, (Put, Update))]
            _save(connection, changes)
        return Committed()

    def due(self, shard: int, until: datetime, limit: int = 1_000) -> Sequence[Key]:
        """See ``Store``. ``due_at`` is compared as text: write it with ``codec.iso``."""
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT tbl, partition, sort FROM rows WHERE due_shard = ? AND due_at <= ? ORDER BY due_at LIMIT ?",
                (shard, iso(until), limit),
            ).fetchall()
        return [Key(*place) for place in found]

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        """See ``Store``. ``sort`` is ordered by its bytes of UTF-8."""
        checked_key(Key(table, partition))
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT sort, doc FROM rows WHERE tbl = ? AND partition = ? ORDER BY sort", (table, partition)
            ).fetchall()
        return [(Key(table, partition, sort), json.loads(doc)) for sort, doc in found]

    def changes(self, after: int, limit: int = 100) -> list[tuple[int, Key, Row]]:
        """The ledger's stream: rows inserted after sequence number ``after`` (0: from the start), in the order of commit."""
        with self.database.reading() as connection:
            found = connection.execute(
                "SELECT o.seq, o.partition, o.sort, r.doc FROM outbox o JOIN rows r"
                " ON r.tbl = 'ledger' AND r.partition = o.partition AND r.sort = o.sort"
                " WHERE o.seq > ? ORDER BY o.seq LIMIT ?",
                (after, limit),
            ).fetchall()
        return [(seq, Key("ledger", partition, sort), json.loads(doc)) for seq, partition, sort, doc in found]

    def close(self) -> None:
        """Close the file; what was committed is already safe."""
        self.database.close()


def _rows(connection: sqlite3.Connection, keys: Iterable[Key]) -> dict[Key, Row]:
    places = [part for key in keys for part in (key.table, key.partition, key.sort)]
    if not places:
        return {}
    values = ", ".join(["(?, ?, ?)"] * (len(places) // 3))
    found = connection.execute(
        f"WITH wanted (t, p, s) AS (VALUES {values})"
        " SELECT tbl, partition, sort, doc FROM wanted CROSS JOIN rows ON tbl = t AND partition = p AND sort = s",
        places,
    )
    return {Key(table, partition, sort): json.loads(doc) for table, partition, sort, doc in found}


def _save(connection: sqlite3.Connection, changes: Sequence[tuple[Key, Document]]) -> None:
    connection.executemany(
        "INSERT INTO rows (tbl, partition, sort, doc, due_shard, due_at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (tbl, partition, sort) DO UPDATE"
        " SET doc = excluded.doc, due_shard = excluded.due_shard, due_at = excluded.due_at",
        [
            (key.table, key.partition, key.sort, text, document.get("due_shard"), document.get("due_at"))
            for (key, document), text in zip(changes, written(changes), strict=True)
        ],
    )
