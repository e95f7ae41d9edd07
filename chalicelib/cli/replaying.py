"""Where the mentions of a simulation come from: decided ones from the ledger, or a file of plain ones; one at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.cli import plain
from chalicelib.cli.folder import Folder
from chalicelib.cli.judging import Judge
from chalicelib.domain.codec import instant
from chalicelib.domain.keys import Key
from chalicelib.rows import MOST
from chalicelib.steps.simulate import Played, played_of

_SPAN = re.compile(r"([1-9][0-9]{0,4})(m|h|d)")
_UNIT = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def since_when(text: str, now: datetime) -> datetime:
    """The moment that ``24h``, ``7d``, ``90m`` or an ISO time with a zone means; raises ValueError for anything else."""
    if span := _SPAN.fullmatch(text):
        return now - int(span[1]) * _UNIT[span[2]]
    return instant(text)


def recorded(folder: Folder, since: datetime) -> Iterator[Played | str | None]:
    """Every decision recorded at or after ``since``, oldest first; a slug for one that cannot be played, None for other rows."""
    seen = 0
    while rows := folder.lookup.history(seen, MOST):
        seen = rows[-1][0]
        wanted = [(key, row) for _, key, row in rows if row["kind"] == "decision" and instant(row["at"]) >= since]
        halves = folder.store.read([Key("private", key.partition, key.sort) for key, _ in wanted]) if wanted else {}
        for key, row in wanted:
            half = halves.get(Key("private", key.partition, key.sort))
            yield played_of(json.loads(row["leaf"]), half["half"] if half else None)
        yield from [None] * (len(rows) - len(wanted))


def written(lines: Iterator[bytes], judge: Judge) -> Iterator[Played | str]:
    """Every mention of a file in plain form, as the first contact with a staffed brand; a slug for a line that is none."""
    for line in lines:
        try:
            mention = plain.read(line)
            yield Played(id=mention.id, facts=judge.facts(mention))
        except plain.BadLine:
            yield "not-a-mention"
