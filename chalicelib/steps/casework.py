"""Open a case or join the one that waits: pure, the transaction that decides writes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.decision import Decision
from chalicelib.domain.facts import Case
from chalicelib.domain.hours import after_open_minutes
from chalicelib.domain.keys import Key
from chalicelib.ports import Put, Row
from chalicelib.steps.rows import from_row, to_row, unchanged

NATIVE = "native-app"
"""The owner of a case whose author somebody answered on the platform itself."""

KEPT = 50
"""A case shows its first mention and the latest ones; the ledger has them all."""

NO_BRAND_DUE = timedelta(minutes=30)
"""Without a readable policy nobody's hours are known: a person should look soon."""


def case_for(
    before: Case | None,
    decision: Decision,
    *,
    record: str,
    brand: Brand | None,
    key: Key,
    now: datetime,
    promised: datetime | None = None,
) -> Case:
    """The case after ``decision``: joined while it is open or taken, else a new one. It never gets less urgent.

    It is due by the SLA, or by what the acknowledgement promises (``promised``) where that is sooner.
    """
    due = min(due_of(brand, decision.priority, now), promised or datetime.max.replace(tzinfo=timezone.utc))
    if before is None or before.status == "closed":
        return Case(
            version=1 + (before.version if before else 0),
            id=record,
            brand=brand.id if brand else "unknown",
            conversation=key.partition,
            status="open",
            owner=None,
            reason=decision.rule,
            department=decision.department,
            priority=decision.priority,
            opened=now,
            due=due,
            mentions=(record,),
        )
    more_urgent = decision.priority < before.priority
    return replace(
        before,
        version=before.version + 1,
        mentions=(before.mentions[:1] + (*before.mentions[1:], record)[-KEPT:])
        if record not in before.mentions
        else before.mentions,
        priority=min(before.priority, decision.priority),
        due=min(before.due, due),
        reason=decision.rule if more_urgent else before.reason,
        department=decision.department if more_urgent else before.department,
    )


def due_of(brand: Brand | None, priority: int, now: datetime) -> datetime:
    """When a person should have answered, by the brand's SLA in open minutes; urgent ones (P0) do not wait for opening."""
    if brand is None:
        return now + NO_BRAND_DUE
    minutes = brand.sla_minutes[priority]
    return now + timedelta(minutes=minutes) if priority == 0 else after_open_minutes(brand, now, minutes)


def put_case(case: Case, key: Key, version_read: int) -> Put:
    """The write of a case, if nobody changed it meanwhile. Open and taken cases stand in the due-time index."""
    due = case.due if case.status != "closed" else None
    return Put(key, to_row(case, key=key, due=due), when=unchanged(version_read))


def key_of(case: Case) -> Key:
    """Where a case lies: its conversation is the partition."""
    return Key(keys.case("", "", "").table, case.conversation)


def beside(place: Key, record: str) -> Key:
    """Where the case of one mention lies when the row of its conversation cannot be read."""
    return Key(place.table, f"{place.partition}#{record}")


def case_holding(record: str, place: Key, rows: Mapping[Key, Row]) -> Case | None:
    """The case that holds a mention, of the rows at ``place`` and ``beside`` it; None where neither can be read or has it."""
    for key in (place, beside(place, record)):
        try:
            case = from_row(Case, rows[key])
        except (KeyError, ValueError):
            continue
        if record in case.mentions:
            return case
    return None
