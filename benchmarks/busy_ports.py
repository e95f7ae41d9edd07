"""What a busy brand stands on in a benchmark: the embedded store, its commits counted, and a platform that posts everything."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.domain.keys import Key
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse
from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Cancelled, Committed, Row, Store, Write


class Counting(Store):
    """The store, with its commits counted and every reservation and end seen."""

    def __init__(self, store: SqliteStore) -> None:
        self._store, self._lock, self.commits = store, threading.Lock(), 0

    def read(self, wanted: Sequence[Key]) -> Mapping[Key, Row]:
        return self._store.read(wanted)

    def commit(self, writes: Sequence[Write]) -> Committed | Cancelled:
        with self._lock:
            self.commits += 1
        return self._store.commit(writes)

    def due(self, shard: int, until: datetime, limit: int = 1_000) -> Sequence[Key]:
        return self._store.due(shard, until, limit)

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        return self._store.partition(table, partition)


class Orders:
    """A queue that keeps the last order of each thread of this process, for that thread to carry out."""

    def __init__(self) -> None:
        self._mine = threading.local()

    def send(self, body: str, delay_s: int = 0) -> None:
        self._mine.body = body

    def taken(self) -> str | None:
        body: str | None = getattr(self._mine, "body", None)
        self._mine.body = None
        return body


class Nowhere:
    """A queue that nobody reads."""

    def send(self, body: str, delay_s: int = 0) -> None:
        pass


class Credentials:
    """One set of posting credentials."""

    def get(self, name: str) -> Secrets:
        names = ("consumer_key", "consumer_secret", "token", "token_secret")
        return Secrets((json.dumps(dict.fromkeys(names, "x" * 24)),))


class Platform:
    """The platform posts whatever it is sent."""

    def __init__(self) -> None:
        self.posted, self._lock = 0, threading.Lock()

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        with self._lock:
            self.posted += 1
            number = str(self.posted)
        document = json.loads(request.body)
        return HttpResponse(status=201, headers={}, body=json.dumps({"data": {"id": number, "text": document["text"]}}).encode())
