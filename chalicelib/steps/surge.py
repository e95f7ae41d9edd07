"""A surge pauses its own topic, opens one case for all of it, and waits for a person: looked for each minute.

What trips is decided by ``trips``, a pure function of the tally, the usual day and the brand; the record keeps its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.decision import Outcome
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import Key
from chalicelib.domain.scope import Scope
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.ports import Cancelled, Put, Queue, Row, Store, Unavailable
from chalicelib.steps import tally
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.casework import due_of, put_case
from chalicelib.steps.done import Done, News, new_id, order_announcement
from chalicelib.steps.pause import PausePorts, Word, pause, targets_of
from chalicelib.steps.records import WATCHER, Written, happened
from chalicelib.steps.rows import from_row
from chalicelib.steps.tally import Matter

PRIORITY = 1

TIMES_USUAL = 3
"""So many times the people of the same hour of the week are no usual day."""

LEARNED_IN = 60
"""Minutes after which most of what is usual comes from this week's hour."""

TENTHS = 10
"""The usual number of people is kept in tenths: stored numbers are whole."""

FEW = 3
"""So many objections to the machine within ten minutes are enough, whatever is usual."""

MUTE = "no-control-record"
"""An account without one says nothing anyway: law sends all of it to people."""

WHY = {
    tally.VOLUME: "Far more people than usual write about the same thing.",
    tally.WORDING: "Many people send the same words.",
    tally.LINK: "Many people send the same link.",
    tally.THREAD: "One thread grows faster than a conversation does.",
    tally.OBJECTION: "Several people object to the machine.",
    tally.BROKEN: "Several promises were not kept: nobody should get another one.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurgePorts:
    """What looking for a surge may touch: rows, the bundle (whose brands), the queue that tells people, fresh ids and salts."""

    store: Store
    bundles: Bundles
    announcements: Queue
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, order=True)
class Trip:
    """Why something is paused: ``people`` of a matter reached ``over``. ``scope`` is a topic of the brand, or the brand."""

    scope: str
    kind: str
    people: int
    over: int


def trips(people: Mapping[Matter, int], usual: Row, brand: Brand) -> tuple[Trip, ...]:
    """What has grown too fast, one trip for each scope: the one with most people behind it. Nothing recognised: the brand."""
    found: dict[str, Trip] = {}
    for matter, count in people.items():
        over = _over(matter, usual, brand)
        if count < over or (matter.kind in (tally.VOLUME, tally.THREAD) and not matter.topic):
            continue  # where no topic was recognised nothing is acknowledged: there is nothing to pause
        scope = f"topic:{matter.topic}" if matter.topic else "brand"
        trip = Trip(scope, matter.kind, count, over)
        found[scope] = max(found.get(scope, trip), trip, key=lambda one: (one.people, one.kind))
    return tuple(sorted(found.values()))


def run(ports: SurgePorts, now: datetime) -> Iterator[Done]:
    """Look at every brand in force; one that cannot be reached now is looked at again in a minute."""
    try:
        loaded = ports.bundles.in_force(ports.store)
    except Unavailable:
        yield Done("-", "unavailable")
        return
    brands = {} if isinstance(loaded.bundle, Broken) else loaded.bundle.brands
    for brand in brands.values():
        try:
            yield from _look(brand, ports, now)
        except Unavailable:
            yield Done("-", "unavailable")


def _look(brand: Brand, ports: SurgePorts, now: datetime) -> Iterator[Done]:
    at = now.astimezone(timezone.utc)
    week = keys.usual(brand.id, at.weekday() * 24 + at.hour)
    usual = ports.store.read([week]).get(week, {})
    people = tally.people(tally.rows(ports.store, brand.id, now))
    found = trips(people, usual, brand)
    for trip in found:
        yield _trip(trip, brand, ports, now)
    if not found and (people or usual):
        ports.store.commit([Put(week, _learned(people, usual))])


def _over(matter: Matter, usual: Row, brand: Brand) -> int:
    if matter.kind == tally.OBJECTION:
        return FEW
    known = usual.get(matter.topic) if matter.kind == tally.VOLUME else None
    return max(brand.surge_over, -(-known * TIMES_USUAL // TENTHS)) if isinstance(known, int) else brand.surge_over


def _learned(people: Mapping[Matter, int], usual: Row) -> Row:
    """The usual row a minute later: each topic a little nearer to what it is now."""
    now = {matter.topic: count * TENTHS for matter, count in people.items() if matter.kind == tally.VOLUME and matter.topic}
    known = {name: value for name, value in usual.items() if isinstance(value, int)}
    return {topic: _nearer(known.get(topic, now.get(topic, 0)), now.get(topic, 0)) for topic in known.keys() | now.keys()}


def _nearer(before: int, after: int) -> int:
    step = after - before
    return before + (step // LEARNED_IN if abs(step) >= LEARNED_IN else (step > 0) - (step < 0))


def _trip(trip: Trip, brand: Brand, ports: SurgePorts, now: datetime) -> Done:
    """Pause first; then the one case, if none is open for this. While it is open, a person who resumed is not overruled."""
    place = keys.surge(brand.id, trip.scope)
    row = ports.store.read([place]).get(place)
    before = from_row(Case, row) if row is not None else None
    if before is not None and before.status != "closed":
        return Done(before.id, "surge-goes-on", trip.kind)
    topic = trip.scope.removeprefix("topic:")
    scope = Scope(kind="brand", brand=brand.id) if trip.scope == "brand" else Scope(kind="topic", brand=brand.id, topic=topic)
    word = Word(actor=WATCHER, why=f"{WHY[trip.kind]} {trip.people} people in {tally.MINUTES} minutes.", reason="surge")
    paused = pause(scope, targets_of(scope, {brand.id: brand}), word, PausePorts(store=ports.store, entropy=ports.entropy), now)
    if not all(one.holds or one.did == MUTE for one in paused.accounts):
        return Done(paused.id, "surge-not-paused", trip.kind)
    case = _case(trip, brand, place, before, new_id(ports.entropy), now)
    written = _record(trip, brand, case, ports.entropy, now)
    if isinstance(ports.store.commit([put_case(case, place, before.version if before else 0), *written.writes()]), Cancelled):
        return Done(case.id, "contended", trip.kind)
    news = News(record=case.id, outcome=Outcome.HUMAN, rule=f"surge-{trip.kind}", why=WHY[trip.kind])
    for department in brand.surge_departments:
        order_announcement(replace(case, department=department), news, ports.announcements, now)
    return Done(case.id, "surge-paused", trip.kind)


def _case(trip: Trip, brand: Brand, place: Key, before: Case | None, id: str, now: datetime) -> Case:
    return Case(
        version=1 + (before.version if before else 0),
        id=id,
        brand=brand.id,
        conversation=place.partition,
        status="open",
        owner=None,
        reason=f"surge-{trip.kind}",
        department=":".join(brand.surge_departments),
        priority=PRIORITY,
        opened=now,
        due=due_of(brand, PRIORITY, now),
        mentions=(),
    )


def _record(trip: Trip, brand: Brand, case: Case, entropy: Callable[[int], bytes], now: datetime) -> Written:
    return happened(
        id=case.id,
        kind="surge",
        at=now,
        brand=brand.id,
        actor=WATCHER,
        body={
            "scope": trip.scope,
            "reason": trip.kind,
            "people": trip.people,
            "over": trip.over,
            "departments": list(brand.surge_departments),
        },
        salt=entropy(32),
    )
