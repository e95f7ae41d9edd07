"""One service that has had the whole stream, shared by every test that reads its data."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "chalicelib.cli.main"]


@dataclass(frozen=True)
class Played:
    """The data folder, and what the run printed."""

    data: Path
    out: str
    err: str


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    data = tmp_path_factory.mktemp("played") / "var"
    done = subprocess.run(
        [*COMMAND, "run", "--once", "--port", "0", "--data", str(data)], cwd=ROOT, capture_output=True, text=True, timeout=180
    )
    assert done.returncode == 0, done.stderr
    return Played(data, done.stdout, done.stderr)


@pytest.fixture
def ackguard(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs one command in this process: exit code, standard output, standard error."""
    from chalicelib.cli.main import main

    def run(*words: str | Path) -> tuple[int, str, str]:
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:
            code = int(str(left.code or 0))
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run
