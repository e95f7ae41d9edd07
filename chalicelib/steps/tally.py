"""Count who speaks of what: one additive update in the transaction that decides, and the counts read back by the minute.

A field of a tally row is ``<kind>|<what>|<topic>|<author>``; what and author are short digests, so counting fields counts
people: one person who writes a hundred times is one. A row of one brand, minute and shard takes some 2,000 mentions.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.decision import Decision
from chalicelib.domain.fact import Known, value_of
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import Mention
from chalicelib.policy.text import Kind, read
from chalicelib.ports import Row, Update, Write

SHARDS = 4
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
    fields = {f"{matter.kind}|{matter.what}|{matter.topic}|{author}": 1 for matter in _matters(mention, decision)}
    return Update(_place(brand, record, now), add=fields)


def broken(brand: str, record: str, now: datetime) -> Write:
    """A promise of ours that nobody kept."""
    return Update(_place(brand, record, now), add={f"{BROKEN}|||{_digest(record)}": 1})


def places(brand: str, now: datetime) -> tuple[Key, ...]:
    """Every row of the last ``MINUTES`` minutes."""
    minutes = [iso(now - timedelta(minutes=back))[:MINUTE] for back in range(MINUTES)]
    return tuple(keys.tally(brand, minute, shard) for minute in minutes for shard in range(SHARDS))


def people(rows: Iterable[Row]) -> Mapping[Matter, int]:
    """How many different people stand behind each matter."""
    found: dict[Matter, set[str]] = {}
    for row in rows:
        for name in row:
            parts = name.split("|")
            if len(parts) == 4:
                found.setdefault(Matter(*parts[:3]), set()).add(parts[3])
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


def _place(brand: str, record: str, now: datetime) -> Key:
    return keys.tally(brand, iso(now)[:MINUTE], zlib.crc32(record.encode()) % SHARDS)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
