"""How long people wait for the acknowledgement and for the person, counted out of the ledger, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.audit.record import sort_key
from chalicelib.cli.story import Lookup, value
from chalicelib.domain.codec import instant, iso
from chalicelib.ports import Key, Store

PAGE = 100
"""Rows between two looks at the store: as many as one batch read of private halves takes."""


@dataclass(slots=True)
class Times:
    """What happened to the mentions of one brand and topic; waits in minutes, in no order."""

    mentions: int = 0
    to_acknowledgement: list[int] = field(default_factory=list)
    to_person: list[int] = field(default_factory=list)
    promises: dict[str, int] = field(default_factory=lambda: {"open": 0, "kept": 0, "broken": 0})


def counted(lookup: Lookup, store: Store, since: datetime) -> Mapping[tuple[str, str], Times]:
    """(brand, topic) → its times, of everything recorded since; the topic is empty where none was recognised."""
    found: dict[tuple[str, str], Times] = {}
    where: dict[str, tuple[str, str]] = {}
    for page in _pages(lookup, since):
        written = _written(page, store)
        for key, leaf in page:
            if leaf["kind"] == "decision":
                where[key.partition] = (str(leaf["brand"]), str(leaf["decision"].get("topic") or ""))
            if (place := where.get(key.partition)) is not None:
                _count(found.setdefault(place, Times()), leaf, written.get(key.partition))
    return found


def _count(times: Times, leaf: Mapping[str, Any], wrote: datetime | None) -> None:
    body = leaf.get("body", {})
    if leaf["kind"] == "decision":
        times.mentions += 1
    elif leaf["kind"] == "terminal" and body["state"] == "posted":
        times.promises["open"] += 1
        if wrote is not None:
            times.to_acknowledgement.append(_minutes(instant(leaf["at"]), wrote))
    elif leaf["kind"] == "promise" and body["status"] in ("kept", "broken"):
        times.promises["open"] -= 1
        times.promises[body["status"]] += 1
    elif leaf["kind"] == "replied" and body.get("first"):
        times.to_person.append(body["waited_minutes"])


def _pages(lookup: Lookup, since: datetime) -> Iterator[list[tuple[Key, Mapping[str, Any]]]]:
    after = 0
    while rows := lookup.history(after, PAGE):
        yield [(key, json.loads(row["leaf"])) for _, key, row in rows if row["at"] >= iso(since)]
        after = rows[-1][0]


def _written(page: Sequence[tuple[Key, Mapping[str, Any]]], store: Store) -> Mapping[str, datetime]:
    """When the author wrote, of each mention that was posted in this page; nothing where that was erased or never known."""
    posted = [key for key, leaf in page if leaf["kind"] == "terminal" and leaf["body"]["state"] == "posted"]
    rows = store.read([Key("private", key.partition, sort_key("decision")) for key in posted]) if posted else {}
    told = {key.partition: value(row["half"]["facts"]["mention"]["created_at"]) for key, row in rows.items()}
    return {id: instant(at) for id, at in told.items() if at}


def _minutes(at: datetime, since: datetime) -> int:
    return max(0, -(-int((at - since).total_seconds()) // 60))
