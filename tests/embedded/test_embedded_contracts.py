"""The embedded backend keeps every contract, in a file and in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.embedded.artefacts import FileArtefacts
from chalicelib.embedded.key import LocalSigner
from chalicelib.embedded.memory import ManualClock, MemoryArtefacts, memory_signer
from chalicelib.embedded.queues import Received, SqliteQueue
from chalicelib.embedded.secrets import FileSecrets
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Artefacts, Signer
from tests.contracts.artefacts import ArtefactsContract
from tests.contracts.queue import QueueContract
from tests.contracts.secrets import SecretsContract
from tests.contracts.signer import SignerContract
from tests.contracts.store import StoreContract


@pytest.fixture(params=["file", "memory"])
def sqlite(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.db" if request.param == "file" else ":memory:")
    yield store
    store.close()


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def store(self, sqlite: SqliteStore) -> SqliteStore:
        return sqlite


class SqliteBench:
    def __init__(self, store: SqliteStore) -> None:
        self.clock = ManualClock()
        self.queue = SqliteQueue(store, "mentions", self.clock)
        self.dead_letters = SqliteQueue(store, "dead-letters", self.clock)

    def receive(self, max_n: int = 10, visibility_s: int = 30) -> Sequence[Received]:
        self.queue.redrive(self.dead_letters, receives=2)
        return self.queue.receive(max_n, visibility_s)

    def delete(self, receipt: str) -> None:
        self.queue.delete(receipt)

    def wait(self, span: timedelta) -> None:
        self.clock.advance(span)

    def dead(self) -> Sequence[Received]:
        return self.dead_letters.receive(10, 30)


class TestSqliteQueue(QueueContract):
    @pytest.fixture
    def bench(self, sqlite: SqliteStore) -> SqliteBench:
        return SqliteBench(sqlite)


class TestFileArtefacts(ArtefactsContract):
    @pytest.fixture(params=["file", "memory"])
    def artefacts(self, request: pytest.FixtureRequest, tmp_path: Path) -> Artefacts:
        return FileArtefacts(tmp_path / "artefacts") if request.param == "file" else MemoryArtefacts()


class FileBench:
    def __init__(self, path: Path) -> None:
        self.source = FileSecrets(path, ["webhook/x"])

    def rotate(self, name: str) -> str:
        return self.source.rotate(name)


class TestFileSecrets(SecretsContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> FileBench:
        return FileBench(tmp_path / "secrets.json")


class TestLocalSigner(SignerContract):
    @pytest.fixture(params=["file", "memory"])
    def signer(self, request: pytest.FixtureRequest, tmp_path: Path) -> Signer:
        return LocalSigner(tmp_path / "sealer.pem", "sealer") if request.param == "file" else memory_signer("sealer")
