"""The protocols through which the steps reach the outside. Every method is one round trip.

``aws`` and ``embedded`` implement them and pass one contract suite. A transaction is all or nothing; a read is strongly
consistent. A port that cannot answer raises ``Unavailable``: the step ends, the queue brings the work back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Union

from chalicelib.domain.announcement import Announcement, Refused, Telling
from chalicelib.domain.fact import Fact
from chalicelib.domain.facts import Recognised
from chalicelib.domain.keys import Key as Key
from chalicelib.domain.outcome import Carried, HttpRequest
from chalicelib.domain.webhook import Secrets

Row = Mapping[str, Any]
"""A stored row: JSON values without floats."""


class Unavailable(Exception):
    """The outside did not answer, or answered that it cannot now. Whether a write happened is unknown."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The row is not there."""


@dataclass(frozen=True, slots=True)
class Equals:
    """The row is there and its field has this value."""

    field: str
    value: str | int


@dataclass(frozen=True, slots=True)
class Below:
    """The field is a number below ``limit``, or is not there."""

    field: str
    limit: int


@dataclass(frozen=True, slots=True)
class AbsentOrBefore:
    """The row is not there, or its field (an ISO time) is before ``at``. Expiry is a condition, never time to live."""

    field: str
    at: str


Condition = Union[Absent, Equals, Below, AbsentOrBefore]


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole row if every condition holds."""

    key: Key
    row: Row
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """Set fields, remove fields (``None``) and add to numbers, if every condition holds; makes the row where it is absent."""

    key: Key
    set: Row = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """Only hold the conditions."""

    key: Key
    when: tuple[Condition, ...]


Write = Union[Put, Update, Check]


@dataclass(frozen=True, slots=True)
class Committed:
    """Everything was written."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing was written: the conditions at these places of the transaction (in its order) did not hold."""

    places: frozenset[int]


class Store(Protocol):
    """Rows with conditional transactions, as DynamoDB has them."""

    def read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        """One strongly consistent batch read of at most 100 keys; rows that are not there are left out."""

    def commit(self, writes: Sequence[Write]) -> Committed | Cancelled:
        """One transaction of at most 100 writes on different rows."""

    def due(self, shard: int, until: datetime, limit: int = 1_000) -> Sequence[Key]:
        """Rows of one shard whose ``due_at`` is at or before ``until``, earliest first (an index: may lag)."""

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        """All rows of one partition in the order of ``sort``, strongly consistent."""


class Queue(Protocol):
    """A standard queue: at least once, in no order."""

    def send(self, body: str, delay_s: int = 0) -> None:
        """Accept the body durably, visible after ``delay_s`` seconds (at most 900)."""


class Artefacts(Protocol):
    """Immutable named bytes."""

    def put(self, name: str, content: bytes) -> None:
        """Store once; the same name with other bytes raises ValueError."""

    def get(self, name: str) -> bytes | None:
        """The bytes, None if the name is not there."""


class SecretSource(Protocol):
    """Live secrets by name, ``webhook/<platform>`` or ``posting/<platform>/<account>``."""

    def get(self, name: str) -> Secrets:
        """Newest first; empty where there is none."""


class SecretKeeper(SecretSource, Protocol):
    """A source that also takes a new secret; the one before stays live beside it."""

    def put(self, name: str, value: str) -> None:
        """Make ``value`` the newest of a name that there is. Durable when it returns; raises ``Unavailable``."""


class Http(Protocol):
    """One pooled client without retries of its own."""

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        """One attempt; every failure is a value."""


class Sink(Protocol):
    """One way to tell people of a case, sans-I/O. Its file in ``sinks/`` ends ``SINK: Sink = ...``; its name is the file's."""

    def request(
        self, announcement: Announcement, address: str | None, credentials: Secrets, now: datetime
    ) -> HttpRequest | Refused:
        """The request that tells it; Refused where address or secret cannot be used. ``address`` is the sink's setting."""

    def read(self, carried: Carried) -> Telling:
        """What became of ``request``."""


class Recogniser(Protocol):
    """Says how ordinary a request is. It can only earn: what it does not know is unknown, and unknown is a person."""

    def recognise(self, text: str) -> Fact[Recognised]:
        """The score of ``text`` with what told it; Unknown where the model is missing, broken or another one. Never raises."""


class Signer(Protocol):
    """An Ed25519 key that signs; only the sealer and the publisher hold one."""

    name: str

    def sign(self, content: bytes) -> bytes:
        """The 64-byte signature (RFC 8032)."""

    def public_key(self) -> bytes:
        """The 32-byte public key."""
