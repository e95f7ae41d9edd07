"""A package that was made of the same files is taken as it lies there; of others it is made anew."""

from __future__ import annotations

import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chalicelib.local import packed as packing


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A checkout of two files whose packer only says so; every folder that was packed into."""
    (tmp_path / "chalicelib/__pycache__").mkdir(parents=True)
    for name in ("app.py", "chalicelib/one.py"):
        (tmp_path / name).write_text("x = 1\n")
    found: list[Path] = []

    def run(command: list[Path], **_: object) -> subprocess.CompletedProcess[str]:
        command[2].mkdir(exist_ok=True)
        time.sleep(0.05)
        (command[2] / "sam.yaml").write_text("Resources: {}\n")
        found.append(command[2])
        return subprocess.CompletedProcess(command, 0, "engine: sha256:1\n", "")

    monkeypatch.setattr(packing, "ROOT", tmp_path)
    monkeypatch.setattr(packing, "can_pack", lambda: True)
    monkeypatch.setattr(packing.subprocess, "run", run)
    return found


def test_the_same_files_are_packed_once_and_what_was_said_is_said_again(made: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert packing.packed(out) == packing.packed(out)
    assert made == [out]
    (tmp_path / "chalicelib/__pycache__/one.pyc").write_bytes(b"cache")
    packing.packed(out)
    assert made == [out]


def test_of_those_who_want_a_package_at_once_one_packs_and_the_others_wait(made: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: packing.packed(out), range(4)))
    assert made == [out]
    assert found == found[:1] * 4


@pytest.mark.parametrize("change", ["content", "name", "option"])
def test_anything_else_is_packed_anew(made: list[Path], tmp_path: Path, change: str) -> None:
    out = tmp_path / "out"
    packing.packed(out)
    if change == "content":
        (tmp_path / "chalicelib/one.py").write_text("x = 2\n")
    if change == "name":
        (tmp_path / "chalicelib/one.py").rename(tmp_path / "chalicelib/two.py")
    packing.packed(out, *(["--architecture", "arm64"] if change == "option" else []))
    assert made == [out, out]
