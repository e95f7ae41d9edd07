"""Settle what ran out: an attempt without an outcome is looked up, a reservation past its deadline goes to a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.audit.record import sort_key
from chalicelib.domain.codec import decode
from chalicelib.domain.keys import SETTLED, Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.outcome import NotFound, Posted, Undecided
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.state import State
from chalicelib.ports import Cancelled, Unavailable
from chalicelib.steps.closing import Ending, ending_writes, put_standing
from chalicelib.steps.done import Done
from chalicelib.steps.post import PostPorts, made_public, outcome_writes
from chalicelib.steps.rows import Standing, from_row
from chalicelib.steps.telling import tell_again

LOOK_UPS_FOR = timedelta(minutes=10)
"""How long after its lease an unknown outcome is looked up before a person gets it."""

MAYBE = "may-have-been-posted"

A_MOMENT = timedelta(milliseconds=1)
"""A reply may still start at its deadline itself."""


def run(ports: PostPorts, limits: Limits, now: datetime) -> Iterator[Done]:
    """Settle everything that is due; one mention that cannot be settled now does not stop the others."""
    for shard in SETTLED:
        for key in ports.store.due(shard, now):
            yield _settle_one(key, ports, limits, now)


def _settle_one(key: Key, ports: PostPorts, limits: Limits, now: datetime) -> Done:
    try:
        row = ports.store.read([key]).get(key)
        if row is None:
            return Done("-", "nothing-to-settle")
        standing = from_row(Standing, row)
        if standing.state is State.RESERVED:
            return _expire(standing, ports, now)
        if standing.state is State.SENDING and standing.lease_until is not None and standing.lease_until <= now:
            return _look_up(standing, ports, limits, now)
        return Done(standing.id, "nothing-to-settle")
    except Unavailable:
        return Done("-", "unavailable")
    except (ValueError, KeyError):
        return Done("-", "unreadable")


def _expire(standing: Standing, ports: PostPorts, now: datetime) -> Done:
    """End what is past its deadline. What waits longer than usual is looked at then, so that it stands before no lost attempt."""
    if standing.deadline is not None and now <= standing.deadline:
        waiting = replace(standing, settle_at=standing.deadline + A_MOMENT)
        if waiting != standing:
            ports.store.commit([put_standing(standing, waiting)])
        return Done(standing.id, "nothing-to-settle")
    return _end(standing, Ending(state=State.HUMAN, reason="late"), ports, now)


def _look_up(standing: Standing, ports: PostPorts, limits: Limits, now: datetime) -> Done:
    """Ask the platform, which is no authority for absence: found is posted, anything else ends with a person."""
    private = Key("private", standing.id, sort_key("decision"))
    reservation = decode(Reservation, ports.store.read([private])[private]["reservation"])
    request = ports.request_for(reservation, now, look_up=True)
    if isinstance(request, str):
        return _end(standing, Ending(state=State.HUMAN, reason=MAYBE), ports, now)
    platform = ports.platform_of(standing.platform)
    found = platform.read_lookup(reservation, ports.http.send(request, limits.platform_timeout.total_seconds()))
    if isinstance(found, Posted):
        made_public(standing, reservation, found, ports.store, now)
        writes = outcome_writes(standing, reservation, found, ports.entropy, now, looked_up=True)
        if isinstance(ports.store.commit(writes), Cancelled):
            return Done(standing.id, "settled-elsewhere")
        return Done(standing.id, State.POSTED.value, "looked-up")
    if isinstance(found, Undecided) and standing.lease_until is not None and now < standing.lease_until + LOOK_UPS_FOR:
        return Done(standing.id, "looked-up-in-vain")
    return _end(standing, Ending(state=State.HUMAN, reason=MAYBE, looked_up=isinstance(found, NotFound)), ports, now)


def _end(standing: Standing, ending: Ending, ports: PostPorts, now: datetime) -> Done:
    if isinstance(ports.store.commit(ending_writes(standing, ending, now, ports.entropy)), Cancelled):
        return Done(standing.id, "settled-elsewhere")
    tell_again(replace(standing, state=ending.state), ports.store, ports.announcements, now, ending.reason)
    return Done(standing.id, ending.state.value, ending.reason)
