"""`make run BACKEND=ministack`: the stream through the deployed package ends as it ends on the embedded backend."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from chalicelib.local import emulator
from chalicelib.local.packed import MISSING, ROOT, can_pack
from chalicelib.local.stream import scenes

WHOLE = os.environ.get("WHOLE_STREAM") == "1"
SCENES = ",".join(str(number) for number, _ in enumerate(scenes.load(), 1)) if WHOLE else "1,5,6,9,11"
"""All of it with ``WHOLE_STREAM=1``; else ordinary questions, changes in the hold, a platform's bad day, a surge, the door."""

OUTCOMES = ("acknowledge", "human", "ignore")
TO_SEVERAL = {entry.by for scene in scenes.load() for entry in scene.entries if len(entry.to) > 1}
PERSON = re.compile(r" → (\S+ P\d) by ")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chalicelib.cli.main", "run", "--once", "--port", "0", "--scenes", SCENES, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)


def fates(out: str) -> Counter[tuple[str, str, str, str]]:
    """Mention, outcome, rule, and department with priority, of every line that begins one.

    Not compared is what differs by design: the wordings, which follow each other in the order of decisions, and the times by
    which a person should answer, which follow the clock: one runs 60 times as fast; and which of two sisters answers who tagged
    both: the first that is decided.
    """
    found = re.findall(rf"^ *(@\S+ → @\S+|\S+@\S+ → \S+@\S+) +({'|'.join(OUTCOMES)}) +(\S+)(.*)", out, re.MULTILINE)
    persons = [PERSON.search(rest) for *_, rest in found]
    return Counter(
        (_writer(line[0]), *line[1:3], person[1] if person else "") for line, person in zip(found, persons, strict=True)
    )


def _writer(mention: str) -> str:
    """Who wrote to whom; of a post that tags two sisters only who wrote."""
    writer = mention.partition(" → ")[0]
    return writer if writer.removeprefix("@") in TO_SEVERAL else mention


@pytest.mark.long
def test_the_deployed_service_shows_the_same_table_as_the_embedded_one_and_says_what_it_does(tmp_path: Path) -> None:
    """One test, because one process is to deploy: they would share the folder of the emulator."""
    if not can_pack():
        pytest.skip(MISSING)
    if not emulator.COMMAND.exists():
        pytest.skip(emulator.MISSING)
    deployed, embedded = run("--backend", "ministack"), run("--data", str(tmp_path))
    assert deployed.returncode == 0, deployed.stderr
    assert embedded.returncode == 0, embedded.stderr
    mentions = fates(embedded.stdout)
    assert mentions.total() >= 30
    assert len([one for one in mentions if one[3]]) >= 10, "departments and priorities are compared too"
    assert fates(deployed.stdout) == mentions
    assert totals(deployed.stdout) == totals(embedded.stdout)

    assert "deploying: 5 of 5 done" in deployed.stderr
    assert "Traceback" not in deployed.stderr
    assert "is deployed in MiniStack" in deployed.stdout
    assert all(
        scene.title in deployed.stdout for number, scene in enumerate(scenes.load(), 1) if str(number) in SCENES.split(",")
    )


def totals(out: str) -> list[str]:
    return re.findall(r"^\d+ mentions: .*$|^\d+ replies are public, \d+ different texts", out, re.MULTILINE)


def test_a_scene_that_there_is_not_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chalicelib.cli.main", "run", "--scenes", "1,99"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "no scene 99; there are 1 to 11" in done.stderr) == (2, True)
