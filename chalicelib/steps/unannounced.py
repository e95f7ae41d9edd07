"""The end of an announcement that nobody heard: a record, and the case one step more urgent, so that it is seen."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.audit.record import sort_key
from chalicelib.domain import keys
from chalicelib.domain.announcement import Announcement
from chalicelib.domain.codec import decode
from chalicelib.domain.facts import Case, Facts
from chalicelib.domain.keys import Key
from chalicelib.ports import Cancelled, Row, Store, Write
from chalicelib.steps.casework import beside, case_holding, key_of, put_case
from chalicelib.steps.done import Contended, Done
from chalicelib.steps.records import MACHINE, Written, happened

ATTEMPTS = 4
KIND = "announce_failed"
MOST_URGENT = 1
"""Priority 0 is a danger to somebody; not being heard does not make one."""


def end(order: Announcement, store: Store, entropy: Callable[[int], bytes], now: datetime) -> Done:
    """Record that the sink was not told and raise the case, once for each version of the case that nobody heard of."""
    for _ in range(ATTEMPTS):
        failures = _failures(order, store)
        if any(body["sink"] == _sink(order) and body["version"] == order.version for body in failures):
            return Done(order.id, "already-recorded", _sink(order))
        case = None if any(body["version"] == order.version for body in failures) else _waiting(order, store)
        raised = replace(case, version=case.version + 1, priority=_raised(case.priority)) if case else None
        writes: list[Write] = list(_record(order, raised, len(failures), entropy, now).writes())
        if case is not None and raised is not None:
            writes.append(put_case(raised, key_of(raised), case.version))
        if not isinstance(store.commit(writes), Cancelled):
            return Done(order.id, "announce-failed", order.failed or "rescued")
    raise Contended(order.id)


def _sink(order: Announcement) -> str:
    return order.sink or "all"


def _raised(priority: int) -> int:
    return min(priority, max(MOST_URGENT, priority - 1))


def _failures(order: Announcement, store: Store) -> Sequence[dict[str, object]]:
    """What was recorded before of sinks that did not hear of this case."""
    rows = store.partition("ledger", order.case)
    return [json.loads(row["leaf"])["body"] for _, row in rows if row["kind"] == KIND]


def _waiting(order: Announcement, store: Store) -> Case | None:
    """The case, if nobody has taken it; found through the mention's private half, since an order names no conversation."""
    half = Key("private", order.record, sort_key("decision"))
    place = _conversation(store.read([half]).get(half))
    if place is None:
        return None
    case = case_holding(order.record, place, store.read([place, beside(place, order.record)]))
    return case if case is not None and case.status == "open" else None


def _conversation(row: Row | None) -> Key | None:
    try:
        mention = decode(Facts, row["half"]["facts"]).mention if row is not None else None
    except (KeyError, ValueError):
        return None
    return keys.case(mention.platform, mention.account, keys.author_of(mention)) if mention is not None else None


def _record(order: Announcement, raised: Case | None, number: int, entropy: Callable[[int], bytes], now: datetime) -> Written:
    return happened(
        id=order.case,
        kind=KIND,
        number=number,
        at=now,
        brand=order.brand,
        actor=MACHINE,
        body={
            "sink": _sink(order),
            "reason": order.failed or "rescued",
            "version": order.version,
            "attempts": order.attempt,
            "priority": raised.priority if raised else None,
        },
        salt=entropy(32),
    )
