"""Tell people of a case: one order, one sink, one request; what is not heard is told again, and in the end given up aloud."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import envelope, keys
from chalicelib.domain.announcement import GONE, Announcement, Refused, Retry, Told
from chalicelib.domain.codec import iso
from chalicelib.domain.limits import Limits
from chalicelib.ports import Absent, Equals, Http, Put, Queue, Row, SecretSource, Sink, Store
from chalicelib.steps.done import LONGEST_DELAY_S, Done, new_id
from chalicelib.steps.records import MACHINE, happened

ATTEMPTS = 8
FIRST_WAIT_S = 5
"""The wait doubles with every attempt: 5, 10, 20 ... 320 s, about ten minutes in all."""

DISABLED = "sink-disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncePorts:
    """What announcing may touch: the sinks that are on with their addresses and secrets; it can neither decide nor post."""

    store: Store
    announcements: Queue
    dead_letters: Queue
    secrets: SecretSource
    http: Http
    sinks: Mapping[str, Sink]
    addresses: Mapping[str, str]
    entropy: Callable[[int], bytes]


def run(body: str, ports: AnnouncePorts, limits: Limits, now: datetime) -> Done:
    """One turn of one announcement; raises ValueError for a body that is none (rescue ends it)."""
    order = envelope.announcement_in(body)
    if order.sink is None and len(ports.sinks) == 1:
        order = replace(order, sink=next(iter(ports.sinks)))
    return replace(_turn(order, ports, limits, now), since=order.at)


def _turn(order: Announcement, ports: AnnouncePorts, limits: Limits, now: datetime) -> Done:
    if order.sink is None:
        return _spread(order, ports)
    sink = ports.sinks.get(order.sink)
    if sink is None:
        return Done(order.id, "sink-off", order.sink)
    secret = ports.secrets.get(f"sink/{order.sink}")
    request = sink.request(order, ports.addresses.get(order.sink), secret, now)
    if isinstance(request, Refused):
        return _give_up(order, request.why, ports)
    address = hashlib.sha256(request.url.encode()).hexdigest()
    row = ports.store.read([keys.sink(order.sink)]).get(keys.sink(order.sink))
    if row is not None and row["gone"] == address:
        return _give_up(order, DISABLED, ports)
    told = sink.read(ports.http.send(request, limits.platform_timeout.total_seconds()))
    if isinstance(told, Told):
        return Done(order.id, "told", order.sink)
    if isinstance(told, Retry):
        return _again(order, told, ports)
    if told.why == GONE:
        _disable(order.sink, address, row, ports, now)
    return _give_up(order, told.why, ports)


def _spread(order: Announcement, ports: AnnouncePorts) -> Done:
    """An order for each sink that is on, so that one that is down does not make the others hear twice."""
    for name in sorted(ports.sinks):
        ports.announcements.send(envelope.pack(replace(order, sink=name)))
    return Done(order.id, "announcing" if ports.sinks else "no-sinks")


def _again(order: Announcement, retry: Retry, ports: AnnouncePorts) -> Done:
    if order.attempt + 1 >= ATTEMPTS:
        return _give_up(replace(order, attempt=order.attempt + 1), "not-heard", ports)
    wait = max(FIRST_WAIT_S * 2**order.attempt, retry.after_s)
    ports.announcements.send(envelope.pack(replace(order, attempt=order.attempt + 1)), delay_s=min(wait, LONGEST_DELAY_S))
    return Done(order.id, "told-again-later", order.sink or "")


def _give_up(order: Announcement, why: str, ports: AnnouncePorts) -> Done:
    """To the dead letters, where rescue records it and makes the case more urgent."""
    ports.dead_letters.send(envelope.pack(replace(order, failed=why)))
    return Done(order.id, "given-up", why)


def _disable(name: str, address: str, row: Row | None, ports: AnnouncePorts, now: datetime) -> None:
    """Never ask this address again: it said that it is gone for good. Another address in the settings is another sink."""
    record_id = new_id(ports.entropy)
    written = happened(
        id=record_id,
        kind="sink_disabled",
        at=now,
        actor=MACHINE,
        body={"sink": name, "reason": GONE},
        salt=ports.entropy(32),
    )
    unchanged = (Absent(),) if row is None else (Equals("gone", row["gone"]),)
    writes = [Put(keys.sink(name), {"gone": address, "at": iso(now)}, when=unchanged), *written.writes()]
    # A lost race means that somebody else has just heard the same and recorded it.
    ports.store.commit(writes)
