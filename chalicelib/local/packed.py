"""The package of the Lambdas, made as ``make package`` makes it, with the Python that Lambda has."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "build/package-venv/bin"
MISSING = "tool missing: build/package-venv; `make package-environment` makes it, which needs a Python 3.12 or 3.13 that runs"
SOURCES = ("app.py", "chalicelib", "infra", ".chalice/config.json", "requirements.txt", "requirements-package.txt")
"""What a package is made of, and with."""

SAID = "packed.json"
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
    """Pack into the folder ``out``, or take what lies there and was packed from the same files; raises NotPacked.

    Of several processes that want the same package one packs and the others wait for it.
    """
    if not can_pack():
        raise NotPacked(MISSING)
    with _alone(out.parent):
        return _made(out, options)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _made(out: Path, options: tuple[str, ...]) -> Packed:
    said, source = out / SAID, _source(options)
    if said.exists() and (told := json.loads(said.read_text()))["of"] == source:
        return _read(out, told["said"])
    command: list[str | Path] = [TOOLS / "python", ROOT / "infra/package.py", out, *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_S, check=False)
    if done.returncode:
        raise NotPacked(done.stderr.strip())
    said.write_text(json.dumps({"of": source, "said": done.stdout}))
    return _read(out, done.stdout)


def _read(out: Path, said: str) -> Packed:
    return Packed(out, said, yaml.safe_load((out / "sam.yaml").read_text()))


def _source(options: tuple[str, ...]) -> str:
    """The hash of everything that a package is made of."""
    whole = hashlib.sha256(json.dumps(options).encode())
    for name in SOURCES:
        for file in sorted(path for path in (ROOT / name, *(ROOT / name).rglob("*")) if path.is_file()):
            if "__pycache__" not in file.parts:
                whole.update(f"{file.relative_to(ROOT)}\n".encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
