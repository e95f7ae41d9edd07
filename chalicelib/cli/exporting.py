"""Copies the ledger into files: row by row, so that a ledger of any size needs the same memory."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from chalicelib.audit import export
from chalicelib.cli import screen
from chalicelib.cli.folder import Folder
from chalicelib.cli.witness import taken_away
from chalicelib.domain.codec import iso
from chalicelib.ports import Key, Row
from chalicelib.steps.viewed import Copy

PAGE = 100
"""Rows between two looks at the store: as many as one batch read of private halves takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked for: from ``since`` until before ``until``, of one brand or of all, with private halves or without."""

    format: str
    since: datetime | None
    until: datetime | None
    brand: str | None
    private: bool

    def wants(self, row: Row) -> bool:
        """Whether the record of this row is asked for."""
        if self.brand is not None and row["brand"] != self.brand:
            return False
        return (self.since is None or row["at"] >= iso(self.since)) and (self.until is None or row["at"] < iso(self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was written: ``record`` is the id of the record of it, ``private`` the file of private halves."""

    record: str
    count: int
    halves: int
    sha256: str
    private: Path | None


class _Sheet:
    """One file on its way: nobody finds it under its name before ``publish``, nothing of it stays without."""

    def __init__(self, final: Path | None) -> None:
        self.final, self.count, self._hash = final, 0, hashlib.sha256()
        # Made for the owner only (0600), whatever the mask says.
        self._file: IO[bytes] = tempfile.NamedTemporaryFile(  # noqa: SIM115
            dir=final.parent if final else None, prefix=".export-", delete=False
        )

    def write(self, text: str) -> None:
        content = text.encode()
        self._hash.update(content)
        self._file.write(content)

    @property
    def sha256(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"

    def close(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def publish(self) -> None:
        if self.final:
            os.rename(self._file.name, self.final)
        else:
            self._file.seek(0)
            shutil.copyfileobj(self._file, sys.stdout.buffer)

    def discard(self) -> None:
        self._file.close()
        Path(self._file.name).unlink(missing_ok=True)


def private_file(out: Path) -> Path:
    """Where the private halves go beside ``out``: ``ledger.jsonl`` has ``ledger.private.jsonl``."""
    return out.with_name(f"{out.stem}.private{out.suffix}")


def run(folder: Folder, query: Query, out: Path | None) -> Exported:
    """Write the records to ``out`` (None: standard output) and their private halves beside it.

    The export is on the record before anybody can see it. Raises Complaint for a file that is there already or cannot be
    written, and Unavailable where it cannot be recorded: then no file is left.
    """
    hidden = private_file(out) if out and query.private else None
    for path in (out, hidden):
        if path and path.exists():
            raise screen.Complaint(f"{path} is there already; an export never replaces another: choose another name")
    try:
        return _run(folder, query, out, hidden)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise screen.Complaint(f"cannot write {out or 'to standard output'}: {error.strerror}") from error


def _run(folder: Folder, query: Query, out: Path | None, hidden: Path | None) -> Exported:
    with ExitStack() as kept:
        public = _sheet(out, kept)
        private = _sheet(hidden, kept) if hidden else None
        _fill(folder, query, public, private)
        copy = Copy(
            format=query.format,
            brand=query.brand,
            since=query.since,
            until=query.until,
            count=public.count,
            sha256=public.sha256,
            private_sha256=private.sha256 if private else None,
        )
        for sheet in filter(None, (public, private)):
            sheet.close()
        record = taken_away(folder, copy).id
        for sheet in filter(None, (public, private)):
            sheet.publish()
    return Exported(
        record=record, count=public.count, halves=private.count if private else 0, sha256=public.sha256, private=hidden
    )


def _sheet(final: Path | None, kept: ExitStack) -> _Sheet:
    sheet = _Sheet(final)
    kept.callback(sheet.discard)
    return sheet


def _fill(folder: Folder, query: Query, public: _Sheet, private: _Sheet | None) -> None:
    """Everything up to now, in the order of the tree; what is written meanwhile belongs to the next export."""
    last = folder.lookup.newest()
    if query.format == "csv":
        public.write(export.csv_line(export.COLUMNS))
        if private:
            private.write(export.csv_line(export.PRIVATE_COLUMNS))
    with screen.progress("export", last, beside_output=public.final is None) as steps:
        for rows in _pages(folder, last):
            chosen = [(key, row) for key, row in rows if query.wants(row)]
            halves = _halves(folder, [key for key, _ in chosen]) if private else {}
            for key, row in chosen:
                _copy(row["leaf"], halves.get(key), query.format, public, private)
            steps.advance(len(rows))


def _pages(folder: Folder, last: int) -> Iterator[list[tuple[Key, Row]]]:
    after = 0
    while after < last:
        found = folder.lookup.history(after, PAGE)
        if not found:
            return
        yield [(key, row) for number, key, row in found if number <= last]
        after = found[-1][0]


def _halves(folder: Folder, ledger: Sequence[Key]) -> Mapping[Key, Mapping[str, Any]]:
    """The private halves that are still there, by the key of their record."""
    places = {Key("private", key.partition, key.sort): key for key in ledger}
    return {places[place]: row["half"] for place, row in folder.store.read(list(places)).items()} if places else {}


def _copy(leaf: str, half: Mapping[str, Any] | None, form: str, public: _Sheet, private: _Sheet | None) -> None:
    known = json.loads(leaf) if form == "csv" or half is not None else {}
    public.write(export.csv_line(export.view_of(known)) if form == "csv" else export.record_line(leaf))
    public.count += 1
    if private and half is not None:
        line = export.csv_line(export.private_view_of(known, half)) if form == "csv" else export.private_line(known, half)
        private.write(line)
        private.count += 1
