"""One package for all tests of this room, made as ``make package`` makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cli.emulation import DATA
from chalicelib.local import packed as packing
from chalicelib.local.emulated_service import PACKAGE
from chalicelib.local.packed import ROOT as ROOT
from chalicelib.local.packed import TOOLS as TOOLS

Packing = Callable[..., tuple[Path, str]]


@dataclass(frozen=True)
class Packed(packing.Packed):
    """A package, and what its template says."""

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical name → properties of every resource of one type."""
        found = {name: one["Properties"] for name, one in self.template["Resources"].items() if one["Type"] == kind}
        assert found, f"the template has no {kind}"
        return found

    @property
    def functions(self) -> dict[str, dict[str, Any]]:
        """Name in app.py → properties of its Lambda."""
        found = self.of_type("AWS::Serverless::Function").values()
        return {one["Handler"].removeprefix("app.").replace("app", "api_handler"): one for one in found}


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Packing:
    """Packs into a new folder: (folder, what was printed)."""
    if not packing.can_pack():
        pytest.skip(packing.MISSING)

    def run(*options: str) -> tuple[Path, str]:
        made = packing.packed(tmp_path_factory.mktemp("packed") / "package", *options)
        return made.folder, made.said

    return run


@pytest.fixture(scope="session")
def packed() -> Packed:
    """The one that ``ackguard run --backend ministack`` and the tests of other rooms take as well."""
    if not packing.can_pack():
        pytest.skip(packing.MISSING)
    made = packing.packed(DATA / PACKAGE)
    return Packed(made.folder, made.said, made.template)
