"""The words that ship a policy, as people type them: two people, one data folder."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.audit.record import Actor
from chalicelib.embedded.artefacts import FileArtefacts
from chalicelib.embedded.key import LocalSigner
from chalicelib.embedded.memory import START
from chalicelib.embedded.store import SqliteStore
from chalicelib.local import person
from chalicelib.local.policies import POLICIES, compiled
from chalicelib.steps import publish
from chalicelib.steps.approve import Person
from tests import pack
from tests.cli.conftest import Played

Run = Callable[..., tuple[int, str, str]]
HOSTILE = "<script>alert(1)</script> \u202e how do i use my card? my solicitor asks"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A policy folder of its own."""
    tree = pack.files() | {"voices/plain.en.yaml": pack.VOICE.read_text(encoding="utf-8")}
    tree |= {"voices/tone.en.yaml": (POLICIES / "voices" / "tone.en.yaml").read_text(encoding="utf-8")}
    for name, text in tree.items():
        file = tmp_path / "policies" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "policies"


@pytest.fixture
def data(tmp_path: Path, folder: Path) -> Path:
    """A data folder in which this policy is in force."""
    at = tmp_path / "var"
    at.mkdir(mode=0o700)
    store = SqliteStore(at / "ackguard.sqlite3")
    engine = wiring.settings().engine
    ports = publish.PublishPorts(
        store=store,
        artefacts=FileArtefacts(at / "artefacts"),
        signer=LocalSigner(at / "publisher.key", "ackguard-publisher"),
        entropy=os.urandom,
    )
    publish.run(compiled(folder, engine), engine, Actor(type="person", id="ana"), ports, START)
    store.close()
    return at


@pytest.fixture
def mentions(tmp_path: Path) -> Path:
    lines = [{"id": "m1", "text": HOSTILE}, {"id": "m2", "text": "how do i activate my card?"}]
    file = tmp_path / "mentions.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


@pytest.fixture
def sits(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Who sits at this terminal from now on."""

    def down(name: str) -> None:
        monkeypatch.setattr(person, "here", lambda: Person(actor=Actor(type="person", id=name), full=name))

    down("ana")
    return down


def test_a_stricter_policy_goes_into_force_and_the_history_says_who(
    ackguard: Run, folder: Path, data: Path, sits: Callable[[str], None]
) -> None:
    legal = folder / "baseline/lists/legal.txt"
    legal.write_text(legal.read_text() + "bailiff\n")
    code, out, _ = ackguard("policy", "publish", folder, "--data", data, "--why", "bailiffs are legal")
    assert code == 0
    assert "TIGHTENS" in out
    assert "list legal: also “bailiff”" in out
    code, out, _ = ackguard("policy", "history", "--data", data, "--json")
    told = json.loads(out)
    assert [(line["change"], line["people"]) for line in told["history"]] == [("tightens", ["ana"]), ("unasked", ["ana"])]


def test_a_looser_policy_is_replayed_and_needs_somebody_else_who_has_read_the_flips(
    ackguard: Run, folder: Path, data: Path, mentions: Path, sits: Callable[[str], None]
) -> None:
    (folder / "baseline/lists/legal.txt").write_text("lawyer\n")
    code, out, _ = ackguard("policy", "publish", folder, "--data", data, "--why", "x", "--mentions", mentions)
    assert code == 1
    assert out.index("2 of 2 mentions replayed") < out.index("1 went to a person and would be acknowledged")
    assert "solicitor" in out
    assert "\u202e" not in out
    start = out.split("ackguard policy approve ")[1].split()[0]
    assert ackguard("policy", "approve", start, "--flips", "1", "--data", data)[2].strip().endswith("cannot approve it")
    sits("Ben")
    code, out, _ = ackguard("policy", "approve", start, "--data", data)
    assert (code, "1 turn to acknowledgements" in out) == (1, True)
    assert ackguard("policy", "approve", start, "--flips", "0", "--data", data)[0] == 1
    code, out, _ = ackguard("policy", "approve", start, "--flips", "1", "--data", data)
    assert code == 0
    assert "in force" in out
    _, out, _ = ackguard("policy", "history", "--data", data)
    assert "ana, Ben" in out
    code, out, _ = ackguard("policy", "rollback", "--data", data, "--why", "back")
    assert code == 0
    assert "TIGHTENS" in out


def test_without_enough_recorded_mentions_nothing_that_loosens_is_proposed(
    ackguard: Run, folder: Path, data: Path, sits: Callable[[str], None]
) -> None:
    (folder / "baseline/lists/legal.txt").write_text("lawyer\n")
    code, _, err = ackguard("policy", "publish", folder, "--data", data, "--why", "x")
    assert code == 1
    assert "needs a replay" in err
    assert ackguard("policy", "publish", folder, "--data", data)[0] == 2


def test_a_challenger_is_started_shown_and_stopped(ackguard: Run, folder: Path, data: Path, sits: Callable[[str], None]) -> None:
    (folder / "baseline/lists/legal.txt").write_text("lawyer\n")
    assert ackguard("policy", "challenge", folder, "--data", data)[0] == 0
    _, out, _ = ackguard("policy", "history", "--data", data)
    assert "runs beside, never sent" in out
    assert ackguard("policy", "challenge", "--stop", "--data", data)[0] == 0
    assert ackguard("policy", "challenge", "--stop", "--data", data)[0] == 1
    assert ackguard("policy", "challenge", "--data", data)[0] == 2


def test_the_report_is_one_file_without_a_way_out_and_with_every_text_escaped(
    ackguard: Run, folder: Path, data: Path, mentions: Path, tmp_path: Path, sits: Callable[[str], None]
) -> None:
    (folder / "baseline/lists/legal.txt").write_text("lawyer\n")
    report = tmp_path / "report.html"
    code, out, _ = ackguard("policy", "simulate", folder, "--data", data, "--mentions", mentions, "--html", report, "--json")
    assert code == 1
    told = json.loads(out)
    assert (told["replayed"], told["flips"], told["shown"][0]["id"]) == (2, 1, "m1")
    page = report.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert "\u202e" not in page
    assert "script&gt;alert(1)&lt;/script&gt;" in page
    assert "<mark>solicitor</mark>" in page
    assert report.stat().st_mode & 0o077 == 0


def test_recorded_mentions_are_replayed_from_the_ledger_and_that_somebody_read_them_is_a_record(
    ackguard: Run, played: Played, tmp_path: Path, sits: Callable[[str], None]
) -> None:
    data = tmp_path / "copy"
    shutil.copytree(played.data, data)
    code, out, _ = ackguard("policy", "simulate", "in-force", "--data", data, "--since", "30d", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["mentions"] == told["replayed"] > 50
    assert told["flips"] == 0
    assert all(move["before"] == move["after"] for move in told["moves"])
    assert ackguard("policy", "simulate", "in-force", "--data", data, "--since", "soon")[0] == 2


@pytest.mark.parametrize(
    "word", [["diff", "ffff"], ["simulate", "ffff"], ["approve", "ffff"], ["rollback", "ffff", "--why", "x"]]
)
def test_a_hash_that_names_nothing_is_said_so(ackguard: Run, data: Path, word: list[str], sits: Callable[[str], None]) -> None:
    code, _, err = ackguard("policy", *word, "--data", data)
    assert code == 1
    assert "names no bundle" in err
