"""One package for all tests of this room, made as ``make package`` makes it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build/package-venv/bin"

Packing = Callable[..., tuple[Path, str]]


@dataclass(frozen=True)
class Packed:
    """The folder that was written, what was printed, and the template."""

    folder: Path
    said: str
    template: dict[str, Any]

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
    if not list(TOOLS.parent.glob("ready-*")):
        pytest.skip("tool missing: build/package-venv (make package-environment, with Python 3.12 or 3.13)")

    def run(*options: str) -> tuple[Path, str]:
        out = tmp_path_factory.mktemp("packed") / "package"
        command = [TOOLS / "python", ROOT / "infra/package.py", out, *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return out, done.stdout

    return run


@pytest.fixture(scope="session")
def packed(pack: Packing) -> Packed:
    folder, said = pack()
    return Packed(folder, said, yaml.safe_load((folder / "sam.yaml").read_text()))
