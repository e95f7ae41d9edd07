"""The words of ``ackguard policy``, as a person at a terminal and a machine use them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
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


def test_check_finds_what_lint_tests_and_mutants_find_and_says_where(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(folder), "--today", "2026-11-22", "--json"]) == 1
    found = {(one["id"], one["path"]) for one in json.loads(capsys.readouterr().out)}
    assert {("GP703", "telline/policy.yaml"), ("GP701", "baseline/policy.yaml"), ("GP702", "telline/policy.yaml")} <= found
    (folder / "telline/tests.yaml").write_text(TESTS.replace("acknowledge", "human"))
    assert main(["policy", "check", str(folder), "--today", "2026-11-22"]) == 1
    shown = capsys.readouterr().out
    assert "GP700 expected human, got acknowledge by ordinary" in shown
    assert "GP703" not in shown, "a broken test cannot judge mutants"


def test_fmt_shows_what_it_would_change_and_then_changes_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "fmt", str(folder)]) == 0
    (folder / "baseline/lists/slurs.txt").write_text("  zorgle*   //why\n\n\n\nvirgin")
    assert main(["policy", "fmt", str(folder), "--check"]) == 1
    assert "+zorgle* // why" in capsys.readouterr().out
    assert main(["policy", "fmt", str(folder)]) == 0
    assert (folder / "baseline/lists/slurs.txt").read_text() == "zorgle* // why\n\nvirgin\n"
    (folder / "telline/policy.yaml").write_text("policy: [\n")
    assert main(["policy", "fmt", str(folder)]) == 1
    assert (folder / "telline/policy.yaml").read_text() == "policy: [\n", "what cannot be read is left alone"


def test_lint_mends_what_a_machine_may_mend_and_explains_the_rest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "baseline/lists/slurs.txt").write_text("zorgle*\nzorgles\nvirgin\n")
    main(["policy", "lint", str(folder), "--today", "2026-11-22", "--fix"])
    assert (folder / "baseline/lists/slurs.txt").read_text() == "zorgle*\nvirgin\n"
    capsys.readouterr()
    assert main(["policy", "lint", "--explain", "gp404"]) == 0
    assert "zorgle" not in (shown := capsys.readouterr().out)
    assert "prefer   lawyer*" in shown
    assert main(["policy", "lint", "--explain", "GP999"]) == 2


def test_sarif_names_rule_place_and_fix(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "baseline/lists/slurs.txt").write_text("zorgle*\nzorgles\nvirgin\n")
    main(["policy", "lint", str(folder), "--today", "2026-11-22", "--sarif"])
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    (result,) = (one for one in run["results"] if one["ruleId"] == "GP404")
    assert rules[result["ruleIndex"]] == "GP404"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == f"{folder.resolve().as_uri()}/baseline/lists/slurs.txt"
    assert place["region"] == {"startLine": 2, "startColumn": 1, "snippet": {"text": "zorgles"}}
    (change,) = result["fixes"][0]["artifactChanges"][0]["replacements"]
    assert change["deletedRegion"] == {"startLine": 2, "startColumn": 1, "endLine": 3, "endColumn": 1}
    assert change["insertedContent"] == {"text": ""}


def test_sarif_keeps_to_the_schema_of_oasis_and_has_what_code_scanning_asks_for(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "baseline/lists/slurs.txt").write_text("zorgle*\nzorgles\nvirgin\n")
    monkeypatch.chdir(folder.parent)
    main(["policy", "lint", folder.name, "--today", "2031-11-22", "--sarif"])
    document = json.loads(capsys.readouterr().out)
    schema = json.loads((Path(__file__).parents[1] / "vectors/sarif-2.1.0.json").read_text())
    assert [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(document)] == []
    (run,) = document["runs"]
    assert all(rule["shortDescription"]["text"] and rule["fullDescription"]["text"] for rule in run["tool"]["driver"]["rules"])
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in run["tool"]["driver"]["rules"])
    assert run["results"]
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert (folder.parent / place["artifactLocation"]["uri"]).is_file(), "named from where the command ran"
        assert place["region"]["startLine"] >= 1
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]


def test_the_schemas_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    assert main(["policy", "schema", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "policy.schema.json").exists()
    assert main(["policy", "schema", "--out", str(tmp_path / "nowhere")]) == 2
