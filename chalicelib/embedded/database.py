"""One SQLite file (or ``:memory:``) and how it may be read and written."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chalicelib.ports import Unavailable

_VERSION = 1
_BUSY_MS = 5_000
_SCHEMA = """
CREATE TABLE rows (
    tbl TEXT NOT NULL, partition TEXT NOT NULL, sort TEXT NOT NULL,
    doc TEXT NOT NULL, due_shard INTEGER, due_at TEXT,
    PRIMARY KEY (tbl, partition, sort)
);
CREATE INDEX rows_due ON rows (due_shard, due_at) WHERE due_shard IS NOT NULL AND due_at IS NOT NULL;
CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, partition TEXT NOT NULL, sort TEXT NOT NULL);
CREATE TRIGGER ledger_streams AFTER INSERT ON rows WHEN NEW.tbl = 'ledger'
    BEGIN INSERT INTO outbox (partition, sort) VALUES (NEW.partition, NEW.sort); END;
CREATE TRIGGER ledger_never_replaced BEFORE INSERT ON rows
    WHEN NEW.tbl = 'ledger' AND EXISTS (
        SELECT 1 FROM rows WHERE tbl = NEW.tbl AND partition = NEW.partition AND sort = NEW.sort)
    BEGIN SELECT RAISE(ABORT, 'the ledger is insert-only'); END;
CREATE TRIGGER ledger_never_updated BEFORE UPDATE ON rows WHEN OLD.tbl = 'ledger' OR NEW.tbl = 'ledger'
    BEGIN SELECT RAISE(ABORT, 'the ledger is insert-only'); END;
CREATE TRIGGER ledger_never_deleted BEFORE DELETE ON rows WHEN OLD.tbl = 'ledger'
    BEGIN SELECT RAISE(ABORT, 'the ledger is insert-only'); END;
CREATE TRIGGER outbox_never_updated BEFORE UPDATE ON outbox
    BEGIN SELECT RAISE(ABORT, 'the stream of the ledger is insert-only'); END;
CREATE TRIGGER outbox_never_deleted BEFORE DELETE ON outbox
    BEGIN SELECT RAISE(ABORT, 'the stream of the ledger is insert-only'); END;
CREATE TABLE stream_readers (name TEXT PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE queued (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, body TEXT NOT NULL,
    sent_ms INTEGER NOT NULL, visible_ms INTEGER NOT NULL, receives INTEGER NOT NULL DEFAULT 0, receipt TEXT UNIQUE
);
CREATE INDEX queued_visible ON queued (queue, visible_ms);
"""


class Database:
    """Connections to one SQLite file: WAL, synchronous FULL, one writer at a time.

    SQLite's own busy wait is not fair (a writer starved for 3 s among 8 threads), so writers of this process wait on one
    lock; writers of other processes (the command line) are met by ``BEGIN IMMEDIATE`` and a busy time-out. A connection is
    used by one thread at a time and goes back to a pool; ``:memory:`` has one connection, always behind the lock.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        self._writer = threading.RLock()
        self._pool_lock = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._memory = self._connect() if self._path == ":memory:" else None
        if self._memory is None:
            # SQLite would make it readable to all; its log files take the mode of this one. A wrong path is told on connecting.
            with suppress(OSError):
                Path(path).touch(mode=0o600)
        try:
            self._prepare()
        except BaseException:
            self.close()
            raise

    @property
    def folder(self) -> Path | None:
        """Where the file lies; None for ``:memory:``."""
        return None if self._memory is not None else Path(self._path).resolve().parent

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection for single statements, each of which sees every commit before it; raises Unavailable."""
        with _unavailable(), self._connection() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A write transaction, committed durably when the body ends and rolled back when it raises; raises Unavailable."""
        with _unavailable(), self._writer, self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close every idle connection; one in use is closed when it comes back."""
        with self._pool_lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
        if self._memory is not None:
            self._memory.close()

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        if self._memory is not None:
            with self._writer:
                yield self._memory
            return
        with self._pool_lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            with self._pool_lock:
                kept = not self._closed
                if kept:
                    self._idle.append(connection)
            if not kept:
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _prepare(self) -> None:
        with self.writing() as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in _statements(_SCHEMA):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {_VERSION}")
            elif version != _VERSION:
                raise ValueError(
                    f"{self._path}: written by another version (layout {version}, this is {_VERSION}); use a new data folder"
                )


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Unavailable(f"SQLite: {error}") from error


def _statements(script: str) -> Iterator[str]:
    # Not executescript: that commits first, and a half-made layout must not survive a crash.
    statement = ""
    for line in script.strip().splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
