"""Standard queues (at least once, in no order) in the SQLite file of the store."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from chalicelib.embedded.clock import Clock
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Queue

_BODY_BYTES = 1024 * 1024
_DELAY_S = 900
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One delivery of a body. ``receipt`` belongs to this delivery, ``id`` to the body; ``receive_count`` starts at 1."""

    receipt: str
    id: str
    body: str
    receive_count: int
    sent: datetime


class SqliteQueue(Queue):
    """One named queue with SQS's semantics; the consumer side is for the runner and the simulation only."""

    def __init__(self, store: SqliteStore, name: str, clock: Clock) -> None:
        self.name = name
        self._database = store.database
        self._clock = clock

    def send(self, body: str, delay_s: int = 0) -> None:
        """See ``Queue``. Raises ValueError for an empty body, one over 1 MiB, or a delay outside 0 to 900 s."""
        if not 1 <= len(body.encode()) <= _BODY_BYTES:
            raise ValueError(f"{self.name}: a body has 1 to {_BODY_BYTES} bytes")
        if not 0 <= delay_s <= _DELAY_S:
            raise ValueError(f"{self.name}: a delay is 0 to {_DELAY_S} seconds, not {delay_s}")
        now = self._now_ms()
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO queued (id, queue, body, sent_ms, visible_ms) VALUES (?, ?, ?, ?, ?)",
                (str(uuid.uuid4()), self.name, body, now, now + delay_s * 1000),
            )

    def receive(self, max_n: int, visibility_s: int) -> Sequence[Received]:
        """At most ``max_n`` visible bodies, longest visible first; each is hidden for ``visibility_s`` seconds."""
        now = self._now_ms()
        deliveries = []
        with self._database.writing() as connection:
            found = connection.execute(
                "SELECT seq, id, body, sent_ms, receives FROM queued WHERE queue = ? AND visible_ms <= ?"
                " ORDER BY visible_ms, seq LIMIT ?",
                (self.name, now, max_n),
            ).fetchall()
            for seq, id_, body, sent_ms, receives in found:
                receipt = uuid.uuid4().hex
                connection.execute(
                    "UPDATE queued SET receives = receives + 1, visible_ms = ?, receipt = ? WHERE seq = ?",
                    (now + visibility_s * 1000, receipt, seq),
                )
                sent = _EPOCH + timedelta(milliseconds=sent_ms)
                deliveries.append(Received(receipt=receipt, id=id_, body=body, receive_count=receives + 1, sent=sent))
        return deliveries

    def delete(self, receipt: str) -> None:
        """Forget the body of this delivery; a receipt that a later delivery replaced does nothing."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM queued WHERE queue = ? AND receipt = ?", (self.name, receipt))

    def redrive(self, dead_letters: SqliteQueue, receives: int) -> int:
        """Move what was received ``receives`` times and is visible again to ``dead_letters``; gives how many."""
        now = self._now_ms()
        with self._database.writing() as connection:
            moved = connection.execute(
                "UPDATE queued SET queue = ?, receives = 0, visible_ms = ?, receipt = NULL"
                " WHERE queue = ? AND receives >= ? AND visible_ms <= ?",
                (dead_letters.name, now, self.name, receives, now),
            )
            return moved.rowcount

    def depth(self) -> int:
        """How many bodies are here: visible, delayed and in flight."""
        with self._database.reading() as connection:
            (count,) = connection.execute("SELECT count(*) FROM queued WHERE queue = ?", (self.name,)).fetchone()
        return int(count)

    def next_visible(self) -> datetime | None:
        """When the next body is or was visible; None for an empty queue."""
        return self._earliest("visible_ms")

    def oldest_age(self) -> timedelta:
        """How long ago the oldest body that is still here was sent; zero for an empty queue."""
        sent = self._earliest("sent_ms")
        return self._clock.now() - sent if sent else timedelta(0)

    def _earliest(self, column: str) -> datetime | None:
        with self._database.reading() as connection:
            (ms,) = connection.execute(f"SELECT min({column}) FROM queued WHERE queue = ?", (self.name,)).fetchone()
        return None if ms is None else _EPOCH + timedelta(milliseconds=ms)

    def _now_ms(self) -> int:
        return (self._clock.now() - _EPOCH) // timedelta(milliseconds=1)
