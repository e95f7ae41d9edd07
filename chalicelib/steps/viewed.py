"""Put on the record who was shown or given what, before it is shown or given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain.codec import Json, iso
from chalicelib.ports import Committed, Store, Unavailable
from chalicelib.steps.done import Done, new_id
from chalicelib.steps.records import happened

MOST = 1_000
"""Ids in one record, so that a leaf stays far below what a tree of tiles can hold (64 KB)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewPorts:
    """What recording a view or a copy may touch."""

    store: Store
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What leaves the deployment: ``since`` (inclusive) and ``until`` (exclusive) bound the time, None is open.

    ``count`` records; ``sha256`` is ``sha256:<hex>`` of the file, ``private_sha256`` of the file of private halves, None without.
    """

    format: str
    brand: str | None
    since: datetime | None
    until: datetime | None
    count: int
    sha256: str
    private_sha256: str | None


def viewed(
    records: Sequence[str], through: str, actor: Actor, ports: ViewPorts, now: datetime, reason: str | None = None
) -> Done:
    """Record that ``actor`` is about to see private halves of ``records`` through the screen of that name (a slug).

    ``reason`` is a sentence of the person, and private. Raises Unavailable where it is not on record: then nothing may be shown.
    """
    private = {"reason": reason} if reason else None
    done = Done("-", "nothing-private")
    for start in range(0, len(records), MOST):
        body: dict[str, Json] = {"records": list(records[start : start + MOST]), "through": through}
        done = _recorded("viewed", body, None, private, actor, ports, now)
    return done


def exported(copy: Copy, actor: Actor, ports: ViewPorts, now: datetime) -> Done:
    """Record that ``actor`` is about to get ``copy``; raises Unavailable where it is not on record: then nobody gets it."""
    body: dict[str, Json] = {
        "format": copy.format,
        "private": copy.private_sha256 is not None,
        "since": iso(copy.since) if copy.since else None,
        "until": iso(copy.until) if copy.until else None,
        "count": copy.count,
        "sha256": copy.sha256,
        "private_sha256": copy.private_sha256,
    }
    return _recorded("exported", body, copy.brand, None, actor, ports, now)


def _recorded(
    kind: str,
    body: Mapping[str, Json],
    brand: str | None,
    private: Mapping[str, Json] | None,
    actor: Actor,
    ports: ViewPorts,
    now: datetime,
) -> Done:
    record_id = new_id(ports.entropy)
    written = happened(
        id=record_id,
        kind=kind,
        at=now,
        brand=brand,
        actor=actor,
        body=body,
        private=private,
        salt=ports.entropy(32),
    )
    if not isinstance(ports.store.commit(written.writes()), Committed):
        raise Unavailable("a record id came twice")
    return Done(record_id, kind)
