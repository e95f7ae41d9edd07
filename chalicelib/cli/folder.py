"""The data folder of a service on this machine, opened beside the running service."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.cli.screen import Complaint, Exit, zoned
from chalicelib.cli.story import Lookup, Story, stories
from chalicelib.domain.account import Brand
from chalicelib.embedded.clock import shown_time
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Store

if TYPE_CHECKING:
    from chalicelib.policy.rules.rule import BrandPolicy
    from chalicelib.steps.bundles import Loaded

DEFAULT = Path("var")
STORE = "ackguard.sqlite3"
ADDRESS = "address"
"""The file that says where the running service listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """The rows of one data folder."""

    path: Path
    store: Store
    lookup: Lookup
    _loaded: list[Loaded] = field(default_factory=list)

    def now(self) -> datetime:
        """What time it is for the service of this folder."""
        return shown_time(self.path / "clock.json") or datetime.now(timezone.utc)

    def brands(self) -> Mapping[str, Brand]:
        """The brands of the bundle in force; empty where there is none that can be read."""
        return {name: policy.brand for name, policy in self.policies().items()}

    def policies(self) -> Mapping[str, BrandPolicy]:
        """The policies of the bundle in force by brand; empty where there is none that can be read."""
        from chalicelib.policy.deciding.bundle import Bundle  # noqa: PLC0415 - see ``loaded``

        bundle = self.loaded().bundle
        return bundle.policies if isinstance(bundle, Bundle) else {}

    def loaded(self) -> Loaded:
        """The bundle in force with its voices, verified once for a command; ``Broken`` where there is none that can be read."""
        if not self._loaded:
            self._loaded.append(self._load())
        return self._loaded[0]

    def _load(self) -> Loaded:
        # Verifying a bundle needs cryptography and the policy engine; most commands read rows only.
        from chalicelib.embedded.artefacts import FileArtefacts  # noqa: PLC0415
        from chalicelib.embedded.key import LocalSigner  # noqa: PLC0415
        from chalicelib.steps.bundles import Bundles  # noqa: PLC0415

        key = LocalSigner(self.path / "publisher.key", "ackguard-publisher").public_key()
        bundles = Bundles(FileArtefacts(self.path / "artefacts"), (key,), "command-line")
        return bundles.in_force(self.store)

    def clock(self) -> LocalTimes:
        """Times as the people of each brand read them."""
        return LocalTimes({name: brand.zone for name, brand in self.brands().items()})


@dataclass(frozen=True, slots=True)
class LocalTimes:
    """The zone of each brand; UTC where nobody knows the brand."""

    zones: Mapping[str, str]

    def at(self, at: datetime, brand: str) -> str:
        """``at`` in the brand's zone, with the zone."""
        return zoned(at, self.zones.get(brand, "UTC"))


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option ``--data``, the same for every command that reads the folder."""
    parser.add_argument("--data", type=Path, default=DEFAULT, metavar="DIR", help="data folder of the service (default: var)")


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """The rows of the folder; raises Complaint where no service ever ran there."""
    if not (path / STORE).exists():
        raise Complaint(f"there is no data in {path}; start the service with: ackguard run --data {path}", Exit.UNAVAILABLE)
    store = SqliteStore(path / STORE)
    try:
        yield Folder(path=path, store=store, lookup=SqliteLookup(store))
    finally:
        store.close()


def address_of(path: Path) -> str:
    """Where the running service of this folder listens; raises Complaint where none runs."""
    try:
        return (path / ADDRESS).read_text().strip()
    except OSError:
        raise Complaint(f"no service runs on {path}; start one with: ackguard run --data {path}", Exit.UNAVAILABLE) from None


def one_story(lookup: Lookup, prefix: str) -> Story:
    """The story of the one id that starts with ``prefix``; raises Complaint where there is none or several."""
    found = stories(lookup, prefix.lower()) if prefix else []
    if not found:
        raise Complaint(f"no record starts with {prefix}; see: ackguard ledger list")
    if len(found) > 1:
        some = ", ".join(story.id for story in found[:5])
        raise Complaint(f"{len(found)} records start with {prefix} ({some} ...); give more letters of the id")
    return found[0]
