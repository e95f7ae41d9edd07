"""What an acknowledgement promised: opened when it is public, ended by the answer of a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.facts import Case, Promise
from chalicelib.domain.reservation import Reservation
from chalicelib.ports import Absent, Equals, Put, Store, Write
from chalicelib.steps.records import Written, happened
from chalicelib.steps.rows import Standing, from_row, to_row

PROMISES_READ, PROMISES_ENDED = 50, 10
"""One person gets one acknowledgement a day, so a case has few promises; this many always fit one transaction."""


def opened(sending: Standing, reservation: Reservation, now: datetime) -> Write:
    """The promise of a reply that is public now; it stands in the due-time index until it has ended."""
    promise = Promise(
        mention=sending.id,
        made=now,
        due=reservation.due,
        brand=sending.brand,
        topic=reservation.topic,
        conversation=keys.case(reservation.platform, reservation.account, reservation.author_id).partition,
        person=keys.person(reservation.platform, reservation.author_id).partition,
    )
    place = keys.promise(sending.id)
    return Put(place, to_row(promise, key=place, due=promise.late_at), when=(Absent(),))


def ending(case: Case, actor: Actor, at: datetime, store: Store, entropy: Callable[[int], bytes]) -> list[Write]:
    """Every promise that still waits in this case ends with an answer: kept, or broken where its time is over."""
    places = [keys.promise(record) for record in case.mentions[-PROMISES_READ:]]
    writes: list[Write] = []
    for place, row in list(store.read(places).items()) if places else ():
        promise = from_row(Promise, row)
        if promise.status not in ("open", "late") or len(writes) >= 3 * PROMISES_ENDED:
            continue
        ended = replace(promise, status="kept" if promise.due is None or at <= promise.due else "broken")
        writes += [
            Put(place, to_row(ended, key=place), when=(Equals("status", promise.status),)),
            *recorded(promise, ended.status, actor, at, entropy).writes(),
        ]
    return writes


def recorded(before: Promise, status: str, actor: Actor, at: datetime, entropy: Callable[[int], bytes]) -> Written:
    """The record of what became of a promise, under the id of the mention whose reply made it: the second one if it ran late."""
    number = 0 if before.status == "open" else 1
    return happened(
        id=before.mention,
        kind="promise",
        number=number,
        at=at,
        brand=before.brand,
        actor=actor,
        body={"status": status, "made": iso(before.made), "due": iso(before.due) if before.due else None},
        salt=entropy(32),
        person=before.person,
    )
