"""The words of ``ackguard policy``, as a person at a terminal and a machine use them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chalicelib import registry
from chalicelib.cli.main import main
from tests.policy.small import FILES

TESTS = 'tests:\n  - {say: "No signal in Hove, can you help?", expect: acknowledge}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path, text in {**FILES, "telline/tests.yaml": TESTS}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.mark.parametrize("word", registry.names("chalicelib.cli.policy_words"))
def test_every_word_teaches_with_an_example(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["policy", word, "--help"])
    assert left.value.code == 0
    assert f"ackguard policy {word}" in capsys.readouterr().out.split("usage:", 1)[1].split("\n", 1)[1]


def test_tests_that_pass_and_tests_that_fail_have_their_exit_codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "test", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"tried": 1, "failures": []}
    (folder / "telline/tests.yaml").write_text(TESTS.replace("acknowledge", "human"))
    assert main(["policy", "test", str(folder)]) == 1
    assert "telline/tests.yaml:2" in capsys.readouterr().out


def test_no_test_at_all_is_a_failure_and_an_unknown_brand_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "test", str(folder), "--only", "nobody says this"]) == 1
    assert "no test was run" in capsys.readouterr().err
    assert main(["policy", "test", "tellin", "--policies", str(folder)]) == 2
    assert "telline" in capsys.readouterr().err


def test_what_cannot_be_read_is_shown_with_line_and_caret(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "telline/policy.yaml").write_text("policy: telline\nowner: a@b.example\nhumn: {}\n")
    assert main(["policy", "test", str(folder)]) == 1
    shown = capsys.readouterr().out
    assert "telline/policy.yaml:3:1" in shown
    assert "    ^" in shown
