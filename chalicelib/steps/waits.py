"""How long people wait for a person lately: a small row for each first answer or broken promise, and their 80th percentile.

Who still waits counts too, with the time that is over so far: a queue in which nobody is answered must not look fast.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.facts import Wait
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.ports import Put, Row, Store, Unavailable, Write
from chalicelib.steps.done import Done
from chalicelib.steps.rows import to_row

if TYPE_CHECKING:
    from chalicelib.steps.surge import SurgePorts

HOUR = 13
"""How much of an ISO time names its hour."""

HOURS = (4, 24)
"""How far back to look: the last hours, and the whole day where they saw too few."""

EVERY = 5
"""Minutes between two measurements: what waits long does not change within a minute."""

ENOUGH = 5
"""Fewer waits say nothing about the next one; with fewer in a day no time is named."""


def sample(brand: str, id: str, since: datetime, now: datetime) -> Write:
    """One wait of ``id`` (a case or a mention) that began at ``since``: over, or as long as it is by now."""
    minutes = max(0, -(-int((now - since).total_seconds()) // 60))
    return Put(keys.waited(brand, iso(now)[:HOUR], id), {"minutes": minutes})


def measured(store: Store, brand: str, now: datetime) -> Wait | None:
    """The wait of the last hours, rounded up to whole minutes; None where too few waits were seen to say.

    A wait that was seen while it went on counts once, as long as it was at last.
    """
    longest: dict[str, int] = {}
    for first, end in pairwise((0, *HOURS)):
        for id, row in _rows(store, brand, now, range(first, end)):
            longest[id] = max(longest.get(id, 0), int(row["minutes"]))
        if len(longest) >= ENOUGH:
            return Wait(p80_minutes=nearest_rank([*longest.values()], 80), measured=now)
    return None


def nearest_rank(minutes: Sequence[int], percent: int) -> int:
    """The smallest of the values that at least ``percent`` of a hundred do not exceed; there has to be one."""
    return sorted(minutes)[-(-len(minutes) * percent // 100) - 1]


def run(ports: SurgePorts, now: datetime) -> Iterator[Done]:
    """Measure every brand in force; where too few waits were seen, what was measured before grows too old by itself."""
    if now.minute % EVERY:
        return
    try:
        loaded = ports.bundles.in_force(ports.store)
        for brand in () if isinstance(loaded.bundle, Broken) else loaded.bundle.brands:
            wait = measured(ports.store, brand, now)
            if wait is not None:
                place = keys.wait(brand)
                ports.store.commit([Put(place, to_row(wait, key=place))])
                yield Done("-", "wait-measured")
    except Unavailable:
        yield Done("-", "unavailable")


def _rows(store: Store, brand: str, now: datetime, hours: range) -> Iterator[tuple[str, Row]]:
    for back in hours:
        place = keys.waited(brand, iso(now - timedelta(hours=back))[:HOUR], "-")
        yield from ((key.sort, row) for key, row in store.partition(place.table, place.partition))
