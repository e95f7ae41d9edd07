"""What people do at the command line with cases and the pause, on a folder that has had the whole stream."""

from __future__ import annotations

import json
import pwd
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.local import actor
from chalicelib.local.sandbox import Sandbox
from chalicelib.steps.casework import NATIVE
from tests.cli.conftest import Played

Ackguard = Callable[..., tuple[int, str, str]]


@pytest.fixture
def folder(played: Played, tmp_path: Path) -> Path:
    """A copy, so that what one test does is not what the next one sees."""
    shutil.copytree(played.data, tmp_path / "var")
    return tmp_path / "var"


@pytest.fixture
def ana(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Who sits at the keyboard."""

    def sits(name: str) -> None:
        monkeypatch.setattr(pwd, "getpwuid", lambda _: SimpleNamespace(pw_name=name))

    sits("ana")
    return sits


def cases(ackguard: Ackguard, folder: Path, *words: str) -> list[dict[str, Any]]:
    _, out, _ = ackguard("cases", "--json", *words, "--data", folder)
    return [json.loads(line) for line in out.splitlines()]


def leaves(folder: Path, kind: str) -> list[dict[str, Any]]:
    rows = sqlite3.connect(folder / "ackguard.sqlite3")
    try:
        found = [
            json.loads(json.loads(doc)["leaf"])
            for (doc,) in rows.execute("SELECT doc FROM rows WHERE tbl = 'ledger' ORDER BY rowid")
        ]
    finally:
        rows.close()
    return [leaf for leaf in found if leaf["kind"] == kind]


def on_x(ackguard: Ackguard, folder: Path) -> dict[str, Any]:
    return next(one for one in cases(ackguard, folder) if one["conversation"].startswith("case#x#") and one["status"] == "open")


def test_the_second_who_takes_a_case_is_told_who_has_it_and_since_when(
    ackguard: Ackguard, folder: Path, ana: Callable[[str], None]
) -> None:
    id = on_x(ackguard, folder)["id"]
    assert ackguard("take", id[:8], "--data", folder)[0] == 0
    ana("ben")
    code, _, err = ackguard("take", id[:8], "--data", folder)
    assert code == 1
    assert "belongs to ana since " in err
    assert any(zone in err for zone in ("EST", "GMT", "UTC"))
    for word in ("close", "return"):
        assert ackguard(word, id, "--data", folder)[0] == 1
    assert ackguard("close", id, "--force", "ana is on leave", "--data", folder)[0] == 0
    assert [leaf["actor"]["id"] for leaf in leaves(folder, "closed")] == ["ben"]
    assert ackguard("reply", id, "hello", "--data", folder)[0] == 1


@pytest.mark.usefixtures("ana")
def test_a_reply_goes_to_the_platform_of_this_folder_once(ackguard: Ackguard, folder: Path) -> None:
    from datetime import datetime, timezone

    sandbox = Sandbox(clock=lambda: datetime(2026, 11, 22, tzinfo=timezone.utc))
    sandbox.start()
    try:
        endpoints = folder / "endpoints.json"
        endpoints.write_text(json.dumps({"x": sandbox.url, "relay": f"{sandbox.url}/relay/replies"}))
        endpoints.chmod(0o600)
        case = on_x(ackguard, folder)
        code, out, err = ackguard("reply", case["id"], "Hi, Ana here: I look into it.", "--data", folder)
        assert (code, err) == (0, "")
        assert "posted" in out
        again = ackguard("reply", case["id"], "Hi, Ana here: I look into it.", "--because", "no answer", "--data", folder)
        assert (again[0], "very words" in again[2]) == (1, True)
        assert [post.text for post in sandbox.posts] == ["Hi, Ana here: I look into it."]
    finally:
        sandbox.stop()
    _, view, _ = ackguard("cases", case["id"], "--data", folder)
    assert "Hi, Ana here: I look into it." in view
    assert "taken by ana" in view
    assert "answered; look again by" in view


@pytest.mark.usefixtures("ana")
def test_a_reply_that_never_left_says_so_and_never_goes_to_the_real_platform(ackguard: Ackguard, folder: Path) -> None:
    assert "127.0.0.1" in (folder / "endpoints.json").read_text()
    code, _, err = ackguard("reply", on_x(ackguard, folder)["id"], "Hello.", "--data", folder)
    assert code == 1
    assert "not posted" in err


@pytest.mark.usefixtures("ana")
def test_a_case_shows_its_whole_conversation_and_that_somebody_looked_is_recorded_first(ackguard: Ackguard, folder: Path) -> None:
    before = len(leaves(folder, "viewed"))
    answered = next(one for one in cases(ackguard, folder) if one["owner"] == NATIVE)
    code, out, _ = ackguard("cases", answered["id"][:8], "--data", folder)
    assert code == 0
    assert "What was said" in out
    assert "wrote" in out or "@" in out
    (view,) = leaves(folder, "viewed")[before:]
    assert (view["actor"]["id"], view["body"]["through"]) == ("ana", "case")


@pytest.mark.usefixtures("ana")
def test_text_from_outside_cannot_steer_the_terminal(ackguard: Ackguard, folder: Path) -> None:
    case = on_x(ackguard, folder)
    rows = sqlite3.connect(folder / "ackguard.sqlite3")
    with rows:
        place = (case["mentions"][0],)
        (doc,) = rows.execute("SELECT doc FROM rows WHERE tbl='private' AND partition=? AND sort='0-decision'", place).fetchone()
        half = json.loads(doc)
        half["half"]["facts"]["mention"]["text"]["value"] = "\x1b]0;owned\x07 \u202e evil"
        rows.execute(
            "UPDATE rows SET doc=? WHERE tbl='private' AND partition=? AND sort='0-decision'", (json.dumps(half), *place)
        )
    rows.close()
    for words in (("cases", case["id"]), ("cases",)):
        _, out, _ = ackguard(*words, "--data", folder)
        assert not set("\x1b\x07\u202e") & set(out)


@pytest.mark.usefixtures("ana")
def test_a_pause_says_when_it_holds_is_shown_with_who_and_why_and_lifted_by_a_person(ackguard: Ackguard, folder: Path) -> None:
    assert ackguard("resume", "topic", "broadband", "--why", "the surge of the stream is over", "--data", folder)[0] == 0
    code, out, _ = ackguard("pause", "all", "--why", "outage: people answer", "--data", folder)
    assert code == 0
    assert ", since " in out
    assert {leaf["actor"]["id"] for leaf in leaves(folder, "paused") if leaf["body"]["scope"] == "all"} == {"ana"}
    _, shown, _ = ackguard("pause", "--data", folder)
    assert "outage: people answer" in shown
    assert "ana" in shown
    assert ackguard("resume", "all", "--why", "over", "--data", folder)[0] == 0
    assert "Nothing is paused" in ackguard("pause", "--data", folder)[1]


@pytest.mark.usefixtures("ana")
def test_a_pause_that_does_not_reach_every_account_names_it_and_exits_1(ackguard: Ackguard, folder: Path) -> None:
    rows = sqlite3.connect(folder / "ackguard.sqlite3")
    with rows:
        (place,) = rows.execute("SELECT partition FROM rows WHERE partition LIKE 'account#x#%' ORDER BY 1").fetchone()
        rows.execute("UPDATE rows SET doc = '{}' WHERE partition = ?", (place,))
    rows.close()
    code, out, err = ackguard("pause", "all", "--why", "test", "--data", folder)
    assert code == 1
    assert place.removeprefix("account#").replace("#", "/") in err
    assert "run the same command again" in err
    assert "paused all" in out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("pause", "brand", "--why", "x"), 2, "say: all"),
        (("pause", "all"), 2, "--why"),
        (("pause", "brand", "nobody", "--why", "x"), 1, "no brand nobody"),
        (("pause", "topic", "nothing", "--why", "x"), 1, "no topic nothing"),
        (("pause", "account", "x/nobody", "--why", "x"), 1, "no account"),
        (("pause", "brand", "telline", "--brand", "telline", "--why", "x"), 2, "--brand goes with a topic"),
        (("resume",), 2, "ackguard pause"),
        (("take", "zzzzzzzz"), 1, "no case starts with zzzzzzzz"),
        (("take", ""), 1, "no case starts with"),
        (("reply", "zzzz", " "), 2, "say something"),
    ],
)
def test_wrong_words_get_one_clear_line(ackguard: Ackguard, folder: Path, words: tuple[str, ...], code: int, says: str) -> None:
    given, _, err = ackguard(*words, "--data", folder)
    assert (given, says in err) == (code, True), err


def test_a_name_of_the_operating_system_becomes_a_name_of_the_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"ana": "ana", "CORP\\ana k": "CORP-ana-k", "..ana": "ana", "żoë@x": "o--x", "": "unknown"}
    for given, kept in names.items():
        monkeypatch.setattr(pwd, "getpwuid", lambda _, given=given: SimpleNamespace(pw_name=given))
        assert actor.actor().id == kept
