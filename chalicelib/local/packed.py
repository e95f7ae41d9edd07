"""The package of the Lambdas, made as ``make package`` makes it, with the Python that Lambda has."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build/package-venv/bin"
MISSING = "tool missing: build/package-venv; `make package-environment` makes it, which needs a Python 3.12 or 3.13 that runs"
_LONGEST_S = 300


class NotPacked(Exception):
    """There is no package; the text says why and what to do."""


@dataclass(frozen=True)
class Packed:
    """The folder that was written, what was printed, and the template."""

    folder: Path
    said: str
    template: Mapping[str, Any]


def can_pack() -> bool:
    """Whether the environment that packs is there and whole."""
    return any(TOOLS.parent.glob("ready-*"))


def packed(out: Path, *options: str) -> Packed:
    """Pack into the folder ``out``, which is made; raises NotPacked."""
    if not can_pack():
        raise NotPacked(MISSING)
    command: list[str | Path] = [TOOLS / "python", ROOT / "infra/package.py", out, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    if done.returncode:
        raise NotPacked(done.stderr.strip())
    return Packed(out, done.stdout, yaml.safe_load((out / "sam.yaml").read_text()))
