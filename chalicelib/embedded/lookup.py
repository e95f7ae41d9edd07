"""Reads for the command line: searching what a Lambda never may, because DynamoDB would have to scan for it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Key, Row


class SqliteLookup:
    """Looks through the rows of one store; never writes."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self._database = store.database

    def find(self, table: str, partition_prefix: str, limit: int = 100) -> Sequence[tuple[Key, Row]]:
        """Rows whose partition starts with the prefix, in the order of partition and sort."""
        # a range, so that the primary key finds it: a list of cases asks for each of them
        return self._select(
            "WHERE tbl = ? AND partition >= ? AND partition < ? ORDER BY partition, sort LIMIT ?",
            (table, partition_prefix, f"{partition_prefix}\U0010ffff", limit),
        )

    def recent(self, table: str, limit: int = 100) -> Sequence[tuple[Key, Row]]:
        """The rows of a table that were made last, newest first (an update does not make a row newer)."""
        return self._select("WHERE tbl = ? ORDER BY rowid DESC LIMIT ?", (table, limit))

    def history(self, after: int, limit: int = 100) -> Sequence[tuple[int, Key, Row]]:
        """Ledger rows in the order in which they came, and so in that of the tree, each with its number, above ``after``."""
        return self._store.changes(after, limit)

    def newest(self) -> int:
        """The number of the ledger row that came last; 0 where there is none."""
        with self._database.reading() as connection:
            return int(connection.execute("SELECT COALESCE(MAX(seq), 0) FROM outbox").fetchone()[0])

    def _select(self, rest: str, values: tuple[str | int, ...]) -> Sequence[tuple[Key, Row]]:
        with self._database.reading() as connection:
            found = connection.execute(f"SELECT tbl, partition, sort, doc FROM rows {rest}", values).fetchall()
        return [(Key(table, partition, sort), json.loads(doc)) for table, partition, sort, doc in found]
