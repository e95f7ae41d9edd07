"""The data folder of a service on this machine, opened for reading beside the running service."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.cli.screen import Complaint, Exit
from chalicelib.cli.story import Lookup, Story, stories
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.store import SqliteStore

DEFAULT = Path("var")
STORE = "ackguard.sqlite3"
ADDRESS = "address"
"""Names inside the folder: the store, and where the running service listens."""


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option ``--data``, the same for every command that reads the folder."""
    parser.add_argument("--data", type=Path, default=DEFAULT, metavar="DIR", help="data folder of the service (default: var)")


@contextmanager
def opened(folder: Path) -> Iterator[Lookup]:
    """The rows of the folder; raises Complaint where no service ever ran there."""
    path = folder / STORE
    if not path.exists():
        raise Complaint(f"there is no data in {folder}; start the service with: ackguard run --data {folder}", Exit.UNAVAILABLE)
    store = SqliteStore(path)
    try:
        yield SqliteLookup(store)
    finally:
        store.close()


def one_story(lookup: Lookup, prefix: str) -> Story:
    """The story of the one id that starts with ``prefix``; raises Complaint where there is none or several."""
    found = stories(lookup, prefix.lower()) if prefix else []
    if not found:
        raise Complaint(f"no record starts with {prefix}; see: ackguard ledger list")
    if len(found) > 1:
        some = ", ".join(story.id for story in found[:5])
        raise Complaint(f"{len(found)} records start with {prefix} ({some} ...); give more letters of the id")
    return found[0]
