"""Rows that many decisions share, kept for two seconds, so that a rush reads each once for a process and not for a mention.

Only rows whose being late cannot do harm may be read through here (``docs/decisions``, "What decisions share is read late"):
whatever must hold at once is a condition of the transaction, or is read again by whoever posts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from chalicelib.domain.keys import Key
from chalicelib.ports import Row, Store

FRESH = timedelta(seconds=2)
"""How old a shared row may be when an invocation begins."""

MOST = 256
"""Rows that are kept: brands and accounts are few, and threads are many."""


class Recent:
    """What one process saw of shared rows. It answers no question by itself: what it does not have is read."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[datetime, Row | None]] = {}

    def read(self, store: Store, own: Sequence[Key], shared: Sequence[Key], now: datetime) -> Mapping[Key, Row]:
        """One batch read of every ``own`` row and of those ``shared`` that were not read lately.

        Raises ``ports.Unavailable``, and keeps nothing then.
        """
        kept = {key: row for key in shared if (row := self._fresh(key, now)) is not _MISSING}
        wanted = tuple(dict.fromkeys((*own, *(key for key in shared if key not in kept))))
        found = store.read(wanted)
        for key in shared:
            if key not in kept:
                self._keep(key, found.get(key), now)
        return {**found, **{key: row for key, row in kept.items() if row is not None}}

    def forget(self, written: Iterable[Key]) -> None:
        """Rows that this process wrote, or tried to write, are read anew."""
        for key in written:
            self._kept.pop(key, None)

    def _fresh(self, key: Key, now: datetime) -> Row | None:
        at, row = self._kept.get(key, (None, _MISSING))
        # a clock that went back says nothing about age
        return row if at is not None and timedelta() <= now - at < FRESH else _MISSING

    def _keep(self, key: Key, row: Row | None, now: datetime) -> None:
        self._kept.pop(key, None)
        while len(self._kept) >= MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (now, row)


_MISSING: Row = {"missing": True}
"""Stands for "never read", which is another thing than "is not there"."""
