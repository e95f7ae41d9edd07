"""The Python that packs: one that Lambda has, and that runs; a shim that only exists is passed over."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.infra.conftest import ROOT


def found(home: Path, shims: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What infra/python says where PATH has only these shims (name → script) beside the system's own tools."""
    shelf = home / "shims"
    shelf.mkdir()
    for name, script in shims.items():
        (shelf / name).write_text(f"#!/bin/bash\n{script}\n")
        (shelf / name).chmod(0o755)
    command = ["/bin/bash", ROOT / "infra/python"]
    return subprocess.run(
        command, env={"PATH": str(shelf), "HOME": str(home)}, capture_output=True, text=True, timeout=30, check=False
    )


def test_a_shim_that_fails_is_passed_over(tmp_path: Path) -> None:
    done = found(tmp_path, {"python3.12": "echo 'pyenv: command not found' >&2; exit 127", "python3.13": "exit 0"})
    assert done.stdout.strip() == str(tmp_path / "shims/python3.13")


def test_one_line_says_what_to_install_where_none_runs(tmp_path: Path) -> None:
    done = found(tmp_path, {"python3.12": "exit 127"})
    assert done.returncode == 1
    assert done.stderr.startswith("tool missing: Python 3.12 or 3.13")
    assert done.stderr.count("\n") == 1
