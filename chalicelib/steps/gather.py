"""Gather every fact that a decision may see, with one batch read: the mention's own rows now, shared ones at most 2 s late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.codec import iso
from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.facts import Budget, Case, Control, Facts, Person, Rota, Seal, Thread, Wait
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.ports import Row, Store
from chalicelib.steps.recent import Recent
from chalicelib.steps.rows import Standing, budget_of, fact_of, from_row

HOUR = 13
"""How much of an ISO time names its hour."""

WAIT_LASTS = timedelta(minutes=30)
"""How long a measured wait holds; ``watch`` measures each fifth minute while enough people were answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The facts, and what the step itself needs of the same read: the mention's standing and the policy pointer."""

    facts: Facts
    standing: Standing | None
    pointer: Row | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The keys of every row that one mention needs."""

    state: Key
    lock: Key
    person: Key
    thread: Key
    case: Key
    control: Key
    budget: Key
    rota: Key
    wait: Key
    alert: Key
    seal: Key
    pointer: Key

    def own(self) -> tuple[Key, ...]:
        """What nobody but this mention, its author or its root post touches: never read late."""
        return (self.state, self.lock, self.person, self.case)

    def shared(self) -> tuple[Key, ...]:
        """What a rush of mentions has in common. Each may be two seconds late, because it is held again before anything is said.

        Control: SENDING reads and checks it. Budget and thread: a condition on what was read is in the transaction. Bundle, rota,
        wait, alert and seal are held to their own times, and every reservation outlives them by its hold anyway.
        """
        return (self.control, self.budget, self.thread, self.rota, self.wait, self.alert, self.seal, self.pointer)


def places_of(mention: Mention, brand: Brand | None) -> Places:
    """Where everything about ``mention`` lies. Without a brand nothing will be acknowledged: its rows are never there."""
    platform, account, author = mention.platform, mention.account, keys.author_of(mention)
    name = brand.id if brand else "unknown"
    return Places(
        state=keys.state(platform, mention.root_id, account),
        lock=keys.reply_lock(platform, mention.root_id),
        person=keys.person(platform, author),
        thread=keys.thread(platform, keys.thread_of(mention)),
        case=keys.case(platform, account, author),
        control=keys.control(platform, account),
        budget=keys.budget(brand.voice if brand else "unknown"),
        rota=keys.rota(name),
        wait=keys.wait(name),
        alert=keys.alert(name),
        seal=keys.head(),
        pointer=keys.pointer(),
    )


def gather(mention: Mention, brand: Brand | None, store: Store, recent: Recent, now: datetime, limits: Limits) -> Gathered:
    """One batch read; raises ``ports.Unavailable`` when the store does not answer."""
    places = places_of(mention, brand)
    rows = recent.read(store, places.own(), places.shared(), now)
    standing = rows.get(places.state)
    return Gathered(
        facts=facts_of(mention, places, rows, now, limits),
        standing=from_row(Standing, standing) if standing is not None else None,
        pointer=rows.get(places.pointer),
    )


def facts_of(
    mention: Mention, places: Places, rows: Mapping[Key, Row], now: datetime, limits: Limits, premise: str | None = None
) -> Facts:
    """The rows as facts: a row that must be there and is not, or cannot be read, is unknown."""
    alert = rows.get(places.alert, {})
    return Facts(
        mention=mention,
        now=now,
        posting_at=now + limits.hold,
        control=fact_of(Control, rows, places.control, Unknown("no-control-record"), now),
        person=fact_of(Person, rows, places.person, Known(Person(), "store:person", now), now),
        thread=fact_of(Thread, rows, places.thread, Known(Thread(), "store:thread", now), now),
        case=fact_of(Case, rows, places.case, Known(None, "store:case", now), now),
        holder=_holder(rows.get(places.lock), now),
        budget=_budget(rows.get(places.budget), now),
        rota=_rota(fact_of(Rota, rows, places.rota, Unknown("no-rota"), now), now),
        wait=_wait(fact_of(Wait, rows, places.wait, Unknown("no-recent-cases"), now), now),
        seal=fact_of(Seal, rows, places.seal, Unknown("never-sealed"), now),
        surge=_alert(alert, "surge", False, now),
        incident=_alert(alert, "incident", None, now),
        premise=premise,
    )


def _holder(row: Row | None, now: datetime) -> Fact[str | None]:
    return Known(str(row["account"]) if row else None, "store:lock", now)


def _budget(row: Row | None, now: datetime) -> Fact[Budget]:
    """The budget of this hour; an hour that is over has used nothing, its cursor goes on."""
    try:
        budget = budget_of(row) if row is not None else Budget(used={})
    except (ValueError, KeyError):
        return Unknown("unreadable")
    hour = iso(now)[:HOUR]
    return Known(budget if budget.hour == hour else replace(budget, used={}), "store:budget", now)


def _rota(rota: Fact[Rota], now: datetime) -> Fact[Rota]:
    """A rota is a lease: when it ran out nobody has confirmed to be there."""
    if isinstance(rota, Known) and rota.value.until <= now:
        return Unknown("rota-ran-out")
    return rota


def _wait(wait: Fact[Wait], now: datetime) -> Fact[Wait]:
    """A wait that was measured long ago says nothing about now: no time is named."""
    if isinstance(wait, Known) and wait.value.measured is not None and now - wait.value.measured > WAIT_LASTS:
        return Unknown("measured-long-ago")
    return wait


def _alert(row: Row, name: str, absent: Any, now: datetime) -> Fact[Any]:
    """No row, or no such field, means that nobody raised one; another type is unknown."""
    value = row.get(name, absent)
    return Known(value, "store:alert", now) if isinstance(value, (bool, str)) or value is absent else Unknown("unreadable")
