"""The commands that read and decide: exit codes that mean something, words a care lead reads, JSON for machines."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from chalicelib import registry
from chalicelib.cli.folder import opened
from chalicelib.cli.story import Story, handle_of, latest
from tests.cli.conftest import COMMAND, ROOT, Played

Ackguard = Callable[..., tuple[int, str, str]]


def written_by(played: Played, handle: str) -> Story:
    with opened(played.data) as folder:
        return next(story for story in latest(folder.lookup, 200) if handle_of(story.mention) == handle)


@pytest.mark.parametrize("command", sorted(registry.members("chalicelib.cli.commands", "COMMAND")))
def test_every_command_teaches(ackguard: Ackguard, command: str) -> None:
    code, out, _ = ackguard(command, "--help")
    assert code == 0
    assert len(out.splitlines()) > 5


def test_help_names_the_exit_codes(ackguard: Ackguard) -> None:
    code, out, _ = ackguard("--help")
    assert code == 0
    assert "exit codes: 0 done" in out


def test_exit_codes_tell_wrong_usage_from_not_there_from_not_available(
    ackguard: Ackguard, played: Played, tmp_path: Path
) -> None:
    assert ackguard("dance")[0] == 2
    assert ackguard("why", "zzzz", "--data", played.data)[0] == 1
    assert ackguard("why", "zzzz", "--data", tmp_path)[0] == 3
    assert ackguard("send", "hello", "--data", played.data)[0] == 3
    assert ackguard("ledger", "list", "--limit", "0", "--data", played.data)[0] == 2


def test_why_explains_a_person_with_the_words_and_the_counterfactual(ackguard: Ackguard, played: Played) -> None:
    story = written_by(played, "clerk_of_hull")
    code, out, _ = ackguard("why", story.id[:6], "--data", played.data)
    assert code == 0
    assert "Goes to a person because of legal" in out
    assert "“solicitor” is on the list legal" in out
    assert "Without legal" in out
    assert any(zone in out for zone in ("GMT", "BST", "EST", "EDT"))


def test_why_shows_the_public_reply_of_an_acknowledgement(ackguard: Ackguard, played: Played) -> None:
    story = written_by(played, "otis_fern")
    code, out, _ = ackguard("why", story.id, "--data", played.data)
    assert code == 0
    assert "Gets an acknowledgement" in out
    assert story.reply is not None
    assert story.reply[:40] in out


def test_an_ambiguous_id_asks_for_more_letters(ackguard: Ackguard, played: Played) -> None:
    with opened(played.data) as folder:
        letters = [story.id[0] for story in latest(folder.lookup, 200)]
    letter = max(letters, key=letters.count)
    code, _, err = ackguard("why", letter, "--data", played.data)
    assert code == 1
    assert "more letters" in err


def test_ledger_list_is_json_for_machines_and_a_table_for_people(ackguard: Ackguard, played: Played) -> None:
    code, out, _ = ackguard("ledger", "list", "--limit", "10", "--json", "--data", played.data)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(rows) == 10
    assert {"id", "at", "brand", "kind", "outcome", "rule", "state"} == set(rows[0])
    _, table, _ = ackguard("ledger", "list", "--limit", "10", "--data", played.data)
    assert all(row["id"][:8] in table for row in rows)


def test_after_an_erasure_the_decision_stays_and_the_words_are_gone(ackguard: Ackguard, played: Played, tmp_path: Path) -> None:
    story = written_by(played, "clerk_of_hull")
    copied = tmp_path / "var"
    shutil.copytree(played.data, copied)
    rows = sqlite3.connect(copied / "ackguard.sqlite3")
    rows.execute("DELETE FROM rows WHERE tbl = 'private' AND partition = ?", (story.id,))
    rows.commit()
    rows.close()
    code, out, _ = ackguard("why", story.id, "--data", copied)
    assert code == 0
    assert "outcome human, rule legal" in out
    assert "was erased" in out
    assert "solicitor" not in out
    assert "erased" in ackguard("ledger", "show", story.id, "--data", copied)[1]
    assert ackguard("ledger", "list", "--data", copied)[0] == 0


def test_ledger_list_since_leaves_out_what_is_older(ackguard: Ackguard, played: Played) -> None:
    _, out, _ = ackguard("ledger", "list", "--since", "2099-01-01T00:00:00Z", "--json", "--data", played.data)
    assert out == ""


def test_ledger_show_keeps_the_halves_apart(ackguard: Ackguard, played: Played) -> None:
    story = written_by(played, "clerk_of_hull")
    code, out, _ = ackguard("ledger", "show", story.id, "--data", played.data)
    first, _, rest = out.partition("private half")
    assert code == 0
    assert "public half" in first
    assert "solicitor" not in first
    assert "my solicitor will write" in rest


def test_cases_show_the_most_urgent_first_with_a_zone(ackguard: Ackguard, played: Played) -> None:
    code, out, _ = ackguard("cases", "--json", "--data", played.data)
    priorities = [json.loads(line)["priority"] for line in out.splitlines()]
    assert code == 0
    assert priorities == sorted(priorities)
    assert priorities[0] == 0
    _, table, _ = ackguard("cases", "--brand", "northwind-bank", "--data", played.data)
    assert "life-at-risk" in table
    assert "EST" in table or "EDT" in table
    assert "telline" not in table


def test_decide_gives_one_line_for_each_line_and_names_the_bad_ones(ackguard: Ackguard, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(
        '{"id": 1, "text": "@BrandDemo How do I order a replacement card?"}\n'
        "not json\n"
        '{"id": "3", "text": "@BrandDemo my solicitor will write to you about this card", "brand": "Acme"}\n'
        '{"id": "4", "text": "unknown", "followers": 3}\n'
    )
    code, out, err = ackguard("decide", file)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert rows[0]["outcome"] == "acknowledge"
    assert rows[0]["reply"]
    assert rows[1] == {"line": 2, "error": "not JSON: one object a line is expected"}
    assert (rows[2]["outcome"], rows[2]["rule"], rows[2]["reply"]) == ("human", "legal", None)
    assert [piece["quote"] for match in rows[2]["matched"] if match["rule"] == "legal" for piece in match["evidence"]] == [
        "solicitor"
    ]
    assert rows[3]["outcome"] == "human"
    assert "decided 3" in err
    assert "1 bad lines" in err
    assert "1 lines name a brand" in err


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ({}, "acknowledge"),
        ({"is_reply": True}, "human"),
        ({"context": {"reply_to": "brand"}}, "human"),
        ({"context": {"reply_to": "brand", "text": "All of it is on our cards page."}}, "human"),
        ({"followers": 2_000_000}, "human"),
        ({"media": ["photo"]}, "human"),
        ({"lang": "tr"}, "human"),
        ({"author": "BrandDemo", "platform": "mastodon"}, "acknowledge"),
    ],
)
def test_what_a_line_tells_changes_its_outcome(
    ackguard: Ackguard, tmp_path: Path, given: dict[str, object], outcome: str
) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(json.dumps({"id": 1, "text": "@BrandDemo How do I order a replacement card?", **given}))
    _, out, _ = ackguard("decide", file)
    assert json.loads(out)["outcome"] == outcome


def test_replies_of_one_run_differ(ackguard: Ackguard, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text("".join(f'{{"id": {n}, "text": "@BrandDemo How do I order a replacement card?"}}\n' for n in range(60)))
    _, out, _ = ackguard("decide", file)
    replies = [json.loads(line)["reply"] for line in out.splitlines()]
    assert len(set(replies)) == 60


def test_the_handle_of_a_brand_that_is_none_of_ours_is_no_stranger_to_it(ackguard: Ackguard, tmp_path: Path) -> None:
    file = tmp_path / "mentions.jsonl"
    mention = {"id": "1", "text": "@AcmeHelp @one @two how do I change the address on my account?"}
    file.write_text("".join(json.dumps(mention | more) + "\n" for more in ({}, {"brand": "Acme"})), encoding="utf-8")
    _, out, _ = ackguard("decide", file)
    to_us, to_them = ([match["rule"] for match in json.loads(line)["matched"]] for line in out.splitlines())
    assert "many-addressed" in to_us
    assert "many-addressed" not in to_them


def test_decide_decides_at_the_time_the_mention_was_written(ackguard: Ackguard, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "text": "How do I order a replacement card?", "created_at": "2019-07-01T12:00:00Z"}\n')
    _, out, _ = ackguard("decide", file)
    assert json.loads(out)["rule"] != "stale"


def test_decide_says_what_is_wrong_with_its_words(ackguard: Ackguard, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    assert ackguard("decide", empty)[0] == 1
    assert ackguard("decide", tmp_path / "none.jsonl")[0] == 1
    code, _, err = ackguard("decide", empty, "--brand", "nobody")
    assert code == 2
    assert "there are" in err
    assert "northwind-bank" in err


def test_wrong_policies_are_shown_with_their_place(ackguard: Ackguard, tmp_path: Path) -> None:
    folder = tmp_path / "policies" / "baseline"
    folder.mkdir(parents=True)
    (folder / "policy.yaml").write_text("human:\n  a: &x {}\n")
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    code, _, err = ackguard("decide", empty, "--policies", folder.parent)
    assert code == 1
    assert "baseline/policy.yaml:2:" in err


def test_a_reader_that_goes_away_is_no_failure(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text('{"id": 1, "text": "hello"}\n' * 3000)
    words = " ".join(["'" + word + "'" for word in [*COMMAND, "decide", str(file)]])
    done = subprocess.run(["bash", "-c", f"{words} | head -1"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["id"] == "1"
    assert "Traceback" not in done.stderr
