"""Which leaves have a number already: what a sequencing process remembers of the tree, and reads where it does not.

A stretch is what one transaction numbered; it never changes, so what was read once is known. Only a stretch that was numbered
after a leaf was written can hold it, so that is how far back anybody reads: seconds, but for a stream that stood still.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.codec import instant, iso
from chalicelib.domain.keys import Key
from chalicelib.ports import Row, Store

STRETCH = 1024
"""Leaf hashes of this many indexes lie in one partition, so that one query reads them."""


def stretch_key(start: int) -> Key:
    """Where the leaf hashes that begin at index ``start`` lie."""
    return Key("tree", f"SEQ#{start // STRETCH:012}", f"{start:016}")


def stretch_row(start: int, leaves: Mapping[str, str], now: datetime) -> Row:
    """The row of the leaves from index ``start`` on: ledger key → hash, in their order, and when they got their numbers."""
    return {"start": start, "hashes": list(leaves.values()), "keys": list(leaves), "numbered": iso(now)}


class StretchMissing(Exception):
    """The tree has a hole: its rows were meddled with. The stream must stop and page."""


@dataclass(frozen=True, slots=True)
class _Known:
    start: int
    end: int
    at: datetime
    keys: Sequence[str]


class Numbered:
    """The leaves of the newest stretches that this process knows, without a gap."""

    def __init__(self) -> None:
        self._stretches: deque[_Known] = deque()
        self._hashes: dict[str, str] = {}

    def hashes(self, store: Store, next: int, since: datetime) -> Mapping[str, str]:
        """The hash of every leaf below the index ``next`` that got its number at or after ``since``, by its key in the ledger.

        It may tell older ones too. Raises StretchMissing, and ``ports.Unavailable``.
        """
        try:
            self._catch_up(store, next)
            self._look_back(store, next, since)
        except StretchMissing:
            self._forget()
            raise
        # one that is older stays, and says that nothing recent lies before it
        while len(self._stretches) > 1 and self._stretches[1].at < since:
            for key in self._stretches.popleft().keys:
                self._hashes.pop(key, None)
        return self._hashes

    def add(self, row: Row) -> None:
        """The stretch behind all that are known: read, or just written, so that it need not be read."""
        known = _known(row)
        if self._stretches:
            _joined(self._stretches[-1].end, known.start)
        self._stretches.append(known)
        self._hashes.update(zip(row["keys"], row["hashes"], strict=True))

    def _catch_up(self, store: Store, next: int) -> None:
        if self._stretches and self._stretches[-1].end > next:
            self._forget()  # another tree than the one that was known
        if not self._stretches:
            return
        known = self._stretches[-1].end
        for part in range(known // STRETCH, -(-next // STRETCH)) if known < next else ():
            for row in _rows(store, part):
                if known <= row["start"] < next:
                    self.add(row)
        _joined(self._stretches[-1].end, next)

    def _look_back(self, store: Store, next: int, since: datetime) -> None:
        first = self._stretches[0].start if self._stretches else next
        part = (first - 1) // STRETCH
        while first > 0 and (not self._stretches or self._stretches[0].at >= since):
            for row in reversed(_rows(store, part)):
                if row["start"] < first:
                    known = _known(row)
                    _joined(known.end, first)
                    self._stretches.appendleft(known)
                    self._hashes.update(zip(row["keys"], row["hashes"], strict=True))
                    first = known.start
            part -= 1
            if part < 0:
                _joined(0, first)

    def _forget(self) -> None:
        self._stretches.clear()
        self._hashes.clear()


def _rows(store: Store, part: int) -> Sequence[Row]:
    place = stretch_key(part * STRETCH)
    return [row for _, row in store.partition(place.table, place.partition)]


def _known(row: Row) -> _Known:
    return _Known(row["start"], row["start"] + len(row["hashes"]), instant(row["numbered"]), row["keys"])


def _joined(end: int, start: int) -> None:
    if end != start:
        raise StretchMissing(f"the hashes before leaf {start} are missing, or there are too many")
