"""Watch what people were told and what waits for them, and keep the ledger's heart beating."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import keys
from chalicelib.domain.codec import instant, iso
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import WATCHED, Key
from chalicelib.ports import Cancelled, Put, Store, Unavailable
from chalicelib.steps import late, waits
from chalicelib.steps.done import Done, new_id
from chalicelib.steps.records import WATCHER, happened
from chalicelib.steps.rows import from_row, to_row, unchanged

BEAT = timedelta(minutes=5)
"""How often a heartbeat is written: well inside the time after which a silent ledger stops acknowledging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPorts:
    """What the watch may touch: rows and fresh salts."""

    store: Store
    entropy: Callable[[int], bytes]


def run(ports: WatchPorts, now: datetime) -> Iterator[Done]:
    """Mark everything that is past its time, once; what cannot be reached now waits for the next run."""
    yield _beat(ports, now)
    for shard in WATCHED:
        for key in ports.store.due(shard, now):
            try:
                if key.partition.startswith("case#"):
                    yield _overdue(key, ports, now)
                elif key.partition.startswith("promise#"):
                    yield late.look_at(key, ports.store, ports.entropy, now)
            except Unavailable:
                yield Done("-", "unavailable")
            except (ValueError, KeyError):
                yield Done("-", "unreadable")


def _beat(ports: WatchPorts, now: datetime) -> Done:
    """A heartbeat record: if the stream does not bring it to the tree, the decider sees that and goes silent."""
    try:
        row = ports.store.read([keys.heartbeat(), keys.pointer()])
        last = row.get(keys.heartbeat(), {})
        if last and now - instant(last["at"]) < BEAT:
            return Done("-", "beat-before")
        id, version = new_id(ports.entropy), int(last.get("version", 0))
        policy = row.get(keys.pointer(), {}).get("sha256")
        written = happened(
            id=id,
            kind="heartbeat",
            at=now,
            actor=WATCHER,
            body={"policy": f"sha256:{policy}" if policy else None},
            salt=ports.entropy(32),
        )
        beat = Put(keys.heartbeat(), {"at": iso(now), "version": version + 1}, when=unchanged(version))
        return Done(id, "contended" if isinstance(ports.store.commit([beat, *written.writes()]), Cancelled) else "beat")
    except Unavailable:
        return Done("-", "unavailable")


def _overdue(key: Key, ports: WatchPorts, now: datetime) -> Done:
    """A case that nobody answered in time: the highest urgency that is not a danger to life, out of the due index."""
    row = ports.store.read([key]).get(key)
    case = from_row(Case, row) if row is not None else None
    if case is None or case.status == "closed" or case.due > now:
        return Done("-", "nothing-overdue")
    urgent = replace(case, version=case.version + 1, priority=min(case.priority, 1))
    written = happened(
        id=case.id,
        kind="case_overdue",
        number=case.version,
        at=now,
        brand=case.brand,
        actor=WATCHER,
        body={"due": iso(case.due), "department": case.department, "priority": case.priority, "status": case.status},
        salt=ports.entropy(32),
        person=key.partition,
    )
    writes = [
        Put(key, to_row(urgent, key=key), when=unchanged(case.version)),
        waits.sample(case.brand, case.id, case.opened, now),
        *written.writes(),
    ]
    return Done(case.id, "contended" if isinstance(ports.store.commit(writes), Cancelled) else "overdue")
