"""What an account said in public lately, by the machine and by people: one small row for each post, read back by the day."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.ports import Put, Store, Write
from chalicelib.steps.rows import from_row, to_row

SHARDS = 4
"""At 1,000 acknowledgements a second of one account a shard takes 250 rows."""

DAY = 10
"""How much of an ISO time names its day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One public post of an account; ``by``: machine | person. ``person`` is whom it answered, so that an erasure finds it."""

    at: datetime
    by: str
    text: str
    person: str


def said_row(platform: str, account: str, id: str, said: Said) -> Write:
    """The row of one post, the same one for the same ``id`` and time: whoever writes it again changes nothing."""
    day, shard = iso(said.at)[:DAY], zlib.crc32(id.encode()) % SHARDS
    place = keys.said(platform, account, day, shard, f"{iso(said.at)}#{id}")
    return Put(place, to_row(said, key=place))


def said_since(store: Store, platform: str, account: str, since: datetime, now: datetime) -> Sequence[Said]:
    """Every post of an account from ``since`` to ``now``, oldest first; a query for each shard of each day."""
    days = (now.date() - since.date()).days
    places = [
        keys.said(platform, account, iso(since + timedelta(days=day))[:DAY], shard)
        for day in range(days + 1)
        for shard in range(SHARDS)
    ]
    rows = (row for place in places for _, row in store.partition(place.table, place.partition))
    return sorted((said for row in rows if since <= (said := from_row(Said, row)).at <= now), key=lambda said: said.at)
