"""Every port in memory, with a clock that stands still: the fakes of the tests and of the simulation."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.domain.outcome import Carried, HttpRequest, NeverSent
from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.key import KeySigner
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Artefacts, Http, SecretSource

START = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


class ManualClock:
    """A clock that moves only when a test moves it."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        """See ``clock.Clock``."""
        return self._at

    def real_seconds(self, span: timedelta) -> float:
        """See ``clock.Clock``: nobody waits for it."""
        return 0.0

    def still(self) -> AbstractContextManager[None]:
        """See ``clock.Clock``: it always stands."""
        return nullcontext()

    def advance(self, by: timedelta) -> datetime:
        """Move on by ``by`` and give the new time; raises ValueError for going back."""
        return self.set(self._at + by)

    def set(self, at: datetime) -> datetime:
        """Move on to ``at`` and give it; raises ValueError for going back."""
        if at < self._at:
            raise ValueError("a clock never goes back")
        self._at = at
        return at


class MemoryArtefacts(Artefacts):
    """Immutable named bytes in a dictionary."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        """See ``Artefacts``."""
        with self._lock:
            if self._kept.setdefault(name, content) != content:
                raise ValueError(f"{name}: stored before with other bytes")

    def get(self, name: str) -> bytes | None:
        """See ``Artefacts``."""
        return self._kept.get(name)


class MemorySecrets(SecretSource):
    """Secrets that a test set; newest first."""

    def __init__(self, values: dict[str, tuple[str, ...]] | None = None) -> None:
        self.values = dict(values or {})

    def get(self, name: str) -> Secrets:
        """See ``SecretSource``."""
        return Secrets(self.values.get(name, ()))


class ScriptedHttp(Http):
    """Answers with what the test's function gives; keeps every request."""

    def __init__(self, answer: Callable[[HttpRequest], Carried] = lambda request: NeverSent("no network in tests")) -> None:
        self.answer = answer
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        """See ``Http``."""
        self.requests.append(request)
        return self.answer(request)


def memory_signer(name: str) -> KeySigner:
    """The same key for the same name in every run. Never for anything but tests."""
    return KeySigner(name, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPorts:
    """All ports of one imagined deployment; they share ``clock`` and ``store``."""

    clock: ManualClock
    store: SqliteStore
    mentions: SqliteQueue
    replies: SqliteQueue
    dead_letters: SqliteQueue
    artefacts: MemoryArtefacts = field(default_factory=MemoryArtefacts)
    secrets: MemorySecrets = field(default_factory=MemorySecrets)
    http: ScriptedHttp = field(default_factory=ScriptedHttp)
    sealer: KeySigner = field(default_factory=lambda: memory_signer("sealer"))
    publisher: KeySigner = field(default_factory=lambda: memory_signer("publisher"))


def memory_ports(at: datetime = START) -> MemoryPorts:
    """Fresh ports with the clock at ``at``; close ``store`` when the test ends."""
    clock = ManualClock(at)
    store = SqliteStore(":memory:")
    mentions, replies, dead = (SqliteQueue(store, name, clock) for name in ("mentions", "replies", "dead-letters"))
    return MemoryPorts(clock=clock, store=store, mentions=mentions, replies=replies, dead_letters=dead)
