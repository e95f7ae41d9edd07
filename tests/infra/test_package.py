"""What is in the zip: everything a Lambda needs, nothing of the tests, and the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import zipfile
from pathlib import Path

import pytest

from chalicelib.settings import engine_of
from tests.infra.conftest import ROOT, TOOLS, Packed, Packing

NOT_SHIPPED = ("boto3", "botocore", "moto", "pytest", "hypothesis", "greenlet", "chalice/cli", "tests/", "policies/", "infra/")


def names(packed: Packed) -> list[str]:
    with zipfile.ZipFile(packed.folder / "deployment.zip") as archive:
        return archive.namelist()


def sha256(folder: Path) -> str:
    return hashlib.sha256((folder / "deployment.zip").read_bytes()).hexdigest()


@pytest.mark.long
def test_the_same_checkout_gives_the_same_bytes(packed: Packed, pack: Packing) -> None:
    again, _ = pack()
    assert sha256(again) == sha256(packed.folder)
    assert f"sha256: {sha256(again)}" in packed.said
    assert (again / "sam.yaml").read_bytes() == (packed.folder / "sam.yaml").read_bytes()


def test_every_module_of_ours_is_there_with_its_pyc(packed: Packed) -> None:
    found = set(names(packed))
    ours = [file.relative_to(ROOT) for file in (ROOT / "chalicelib").rglob("*.py")]
    assert {path.as_posix() for path in (*ours, Path("app.py"))} <= found
    compiled = {name.split(".cpython-")[0].replace("__pycache__/", "") + ".py" for name in found if name.endswith(".pyc")}
    assert {name for name in found if name.endswith(".py")} == compiled


def test_no_test_library_and_nothing_of_the_runtime_is_there(packed: Packed) -> None:
    assert [name for name in names(packed) if name.startswith(NOT_SHIPPED)] == []


def test_the_size_is_printed_and_far_from_the_limit(packed: Packed) -> None:
    assert (packed.folder / "deployment.zip").stat().st_size < 60_000_000
    assert " MB zipped, " in packed.said


def test_the_engine_that_was_printed_is_that_of_the_checkout(packed: Packed) -> None:
    assert f"engine: {engine_of(ROOT / 'chalicelib')}\n" in packed.said


def test_every_lambda_starts_from_the_zip_alone(packed: Packed, tmp_path: Path) -> None:
    """With nothing else on the path, as in Lambda; botocore apart, which the runtime brings."""
    with zipfile.ZipFile(packed.folder / "deployment.zip") as archive:
        archive.extractall(tmp_path)
    steps = ("announce", "intake", "post", "receive", "rescue", "seal", "sequence", "settle", "watch")
    program = "import sys; sys.path.insert(0, sys.argv[1]); import app; app.wiring.platforms(); import " + ", ".join(
        f"chalicelib.steps.{step}" for step in steps
    )
    command = [TOOLS / "python", "-I", "-S", "-B", "-c", program, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.long
def test_arm64_gets_libraries_of_its_own(pack: Packing) -> None:
    folder, said = pack("--architecture", "arm64")
    with zipfile.ZipFile(folder / "deployment.zip") as archive:
        libraries = [name for name in archive.namelist() if name.endswith(".so")]
        machines = {archive.read(name)[18] for name in libraries}
    assert "arm64" in said
    assert machines == {0xB7}, "ELF: 0xB7 is AArch64"
    assert "arm64" in (folder / "sam.yaml").read_text()


def test_what_chalice_only_warns_of_is_a_failure(tmp_path: Path, pack: Packing) -> None:
    """Chalice ends with 0 where a dependency has no wheel."""
    program = (
        "import pathlib, sys; sys.path.insert(0, sys.argv[1]); import package\n"
        "package.subprocess.run = lambda *_, **__: type('Done', (), {'returncode': 0, 'stdout': package.TROUBLE[0]})\n"
        "package.built(pathlib.Path('.'), pathlib.Path('.'))"
    )
    command = [TOOLS / "python", "-B", "-c", program, ROOT / "infra"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "NotPacked: chalice package: Could not install dependencies" in done.stderr


@pytest.mark.long
@pytest.mark.parametrize(
    "tool", [["cfn-lint"], ["checkov", "--config-file", "infra/checkov.yaml", "--file"]], ids=lambda tool: tool[0]
)
def test_the_template_is_clean_for(tool: list[str], packed: Packed) -> None:
    command = [TOOLS / tool[0], *tool[1:], os.path.relpath(packed.folder / "sam.yaml", ROOT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
