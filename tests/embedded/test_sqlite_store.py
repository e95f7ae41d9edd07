"""What the embedded store promises beyond the port: durability, an insert-only ledger, the stream, searching."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.memory import ManualClock
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.store import SqliteStore
from chalicelib.embedded.stream import LedgerStream, at_rest
from chalicelib.ports import Absent, Cancelled, Committed, Key, Put, Unavailable, Update

WRITER = """
import sys
from chalicelib.embedded.store import SqliteStore
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.memory import ManualClock
from chalicelib.ports import Absent, Key, Put, Update
store = SqliteStore(sys.argv[1])
queue = SqliteQueue(store, "mentions", ManualClock())
for number in range(1_000_000):
    store.commit([Put(Key("ledger", "m", f"{number:09}"), {"n": number}, (Absent(),)), Update(Key("state", "sum"), add={"n": 1})])
    queue.send(str(number))
    print(number, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path)
    yield store
    store.close()


def record(sort: str, partition: str = "m") -> Put:
    return Put(Key("ledger", partition, sort), {"sort": sort}, (Absent(),))


@pytest.mark.parametrize("acknowledged", [1, 40, 150])
def test_after_kill_9_everything_acknowledged_is_there_and_nothing_is_half(path: Path, acknowledged: int) -> None:
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(acknowledged):
            last = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        last = max([last, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    store = SqliteStore(path)
    rows = store.partition("ledger", "m")
    queue = SqliteQueue(store, "mentions", ManualClock())
    assert [row["n"] for _, row in rows] == list(range(len(rows)))
    assert len(rows) > last
    assert store.read([Key("state", "sum")])[Key("state", "sum")] == {"n": len(rows)}
    assert [seq for seq, _, _ in store.changes(0, 10_000)] == list(range(1, len(rows) + 1))
    assert len(rows) >= queue.depth() > last
    store.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rows SET doc = '{}' WHERE tbl = 'ledger'",
        "UPDATE rows SET tbl = 'ledger' WHERE tbl = 'state'",
        "UPDATE OR REPLACE rows SET tbl = 'state' WHERE tbl = 'ledger'",
        "DELETE FROM rows WHERE tbl = 'ledger'",
        "INSERT OR REPLACE INTO rows (tbl, partition, sort, doc) VALUES ('ledger', 'm', '1', '{}')",
        "REPLACE INTO rows (tbl, partition, sort, doc) SELECT tbl, partition, sort, '{}' FROM rows WHERE tbl = 'ledger'",
        "UPDATE outbox SET sort = '2'",
        "DELETE FROM outbox",
    ],
)
def test_not_even_sql_changes_the_ledger_or_its_stream(store: SqliteStore, path: Path, statement: str) -> None:
    store.commit([record("1"), Put(Key("state", "p"), {})])
    stranger = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="insert-only"):
        stranger.execute(statement)
    stranger.close()
    assert [row for _, _, row in store.changes(0, 10)] == [{"sort": "1"}]


def test_the_stream_is_what_the_ledger_took_in_the_order_of_commit(store: SqliteStore) -> None:
    store.commit([record("b"), Put(Key("state", "p"), {}), record("a")])
    assert store.commit([record("c"), record("a")]) == Cancelled(frozenset({1}))
    store.commit([record("d")])
    assert [(seq, key.sort, row) for seq, key, row in store.changes(0, 10)] == [
        (1, "b", {"sort": "b"}),
        (2, "a", {"sort": "a"}),
        (3, "d", {"sort": "d"}),
    ]
    assert [key.sort for _, key, _ in store.changes(1, 1)] == ["a"]


def test_a_reader_of_the_stream_goes_on_where_it_was_done_and_never_back(path: Path) -> None:
    first = SqliteStore(path)
    first.commit([record(str(number)) for number in range(5)])
    stream = LedgerStream(first, "sequence_ledger")
    assert [seq for seq, _, _ in stream.waiting(2)] == [1, 2]
    assert [seq for seq, _, _ in stream.waiting(2)] == [1, 2]
    stream.done(2)
    stream.done(1)
    first.close()
    second = SqliteStore(path)
    assert [seq for seq, _, _ in LedgerStream(second, "sequence_ledger").waiting()] == [3, 4, 5]
    assert len(LedgerStream(second, "another").waiting()) == 5
    second.close()


def test_at_rest_means_no_queued_body_and_no_reader_behind(store: SqliteStore) -> None:
    queue = SqliteQueue(store, "replies", ManualClock())
    assert at_rest(store, ["replies"], ["a", "b"])
    queue.send("later", delay_s=900)
    assert not at_rest(store, ["replies"], ["a", "b"])
    assert at_rest(store, ["mentions"], ["a", "b"])
    store.commit([record("1"), record("2")])
    assert not at_rest(store, ["mentions"], ["a", "b"])
    assert at_rest(store, ["mentions"], [])
    LedgerStream(store, "a").done(2)
    LedgerStream(store, "b").done(1)
    assert not at_rest(store, ["mentions"], ["a", "b"])
    LedgerStream(store, "b").done(2)
    assert at_rest(store, ["mentions"], ["a", "b"])


def test_two_processes_may_use_one_file(store: SqliteStore, path: Path) -> None:
    other = SqliteStore(path)

    def add(number: int) -> None:
        for _ in range(20):
            (store if number % 2 else other).commit([Update(Key("state", "sum"), add={"n": 1})])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    other.close()
    assert store.read([Key("state", "sum")])[Key("state", "sum")] == {"n": 80}


def test_a_file_that_cannot_be_used_is_unavailable_not_a_strange_error(store: SqliteStore, path: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path / "no such folder" / "store.db")
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("DROP TABLE rows")
    stranger.close()
    with pytest.raises(Unavailable):
        store.commit([record("1")])
    with pytest.raises(Unavailable):
        store.read([Key("state", "p")])


def test_a_writer_that_waits_too_long_for_another_process_is_unavailable(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.embedded.database._BUSY_MS", 50)
    store = SqliteStore(path)
    stranger = sqlite3.connect(path, isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        store.commit([record("1")])
    stranger.execute("ROLLBACK")
    stranger.close()
    assert store.commit([record("1")]) == Committed()
    store.close()


def test_a_file_of_another_layout_is_refused_with_the_remedy(path: Path) -> None:
    stranger = sqlite3.connect(path)
    stranger.execute("PRAGMA user_version = 99")
    stranger.close()
    with pytest.raises(ValueError, match=r"layout 99.*new data folder"):
        SqliteStore(path)


def test_a_reader_sees_every_row_of_a_transaction_or_none(store: SqliteStore) -> None:
    keys = [Key("state", str(number)) for number in range(20)]
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            store.commit([Put(key, {"n": number}) for key in keys])

    store.commit([Put(key, {"n": 0}) for key in keys])
    writer = threading.Thread(target=write)
    writer.start()
    seen = [{row["n"] for row in store.read(keys).values()} for _ in range(200)]
    stop.set()
    writer.join()
    assert {len(numbers) for numbers in seen} == {1}


def test_lookup_finds_by_the_start_of_the_partition(store: SqliteStore) -> None:
    names = ["mention#x#1", "mention#x#2", "mention%", "mentionX", "case#x"]
    store.commit([Put(Key("state", name, sort), {"name": name}) for name in names for sort in ("b", "a")])
    lookup = SqliteLookup(store)
    assert [(key.partition, key.sort) for key, _ in lookup.find("state", "mention#x#")] == [
        ("mention#x#1", "a"),
        ("mention#x#1", "b"),
        ("mention#x#2", "a"),
        ("mention#x#2", "b"),
    ]
    assert [key.partition for key, _ in lookup.find("state", "mention%")] == ["mention%", "mention%"]
    assert len(lookup.find("state", "mention", limit=3)) == 3
    assert len(lookup.find("state", "")) == 10
    assert lookup.find("control", "") == []


def test_lookup_gives_the_newest_rows_first(store: SqliteStore) -> None:
    for number in range(5):
        store.commit([record(str(number))])
    assert [key.sort for key, _ in SqliteLookup(store).recent("ledger", 3)] == ["4", "3", "2"]


def test_a_commit_waits_for_the_disk(store: SqliteStore) -> None:
    """Losing power cannot be tried here; that SQLite was told to survive it can."""
    full = 2
    with store.database.reading() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone() == (full,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nobody_else_may_read_the_file_or_its_logs(store: SqliteStore, path: Path) -> None:
    store.commit([record("1")])
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert len(list(path.parent.iterdir())) > 1
