from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib.cli.main import main
from chalicelib.local.policies import POLICIES
from tests.cli.conftest import Played


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped policies, to be changed."""
    return Path(shutil.copytree(POLICIES, tmp_path / "policies"))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["voice", *words])
    found = capsys.readouterr()
    return code, found.out + found.err


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / "voices" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_shipped_voices_pass_their_lint_without_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "lint", "--quick", "--strict", "--per-day", "1000")
    assert code == 0
    assert "12,167 of 12,167" in said
    assert "343 of 343" in said
    assert "warning" not in said


def test_the_lint_is_readable_for_machines_and_finds_the_closest_pair(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "lint", "plain.es", "--json", "--per-day", "48"]) == 0
    found = json.loads(capsys.readouterr().out)["voices"]["plain.es"]
    assert (found["live"], found["brands"]["asked for"]["per_hour"]) == (343, 2)
    assert 0.5 < found["closest"][0] < 0.75


def test_a_slip_in_spelling_is_a_warning_and_a_broken_rule_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(folder, "plain.en.yaml", "look for replies below", "look for the anser below")
    code, said = told(capsys, "lint", "plain.en", "--quick", "--policies", str(folder))
    assert code == 0
    assert "“anser”" in said
    change(folder, "plain.en.yaml", "look for the anser below", "thanks, look below")
    code, said = told(capsys, "lint", "plain.en", "--quick", "--policies", str(folder))
    assert code == 1
    assert "breaks the rule “thanks”" in said


def test_a_number_that_changed_its_text_is_refused_against_what_is_in_force(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "plain.en.yaml", "look for replies below", "watch the space below")
    code, said = told(capsys, "lint", "plain.en", "--quick", "--policies", str(folder), "--against", str(POLICIES))
    assert code == 1
    assert "parts.where.1" in said
    change(folder, "plain.en.yaml", "edition: 2", "edition: 3")
    code, said = told(capsys, "lint", "plain.en", "--quick", "--policies", str(folder), "--against", str(POLICIES))
    assert code == 0
    assert "never the same five wordings" in said


def test_a_brand_that_needs_more_than_its_voice_has_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brand = folder / "northwind-bank" / "brand.yaml"
    brand.write_text(brand.read_text().replace("languages: [en, es]", "languages: [en, fr]").replace("branch team", "team 7"))
    code, said = told(capsys, "lint", "plain.en", "--quick", "--policies", str(folder))
    assert code == 0
    assert "there is no voice plain.fr" in said
    assert "cannot say the team “team 7”" in said


def test_replies_are_shown_in_a_row_with_what_they_are_made_of(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "show", "plain.es", "--number", "3", "--wordings")
    assert code == 0
    assert said.count("word ") == 3
    assert told(capsys, "show", "nobody.en")[0] == 2


def test_the_index_counts_repeats_of_one_account_and_names_a_bad_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "replies.jsonl"
    rows = [{"text": f"@user{number} we have passed your query on to the team", "account": "a"} for number in range(4)]
    file.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"text": "we have passed your query", "account": "b"}]))
    assert main(["voice", "index", str(file), "--json"]) == 0
    a, b = json.loads(capsys.readouterr().out)
    assert (a["account"], a["exact"], a["near"], a["near_first200"]) == ("a", 75.0, 75.0, None)
    assert a["most_used"].startswith("4 x we have")
    assert (b["exact"], b["most_used"]) == (0.0, "")
    file.write_text('{"text": "fine"}\n[1]\n')
    code, said = told(capsys, "index", str(file))
    assert code == 1
    assert "replies.jsonl:2: no reply" in said
    assert told(capsys, "index", str(tmp_path / "nothing"))[0] == 1


def test_what_was_said_of_a_wording_is_read_from_the_ledger(
    played: Played, ackguard: Callable[..., tuple[int, str, str]]
) -> None:
    code, out, _ = ackguard("voice", "used", "plain.en", "--json", "--data", played.data)
    rows = json.loads(out)
    said = [row for row in rows if row["times"]]
    assert (code, len(rows)) == (0, 115)
    assert said
    assert all(row["first"] <= row["last"] for row in said)
    assert {row["approved_by"] for row in rows} == {"Maya Osei"}
    assert "seen:0" in ackguard("voice", "used", "plain.en", "--data", played.data)[1]
