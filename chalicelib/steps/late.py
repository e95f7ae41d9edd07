"""Promises that run late while they can still be kept, and promises that were broken: each marked once, its case made urgent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain import keys
from chalicelib.domain.facts import Case, Promise
from chalicelib.domain.keys import Key
from chalicelib.ports import Cancelled, Equals, Put, Store, Write
from chalicelib.steps import tally
from chalicelib.steps.casework import put_case
from chalicelib.steps.done import Done
from chalicelib.steps.promises import recorded
from chalicelib.steps.records import WATCHER
from chalicelib.steps.rows import from_row, to_row

URGENT = 1
"""The priority of a case whose promise is late or broken: the highest that is not a danger to life."""


def look_at(key: Key, store: Store, entropy: Callable[[int], bytes], now: datetime) -> Done:
    """Mark a promise that runs late or was broken, each once and with its case made urgent in the same write.

    A broken one counts for the surge of its topic: where several break, nobody should get another one.
    """
    row = store.read([key]).get(key)
    promise = from_row(Promise, row) if row is not None else None
    if promise is None or promise.due is None or promise.late_at is None or promise.status not in ("open", "late"):
        return Done("-", "nothing-late")
    broken = now >= promise.due
    if not broken and (promise.status == "late" or now < promise.late_at):
        return Done("-", "nothing-late")
    after = replace(promise, status="broken" if broken else "late")
    writes: list[Write] = [
        Put(key, to_row(after, key=key, due=None if broken else promise.due), when=(Equals("status", promise.status),)),
        *_hurried(promise, store),
        *recorded(promise, after.status, WATCHER, now, entropy).writes(),
    ]
    if broken:
        writes.append(tally.broken(promise.brand, promise.topic, promise.mention, now))
    return Done(promise.mention, "contended" if isinstance(store.commit(writes), Cancelled) else f"promise-{after.status}")


def _hurried(promise: Promise, store: Store) -> list[Write]:
    """The case of the promise at the top of the list; nothing where it is there already, closed or unreadable."""
    place = Key(keys.case("", "", "").table, promise.conversation)
    try:
        case = from_row(Case, store.read([place])[place])
    except (KeyError, ValueError):
        return []
    if case.status == "closed" or case.priority <= URGENT:
        return []
    return [put_case(replace(case, version=case.version + 1, priority=URGENT), place, case.version)]
