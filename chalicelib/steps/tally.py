"""Count who speaks of what: one small row right before the transaction that decides, and the rows read back by the minute.

A row says who (a digest) speaks of what, so that people are counted and not posts: one person who writes a hundred times is
one. No row ever grows: a row that everybody adds to would be full in a flood, and then nothing could be decided any more.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.decision import Decision
from chalicelib.domain.fact import Known, value_of
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import Mention
from chalicelib.policy.text.reading import Kind, read
from chalicelib.ports import Put, Row, Store, Write

SHARDS = 8
"""At 1,000 mentions a second of one brand a shard takes 125 rows, 125 write units (``docs/tables.md``)."""

MINUTES = 10
"""How far back a surge is looked for."""

MINUTE = 16
"""How much of an ISO time names its minute."""

VOLUME, WORDING, LINK, THREAD, OBJECTION, BROKEN = "volume", "wording", "link", "thread", "objection", "broken"

SHORTEST_WORDING = 5
"""Words: fewer are said alike by anybody (``any news please?``)."""


@dataclass(frozen=True, slots=True, order=True)
class Matter:
    """What people can pile up on: ``kind`` and a digest of the wording, link or thread; empty where the kind says it all."""

    kind: str
    what: str
    topic: str


def counted(mention: Mention, decision: Decision, brand: str, record: str, now: datetime) -> Write:
    """What a decided mention adds to the tally of its brand, without a condition: nobody loses a race over it."""
    author = _digest(f"{mention.platform}|{keys.author_of(mention)}")
    said = _row(_place(brand, record, now, record), author, _matters(mention, decision))
    return replace(said, row={**said.row, "account": f"{mention.platform}/{mention.account}"})


def broken(brand: str, topic: str, record: str, now: datetime) -> Write:
    """A promise of ours, about ``topic``, that nobody kept."""
    return _row(_place(brand, record, now, f"{record}-{BROKEN}"), _digest(record), (Matter(BROKEN, "", topic),))


def rows(store: Store, brand: str, now: datetime) -> Iterator[Row]:
    """Every row of the last ``MINUTES`` minutes, a query for each shard of each minute."""
    for back in range(MINUTES):
        for shard in range(SHARDS):
            place = keys.tally(brand, iso(now - timedelta(minutes=back))[:MINUTE], shard)
            yield from (row for _, row in store.partition(place.table, place.partition))


def people(tallied: Iterable[Row]) -> Mapping[Matter, int]:
    """How many different people stand behind each matter."""
    found: dict[Matter, set[str]] = {}
    for row in tallied:
        for parts in row["matters"]:
            found.setdefault(Matter(*parts), set()).add(row["who"])
    return {matter: len(who) for matter, who in found.items()}


def _matters(mention: Mention, decision: Decision) -> Iterator[Matter]:
    topic = decision.topic or ""
    yield Matter(VOLUME, "", topic)
    if isinstance(mention.thread_id, Known):
        yield Matter(THREAD, _digest(mention.thread_id.value), topic)
    if any(match.silence == "person" for match in decision.matched):
        yield Matter(OBJECTION, "", "")
    tokens = read(value_of(mention.text, "")).tokens
    words = [token.forms[0] for token in tokens if token.kind in (Kind.WORD, Kind.NUMBER, Kind.HASHTAG)]
    if len(words) >= SHORTEST_WORDING:
        yield Matter(WORDING, _digest(" ".join(words)), topic)
    for link in sorted({token.forms[0] for token in tokens if token.kind is Kind.LINK}):
        yield Matter(LINK, _digest(link), topic)


def _place(brand: str, record: str, now: datetime, sort: str) -> Key:
    return keys.tally(brand, iso(now)[:MINUTE], zlib.crc32(record.encode()) % SHARDS, sort)


def _row(place: Key, who: str, matters: Iterable[Matter]) -> Put:
    return Put(place, {"who": who, "matters": [[one.kind, one.what, one.topic] for one in matters]})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
