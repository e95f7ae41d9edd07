"""Where the mentions of a simulation come from: decided ones from the ledger, or a file of plain ones; one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.audit.kinds import sort_key
from chalicelib.cli import plain
from chalicelib.cli.folder import Folder
from chalicelib.cli.judging import Judge
from chalicelib.domain.codec import instant
from chalicelib.domain.keys import Key
from chalicelib.ports import Row, Store
from chalicelib.rows import MOST
from chalicelib.steps.simulate import Played, beside_of, played_of

_SPAN = re.compile(r"([1-9][0-9]{0,4})(m|h|d)")
_UNIT = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def since_when(text: str, now: datetime) -> datetime:
    """The moment that ``24h``, ``7d``, ``90m`` or an ISO time with a zone means; raises ValueError for anything else."""
    if span := _SPAN.fullmatch(text):
        return now - int(span[1]) * _UNIT[span[2]]
    return instant(text)


Page = Sequence[tuple[Key, Row]]


def recorded(store: Store, pages: Iterable[Page]) -> Iterator[Played | str]:
    """Every decision of these ledger rows with its private half; a slug for one that cannot be played."""
    for page in pages:
        for start in range(0, len(page), MOST):
            rows = page[start : start + MOST]
            halves = store.read([Key("private", key.partition, key.sort) for key, _ in rows])
            for key, row in rows:
                half = halves.get(Key("private", key.partition, key.sort))
                yield played_of(json.loads(row["leaf"]), half["half"] if half else None)


def challenged(store: Store, pages: Iterable[Page], sha256: str) -> Iterator[Played | str]:
    """Every mention of these ledger rows that the challenger ``sha256`` judged, with the live decision; a slug as above."""
    sort = sort_key("decision")
    for key, row in (one for page in pages for one in page):
        judged = json.loads(row["leaf"])
        if judged["body"]["sha256"] != f"sha256:{sha256}":
            continue
        live, *halves = (Key("ledger", key.partition, sort), *(Key("private", key.partition, at) for at in (sort, key.sort)))
        found = store.read([live, *halves])
        private, half = (found[one]["half"] if one in found else None for one in halves)
        yield beside_of(judged, half, json.loads(found[live]["leaf"]), private) if live in found else "erased"


def records_of(folder: Folder, kind: str, since: datetime) -> Iterator[Page]:
    """Records of one kind that the ledger of a folder has since then, oldest first."""
    seen = 0
    while rows := folder.lookup.history(seen, MOST):
        seen = rows[-1][0]
        yield [(key, row) for _, key, row in rows if row["kind"] == kind and instant(row["at"]) >= since]


def written(lines: Iterator[bytes], judge: Judge) -> Iterator[Played | str]:
    """Every mention of a file in plain form, as the first contact with a staffed brand; a slug for a line that is none."""
    for line in lines:
        try:
            mention = plain.read(line)
            yield Played(id=mention.id, facts=judge.facts(mention))
        except plain.BadLine:
            yield "not-a-mention"
