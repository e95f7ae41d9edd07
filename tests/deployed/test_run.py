"""`make run BACKEND=ministack`: the stream through the deployed package ends as it ends on the embedded backend."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from chalicelib.local import emulator
from chalicelib.local.packed import MISSING, ROOT, can_pack
from chalicelib.local.stream import scenes

SCENES = "1,5,6,11"
"""Ordinary questions, what changes in the hold, a bad day of the platform, and the door."""

OUTCOMES = ("acknowledge", "human", "ignore")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chalicelib.cli.main", "run", "--once", "--port", "0", "--scenes", SCENES, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False)


def fates(out: str) -> list[tuple[str, str, str]]:
    """Mention, outcome and rule of every line that begins one."""
    found = re.findall(rf"^ *(@\S+ → @\S+) +({'|'.join(OUTCOMES)}) +(\S+)", out, re.MULTILINE)
    return [(mention, outcome, rule) for mention, outcome, rule in found]


@pytest.fixture(scope="module")
def deployed() -> subprocess.CompletedProcess[str]:
    if not can_pack():
        pytest.skip(MISSING)
    if not emulator.COMMAND.exists():
        pytest.skip(emulator.MISSING)
    return run("--backend", "ministack")


def test_the_deployed_service_shows_the_same_table_as_the_embedded_one(
    deployed: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    assert deployed.returncode == 0, deployed.stderr
    embedded = run("--data", str(tmp_path))
    assert embedded.returncode == 0, embedded.stderr
    assert len(fates(embedded.stdout)) >= 20
    assert fates(deployed.stdout) == fates(embedded.stdout)
    assert totals(deployed.stdout) == totals(embedded.stdout)


def totals(out: str) -> list[str]:
    return re.findall(r"^\d+ mentions: .*$|^\d+ replies are public, \d+ different texts", out, re.MULTILINE)


def test_it_says_what_it_does_while_somebody_waits_and_ends_by_itself(deployed: subprocess.CompletedProcess[str]) -> None:
    assert "deploying: 5 of 5 done" in deployed.stderr
    assert "Traceback" not in deployed.stderr
    assert "is deployed in MiniStack" in deployed.stdout
    assert all(
        scene.title in deployed.stdout for number, scene in enumerate(scenes.load(), 1) if str(number) in SCENES.split(",")
    )


def test_a_scene_that_there_is_not_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chalicelib.cli.main", "run", "--scenes", "1,99"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "no scene 99; there are 1 to 11" in done.stderr) == (2, True)
