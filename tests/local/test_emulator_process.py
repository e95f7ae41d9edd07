"""What the emulator unpacks once is whole for everybody, and is unpacked again only for another zip."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chalicelib.local import emulator_process
from chalicelib.local.emulator_process import linked

FILES = {"app.py": "x = 1\n", "room/__init__.py": "", "room/one.py": "y = 2\n"}


@pytest.fixture
def unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every folder that a zip was really unpacked to."""
    found: list[Path] = []

    def unpack(archive: zipfile.ZipFile, path: Path, members: object = None, pwd: object = None) -> None:
        found.append(path)
        original(archive, path)

    original: Callable[..., None] = zipfile.ZipFile.extractall
    monkeypatch.setattr(emulator_process, "_unpack", unpack)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return found


def start(folder: Path, files: dict[str, str] = FILES) -> Path:
    """What MiniStack does for a process: its own folder, its own copy of the zip, unpacked there."""
    code = folder / "code"
    code.mkdir(parents=True)
    with zipfile.ZipFile(folder / "code.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    with zipfile.ZipFile(folder / "code.zip") as archive:
        linked(archive, str(code))
    return code


def held(code: Path) -> dict[str, str]:
    return {name: (code / name).read_text() for name in FILES}


def test_of_many_processes_started_at_once_each_has_every_file_and_one_copy_was_unpacked(
    unpacked: list[Path], tmp_path: Path
) -> None:
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda number: start(tmp_path / str(number)), range(8)))
    assert [held(code) for code in codes] == [FILES] * 8
    assert len(unpacked) == 1
    assert list(tmp_path.glob("*/code.zip")) == []


def test_other_code_is_another_copy(unpacked: list[Path], tmp_path: Path) -> None:
    before, after = start(tmp_path / "before"), start(tmp_path / "after", FILES | {"app.py": "x = 2\n"})
    assert (held(before)["app.py"], held(after)["app.py"]) == ("x = 1\n", "x = 2\n")
    assert len(unpacked) == 2


def test_a_zip_that_is_no_file_is_unpacked_as_ever(unpacked: list[Path], tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "x = 1\n")
    with zipfile.ZipFile(packed) as archive:
        linked(archive, tmp_path / "layer")
    assert unpacked == [tmp_path / "layer"]
