"""What a person is shown and asked while they write: the starters, the posts that a draft repeats, one sentence for a repeat."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.local.sandbox import Sandbox
from tests.cli.conftest import ROOT, Played

Ackguard = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def folder(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the played folder whose replies reach a platform."""
    data = tmp_path_factory.mktemp("drafting") / "var"
    shutil.copytree(played.data, data)
    sandbox = Sandbox(clock=lambda: datetime(2026, 11, 22, tzinfo=timezone.utc))
    sandbox.start()
    endpoints = data / "endpoints.json"
    endpoints.write_text(json.dumps({"x": sandbox.url, "relay": f"{sandbox.url}/relay/replies"}))
    endpoints.chmod(0o600)
    yield data
    sandbox.stop()


def waiting(ackguard: Ackguard, folder: Path) -> list[str]:
    """Open cases of one account."""
    _, out, _ = ackguard("cases", "--json", "--data", folder)
    cases = [json.loads(line) for line in out.splitlines()]
    return [one["id"] for one in cases if one["conversation"].startswith("case#x#1001#") and one["status"] == "open"]


def intents(folder: Path) -> list[dict[str, Any]]:
    rows = sqlite3.connect(folder / "ackguard.sqlite3")
    try:
        found = rows.execute("SELECT doc FROM rows WHERE tbl = 'ledger' AND sort LIKE '42-%' ORDER BY rowid").fetchall()
    finally:
        rows.close()
    return [json.loads(json.loads(doc)["leaf"])["body"] for (doc,) in found]


def test_a_repeat_is_shown_what_it_repeats_needs_one_sentence_and_then_goes_out(ackguard: Ackguard, folder: Path) -> None:
    first, second, third, *_ = waiting(ackguard, folder)
    words = "Ana here. We have looked at your account and somebody rings you about it on Monday morning."
    assert ackguard("reply", first, f"Hi Mia, {words}", "--data", folder)[0] == 0
    code, _, err = ackguard("reply", second, f"Hi Tom, {words}", "--data", folder)
    assert (code, "100% alike" in err, "--because" in err) == (1, True, True)
    assert len(intents(folder)) == 1
    because = "Both wrote about the same letter."
    assert ackguard("reply", second, f"Hi Tom, {words}", "--because", because, "--data", folder)[0] == 0
    assert intents(folder)[-1]["closest_percent"] == 100
    code, _, err = ackguard("reply", third, "The branch in Leeds has your card; bring a passport to the desk.", "--data", folder)
    assert (code, err) == (0, "")


def test_a_reply_without_words_shows_the_conversation_and_two_starters(ackguard: Ackguard, folder: Path) -> None:
    case = waiting(ackguard, folder)[0]
    code, out, _ = ackguard("reply", case, "--data", folder)
    assert code == 0
    assert "What was said" in out
    starters = [line.split("  ", 2)[2] for line in out.splitlines() if line.startswith(("  1  ", "  2  "))]
    assert len(set(starters)) == 2
    assert ackguard("reply", case, starters[0], "--data", folder)[0] == 0
    assert intents(folder)[-1]["starter"] == "unedited"
    _, told, _ = ackguard("voice", "starters", "--json", "--data", folder)
    assert sum(json.loads(line)["unedited"] for line in told.splitlines()) == 1


def test_the_tone_guide_asks_and_does_not_forbid(ackguard: Ackguard, folder: Path) -> None:
    code, _, err = ackguard("reply", waiting(ackguard, folder)[0], "It will be refunded by the desk in York.", "--data", folder)
    assert (code, "promise: “refunded”" in err) == (0, True)


def test_compare_tells_by_its_exit_code_and_names_the_accounts_there_are(ackguard: Ackguard, folder: Path) -> None:
    _, out, _ = ackguard("voice", "wall", "--account", "NorthwindHelp", "--data", folder)
    said = next(line.strip() for line in out.splitlines() if "(auto" in line)
    assert "Robot index: 0 (0.0%) exact copies" in out
    code, out, _ = ackguard("voice", "compare", "--account", "@northwindhelp", "--json", said, "--data", folder)
    assert (code, json.loads(out.splitlines()[0])["percent"], len(out.splitlines())) == (1, 100, 3)
    assert ackguard("voice", "compare", "--account", "NorthwindHelp", "Quite another thing, in Leeds.", "--data", folder)[0] == 0
    code, _, err = ackguard("voice", "compare", "--account", "nobody", "x", "--data", folder)
    assert (code, "x/NorthwindHelp" in err) == (1, True)


def test_times_puts_machine_and_person_side_by_side(ackguard: Ackguard, folder: Path) -> None:
    _, out, _ = ackguard("times", "--json", "--data", folder)
    rows = [json.loads(line) for line in out.splitlines()]
    assert sum(row["acknowledged"] for row in rows) > 10
    assert sum(row["answered"] for row in rows) >= 3
    assert all(row["minutes_to_acknowledgement"]["p50"] < 15 for row in rows if row["acknowledged"])
    assert ackguard("times", "--since", "yesterday", "--data", folder)[0] == 2


def test_a_terminal_lets_the_writer_go_on_from_a_starter(ackguard: Ackguard, folder: Path) -> None:
    case = waiting(ackguard, folder)[0]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "chalicelib.cli.main", "reply", case, "--data", str(folder)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"})
    os.close(theirs)
    answers = {"to leave): ": "1\n", "Your words: ": " It left Hull at noon.\n"}
    shown = ""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096).decode(errors="replace")
            except OSError:
                break
        question = next((one for one in answers if one in shown), None)
        if question is not None:
            os.write(ours, answers.pop(question).encode())
    assert process.wait(10) == 0, shown
    os.close(ours)
    assert "posted" in shown
    assert intents(folder)[-1]["starter"] == "edited"
