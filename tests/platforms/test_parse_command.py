"""``ackguard parse`` prints what the receiver would read, or why it would not."""

from __future__ import annotations

import argparse
import io
import json
from pathlib import Path

import pytest

from chalicelib.cli import parse
from tests.platforms.webhook_kit import PAYLOADS, payload


def ackguard(*words: str) -> int:
    parser = argparse.ArgumentParser()
    parse.add(parser.add_subparsers())
    return parse.run(parser.parse_args(["parse", *words]))


def test_a_mention_is_printed_field_by_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert ackguard("--platform", "x", str(PAYLOADS / "x/mention.json")) == 0
    shown = capsys.readouterr().out
    for words in (
        "1 of 1: mention",
        "author.followers",
        "97",
        "my line is down since noon & nobody answers",
        "not offered",
        "yes",
        "photo",
    ):
        assert words in shown
    assert "1 notice; the signature was not checked" in shown


def test_unknown_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert ackguard("--platform", "relay", str(PAYLOADS / "relay/mention_small.json")) == 0
    assert "unknown (missing)" in capsys.readouterr().out


def test_lines_of_json_hold_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    assert ackguard("--platform", "x", "--json", str(PAYLOADS / "x/account_activity_deletes.json")) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["is"] == "Deletion"


def test_history_is_printed_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    ackguard("--platform", "relay", str(PAYLOADS / "relay/mention.json"))
    assert "by brand_human; text Which line?" in capsys.readouterr().out


def test_what_is_not_readable_says_why_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert ackguard("--platform", "relay", str(PAYLOADS / "x/mention.json")) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "schema:/type" in err


def test_a_part_that_is_not_readable_is_shown_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert ackguard("--platform", "x", str(PAYLOADS / "x/account_activity.json")) == 1
    assert "6 of 6: not understood" in capsys.readouterr().out


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream:
        buffer = io.BytesIO((PAYLOADS / "x/mention.json").read_bytes())

    monkeypatch.setattr("sys.stdin", Stream)
    assert ackguard("--platform", "x", "-") == 0


def test_a_file_that_is_not_there_or_too_long_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ackguard("--platform", "x", str(tmp_path / "none.json")) == 1
    (tmp_path / "long.json").write_bytes(b" " * 1_000_001)
    assert ackguard("--platform", "x", str(tmp_path / "long.json")) == 1
    err = capsys.readouterr().err
    assert "No such file" in err
    assert "1,000,000 bytes" in err


def test_nothing_foreign_steers_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = payload("relay/mention_small")
    document["data"]["text"] = "\x1b[31m\u202e [red]x[/red] \x07"
    document["data"]["author"]["display_name"] = "\x9b2J"
    (tmp_path / "hostile.json").write_text(json.dumps(document))
    for words in ((), ("--json",)):
        assert ackguard("--platform", "relay", *words, str(tmp_path / "hostile.json")) == 0
        shown = capsys.readouterr().out
        assert not {"\x1b", "\u202e", "\x07", "\x9b"} & set(shown)
        assert "[red]x[/red]" in shown
