"""`ackguard run --once`: every scene ends as it must, and the table says so."""

from __future__ import annotations

import io
import json
import re
import shlex
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timezone
from itertools import combinations
from pathlib import Path

import pytest
from rich.console import Console

from chalicelib.cli.board import Board
from chalicelib.cli.folder import opened
from chalicelib.cli.story import Story, cases, stories
from chalicelib.domain import keys
from chalicelib.local.feed import Sent
from chalicelib.local.stream import scenes
from chalicelib.local.stream.cast import Cast
from chalicelib.local.stream.post import number
from chalicelib.local.stream.scenes import MENTIONS
from chalicelib.voice.sameness import similarity
from tests.cli.conftest import COMMAND, ROOT, Played

MENTIONED = [entry for scene in scenes.load() for entry in scene.entries if entry.do in MENTIONS and entry.signature == "right"]


@pytest.fixture(scope="module")
def by_entry(played: Played) -> dict[str, list[tuple[str, Story]]]:
    """Entry id → (state, story) for each account that the entry was delivered for."""
    found: dict[str, list[tuple[str, Story]]] = {}
    with opened(played.data) as folder:
        rows = [row for _, row in folder.lookup.find("state", "mention#", 10_000)]
        for entry in MENTIONED:
            root = number("post", entry.id, digits=18)
            found[entry.id] = [(row["state"], stories(folder.lookup, row["id"])[0]) for row in rows if row["root"] == root]
    return found


@pytest.mark.parametrize("entry", [entry for entry in MENTIONED if entry.ends], ids=lambda entry: entry.id)
def test_every_mention_ends_as_its_scene_says(entry: scenes.Entry, by_entry: dict[str, list[tuple[str, Story]]]) -> None:
    assert [state for state, _ in by_entry[entry.id]] == [entry.ends] * len(entry.to), by_entry[entry.id][0][1].rule


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("gone-first", "mention-gone"),
        ("gone-hold", "mention-gone"),
        ("change-legal", "edited"),
        ("takeover", "answered-natively"),
        ("refused", "refused:not-permitted"),
        ("late", "stale"),
        ("not-summoned", "not-summoned"),
        ("bot", "automated-author"),
        ("sister", "own-account"),
        ("repost", "no-words"),
    ],
)
def test_scenes_end_for_the_reason_they_show(entry: str, rule: str, by_entry: dict[str, list[tuple[str, Story]]]) -> None:
    assert [story.rule for _, story in by_entry[entry]] == [rule]


def test_one_sister_answers_and_the_other_stays_silent(by_entry: dict[str, list[tuple[str, Story]]]) -> None:
    assert sorted(state for state, _ in by_entry["both"]) == ["ignored", "posted"]


def test_a_lost_answer_is_found_and_never_sent_again(played: Played, by_entry: dict[str, list[tuple[str, Story]]]) -> None:
    assert by_entry["lost-answer"][0][1].end["looked_up"] is True
    under = number("post", "lost-answer", digits=18)
    assert sum(one["in_reply_to"] == under for one in public(played)) == 1


def test_no_post_has_two_replies_and_no_two_replies_are_alike(played: Played) -> None:
    posts = public(played)
    assert len(posts) >= 20
    assert max(Counter(one["in_reply_to"] for one in posts).values()) == 1
    assert max(similarity(a["text"], b["text"]) for a, b in combinations(posts, 2)) < 0.65


def test_the_surge_pauses_its_topic_by_itself_and_opens_one_case(
    played: Played, by_entry: dict[str, list[tuple[str, Story]]]
) -> None:
    surge = [story for entry, found in by_entry.items() if entry.startswith("surge-") for _, story in found]
    assert sum(story.rule == "paused" for story in surge) >= 6
    with opened(played.data) as folder:
        control = folder.store.read([keys.control("x", "1003")])[keys.control("x", "1003")]
        case = folder.store.read([keys.surge("telline", "topic:broadband")])[keys.surge("telline", "topic:broadband")]
    assert "topic:broadband" in control["paused"]
    assert (case["status"], case["department"]) == ("open", "incidents:press")


def test_every_mention_has_one_decision_and_one_end(by_entry: dict[str, list[tuple[str, Story]]]) -> None:
    for found in by_entry.values():
        for _, story in found:
            kinds = Counter(kept.public["kind"] for kept in story.records)
            assert (kinds["decision"], kinds["terminal"]) == (1, 1)


def test_a_forged_webhook_leaves_nothing_and_a_garbled_one_leaves_a_case(played: Played) -> None:
    with opened(played.data) as folder:
        forged = keys.state("x", number("post", "forged", digits=18), "1001")
        assert folder.store.read([forged]) == {}
        assert any(case.reason == "misread" for case in cases(folder.lookup))


def test_a_card_number_is_nowhere_in_the_data(played: Played) -> None:
    for file in played.data.iterdir():
        if file.is_file():
            assert not re.search(rb"4111.?1111.?1111.?1111", file.read_bytes()), file.name


def test_the_log_holds_no_text_and_no_handle(played: Played) -> None:
    log = (played.data / "service.log").read_text()
    assert log
    assert not [entry.id for entry in MENTIONED if entry.by in log or (len(entry.say) > 20 and entry.say in log)]


def test_one_correlation_leads_from_a_delivery_to_its_reply_and_a_delivery_is_one_line(played: Played) -> None:
    lines = [json.loads(line) for line in (played.data / "service.log").read_text().splitlines()]
    told = [line for line in lines if "_aws" not in line and "step" in line]
    posted = [line for line in told if (line["step"], line.get("did")) == ("post", "posted")]
    assert len(posted) >= 15
    for line in posted:
        story = [one for one in told if one.get("correlation_id") == line["correlation_id"]]
        assert Counter(one["step"] for one in story)["receive"] == 1
        assert {one["id"] for one in story if one["step"] in ("decide", "post")} >= {line["id"]}
    counts = [line for line in lines if "_aws" in line]
    assert sum(line["Posted"][0] for line in counts if "Posted" in line) == len(posted)
    assert max(line["TimeToDecision"][0] for line in counts if "TimeToDecision" in line) < 3_600_000


def test_the_table_shows_every_scene_and_reads_well_in_a_pipe(played: Played) -> None:
    lines = played.out.splitlines()
    assert all(scene.title in played.out for scene in scenes.load())
    assert "\x1b" not in played.out
    assert max(map(len, lines)) <= 160
    assert re.search(r"^\d+ mentions: \d+ acknowledge, \d+ human, \d+ ignore$", played.out, re.MULTILINE)
    assert re.search(r"^\d+ replies are public, (\d+) different texts\. The closest pair: 0\.\d\d", played.out, re.MULTILINE)
    assert [line.split()[1] for line in lines if line.startswith("  ackguard ")] == ["why", "ledger", "cases", "send"]
    assert lines[-1].endswith("| ackguard decide -")


def test_the_commands_to_try_next_work(played: Played, ackguard: Callable[..., tuple[int, str, str]]) -> None:
    tried = [shlex.split(line)[1:] for line in played.out.splitlines() if re.match("  ackguard (why|ledger|cases)", line)]
    assert [ackguard(*words)[0] for words in tried] == [0, 0, 0]


@pytest.mark.parametrize("width", [120, 160])
def test_a_terminal_of_any_usual_width_gets_whole_lines(played: Played, width: int) -> None:
    out = io.StringIO()
    with opened(played.data) as folder:
        posts = Cast({one.handle: one for brand in folder.brands().values() for one in brand.accounts})
        entry = next(entry for entry in MENTIONED if entry.id == "statement-missing")
        sent = Sent(scene="A scene", entry=entry, posts=posts.write(entry, datetime.now(timezone.utc)))
        board = Board(folder.store, folder.lookup, folder.clock(), ())
        board.show(Console(file=out, width=width, color_system=None), board.fates([sent]))
    table = out.getvalue()
    assert max(map(len, table.splitlines())) <= width
    assert "ordinary-question" in table
    assert "acknowledge" in table
    assert "86 of 86" in played.err


def test_a_second_run_shows_the_same_and_sends_nothing(played: Played) -> None:
    before = decisions(played)
    done = subprocess.run(
        [*COMMAND, "run", "--once", "--port", "0", "--data", str(played.data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "nothing is sent twice" in done.stdout
    assert decisions(played) == before
    assert done.stdout.splitlines()[3:40] == played.out.splitlines()[2:39]


def test_a_killed_run_goes_on_where_it_was_and_answers_nobody_twice(tmp_path: Path) -> None:
    words = [*COMMAND, "run", "--port", "0", "--data", str(tmp_path)]
    wall = tmp_path / "sandbox.jsonl"
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        until = time.monotonic() + 60
        while time.monotonic() < until and not (wall.exists() and len(wall.read_text().splitlines()) >= 5):
            time.sleep(0.05)
        killed.kill()
    done = subprocess.run([*words, "--once"], cwd=ROOT, capture_output=True, text=True, timeout=180)
    played = Played(tmp_path, done.stdout, done.stderr)
    assert done.returncode == 0, done.stderr
    assert "nothing is sent twice" not in done.stdout
    assert max(Counter(one["in_reply_to"] for one in public(played)).values()) == 1
    with opened(tmp_path) as folder:
        rows = [row for _, row in folder.lookup.find("state", "mention#", 10_000)]
        ends = [stories(folder.lookup, row["id"])[0].end for row in rows]
    assert len(rows) >= len(MENTIONED)
    assert all(ends)


def public(played: Played) -> list[dict[str, str]]:
    return [json.loads(line) for line in (played.data / "sandbox.jsonl").read_text().splitlines()]


def decisions(played: Played) -> int:
    rows = sqlite3.connect(played.data / "ackguard.sqlite3")
    try:
        (count,) = rows.execute("SELECT count(*) FROM rows WHERE tbl = 'ledger' AND sort = '0-decision'").fetchone()
    finally:
        rows.close()
    return int(count)
