"""Runs every Lambda of a Chalice app in this process: queues, stream, schedules and HTTP, as AWS would trigger them."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import BaseEventSourceConfig, Chalice, DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

from chalicelib.embedded.clock import Clock
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.store import SqliteStore
from chalicelib.embedded.stream import LedgerStream, at_rest
from chalicelib.local.folder import FolderLock
from chalicelib.local.lambdas import Context, Event, failed, from_schedule, from_sqs, from_stream, sequence_number
from chalicelib.local.schedule import schedule
from chalicelib.local.server import Server

_POLL_S = 0.02
_RETRY_S = 0.2
_RAISED = "raised"
_log = logging.getLogger("ackguard.local")

Work = Callable[[], float]
"""One turn of a pump; gives how many seconds of the wall to wait before the next."""


class Runner:
    """Drives ``app`` from ``start`` to ``stop``.

    Each trigger has a thread of its own, and each Lambda runs once at a time (reserved concurrency 1 on AWS), so a slow post
    holds up neither a decision nor a webhook. ``queues`` are found by the names in the decorators, ``dead_letters`` says
    which queue takes what another gave up on after ``receives`` deliveries, each ``visibility_s`` seconds of ``clock``
    apart. A decorator that nothing here can trigger raises ValueError on construction.
    """

    def __init__(
        self,
        app: Chalice,
        store: SqliteStore,
        queues: Mapping[str, SqliteQueue],
        clock: Clock,
        port: int = 0,
        dead_letters: Mapping[str, str] | None = None,
        *,
        receives: int = 5,
        visibility_s: int = 180,
    ) -> None:
        self._app, self._store, self._queues, self._clock, self._port = app, store, queues, clock, port
        self._dead_letters = dict(dead_letters or {})
        self._receives, self._visibility_s = receives, visibility_s
        self._readers: list[str] = []
        self._http_lock = threading.Lock()
        self._stop = threading.Event()
        self._works = [(source.name, self._work(source)) for source in app.event_sources]
        for name in (*self._dead_letters, *self._dead_letters.values()):
            self._queue(name, "dead_letters")
        self._threads: list[threading.Thread] = []
        self._server: Server | None = None
        self._folder: FolderLock | None = None

    @property
    def url(self) -> str:
        """Where the routes are served, without a slash at the end; raises RuntimeError before ``start``."""
        if self._server is None:
            raise RuntimeError("the runner has not been started")
        return self._server.url

    def claim(self) -> None:
        """Make the data folder ours until ``stop``, before anything is written to it; raises FolderTaken if it is another's."""
        folder = self._store.database.folder
        if folder is not None and self._folder is None:
            self._folder = FolderLock(folder)

    def start(self) -> None:
        """Claim the folder, begin to serve and to pump; raises FolderTaken, and OSError for a port that is taken."""
        self.claim()
        self._server = Server(self._app, self._http, self._port)
        self._server.start()
        for name, work in self._works:
            thread = threading.Thread(target=self._pump, args=(name, work), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Accept nothing more, let every Lambda that runs finish, let go of the folder. What is queued stays queued."""
        self._stop.set()
        if self._server is not None:
            self._server.stop()
        for thread in self._threads:
            thread.join()
        if self._folder is not None:
            self._folder.release()
            self._folder = None

    def idle(self) -> bool:
        """Whether nothing is queued, delayed or in flight and the stream is read to its end, all at one moment."""
        return at_rest(self._store, list(self._queues), self._readers)

    def drain(self, timeout_s: float) -> bool:
        """Wait until ``idle``, at most ``timeout_s`` seconds of the wall; whether it came to that."""
        deadline = time.monotonic() + timeout_s
        while not self.idle():
            if time.monotonic() >= deadline or self._stop.wait(_POLL_S):
                return False
        return True

    def _work(self, source: BaseEventSourceConfig) -> Work:
        if isinstance(source, SQSEventConfig):
            return self._queue_work(source)
        if isinstance(source, DynamoDBEventConfig):
            return self._stream_work(source)
        if isinstance(source, ScheduledEventConfig):
            return self._schedule_work(source)
        raise ValueError(f"{source.name}: nothing here triggers {type(source).__name__}; use a queue, the stream or a schedule")

    def _queue(self, name: str, user: str) -> SqliteQueue:
        if name not in self._queues:
            raise ValueError(f"{user}: no queue {name!r}; there are {', '.join(sorted(self._queues))}")
        return self._queues[name]

    def _queue_work(self, source: SQSEventConfig) -> Work:
        name = source.queue or (source.queue_arn or "").rpartition(":")[2]
        queue = self._queue(name, source.name)

        def work() -> float:
            visible = queue.next_visible()
            if visible is None or visible > self._clock.now():
                return _POLL_S
            if name in self._dead_letters:
                queue.redrive(self._queues[self._dead_letters[name]], self._receives)
            if batch := queue.receive(source.batch_size, self._visibility_s):
                answer = self._invoke(source.name, from_sqs(name, batch))
                gone = failed(answer, [one.id for one in batch])
                for one in batch:
                    if one.id not in gone:
                        queue.delete(one.receipt)
            return 0.0

        return work

    def _stream_work(self, source: DynamoDBEventConfig) -> Work:
        stream = LedgerStream(self._store, source.name)
        self._readers.append(source.name)

        def work() -> float:
            rows = stream.waiting(source.batch_size)
            if not rows:
                return _POLL_S
            answer = self._invoke(source.name, from_stream(source.stream_arn, rows, self._clock.now()))
            numbers = [sequence_number(seq) for seq, _, _ in rows]
            gone = failed(answer, numbers)
            succeeded = next((place for place, number in enumerate(numbers) if number in gone), len(rows))
            if succeeded:
                stream.done(rows[succeeded - 1][0])
            return _RETRY_S if gone else 0.0

        return work

    def _schedule_work(self, source: ScheduledEventConfig) -> Work:
        expression = source.schedule_expression
        next_after = schedule(expression if isinstance(expression, str) else expression.to_string())
        due = next_after(self._clock.now())

        def work() -> float:
            nonlocal due
            now = self._clock.now()
            if now < due:
                return min(1.0, max(_POLL_S, self._clock.real_seconds(due - now)))
            self._invoke(source.name, from_schedule(source.name, due))
            due = next_after(self._clock.now())
            return 0.0

        return work

    def _invoke(self, name: str, event: Event) -> Any:
        """The Lambda's answer; one that raised answers so that its whole batch fails."""
        try:
            return self._app.handler_map[name](event, Context(self._app.app_name, name))
        except Exception as error:
            _report(name, error)
            return _RAISED

    def _http(self, event: Event) -> Mapping[str, Any]:
        try:
            with self._http_lock, self._clock.still():
                answer: Mapping[str, Any] = self._app(event, Context(self._app.app_name, "api_handler"))
            return answer
        except Exception as error:
            _report("api_handler", error)
            raise

    def _pump(self, name: str, work: Work) -> None:
        """Turn after turn; while there is something to do the clock stands, so a busy machine is late for nothing."""
        while not self._stop.is_set():
            with self._clock.still():
                while (pause := self._turn(name, work)) == 0.0 and not self._stop.is_set():
                    pass
            self._stop.wait(pause)

    def _turn(self, name: str, work: Work) -> float:
        try:
            return work()
        except Exception as error:
            _report(name, error)
            return _RETRY_S


def _report(name: str, error: Exception) -> None:
    # Never the error's text: it may quote what somebody wrote.
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s failed: %s at %s:%s", name, type(error).__name__, place.filename, place.lineno)
