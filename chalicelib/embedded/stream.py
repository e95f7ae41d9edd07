"""Who reads the stream of the ledger, and how far each has come."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Key, Row


class LedgerStream:
    """One reader's place in the stream; kept in the store's file, so a new process goes on where the last one was done."""

    def __init__(self, store: SqliteStore, reader: str) -> None:
        self._store = store
        self._reader = reader

    def position(self) -> int:
        """Sequence number of the last row that is done; 0 before the first."""
        with self._store.database.reading() as connection:
            found = connection.execute("SELECT seq FROM stream_readers WHERE name = ?", (self._reader,)).fetchone()
        return int(found[0]) if found else 0

    def waiting(self, limit: int = 100) -> Sequence[tuple[int, Key, Row]]:
        """The next rows, oldest first; they stay waiting until ``done``."""
        return self._store.changes(self.position(), limit)

    def done(self, seq: int) -> None:
        """Everything up to ``seq`` is done; going back is ignored."""
        with self._store.database.writing() as connection:
            connection.execute(
                "INSERT INTO stream_readers (name, seq) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET seq = max(seq, excluded.seq)",
                (self._reader, seq),
            )


def at_rest(store: SqliteStore, queues: Sequence[str], readers: Sequence[str]) -> bool:
    """Whether at one moment these queues were empty (nothing delayed, nothing in flight) and these readers had read it all."""
    # No reader is past the end, so the sum of their places says whether all of them are at it.
    queued = ", ".join("?" * len(queues))
    named = ", ".join("?" * len(readers))
    with store.database.reading() as connection:
        (rest,) = connection.execute(
            f"SELECT NOT EXISTS (SELECT 1 FROM queued WHERE queue IN ({queued}))"
            " AND (SELECT coalesce(max(seq), 0) FROM outbox) * ?"
            f" <= (SELECT coalesce(sum(seq), 0) FROM stream_readers WHERE name IN ({named}))",
            (*queues, len(readers), *readers),
        ).fetchone()
    return bool(rest)
