"""After a whole stream: what may be read widely (logs, leaves, queue names, screens of errors) says nothing about anybody."""

from __future__ import annotations

import json
import re
import sqlite3

from chalicelib.local.stream import scenes
from chalicelib.local.stream.post import number
from tests.cli.conftest import Played

ENTRIES = [entry for scene in scenes.load() for entry in scene.entries]
SECRET = re.compile(r"whsec_|oauth_token|BEGIN PRIVATE KEY")
CARD = re.compile(r"4111.?1111.?1111.?1111")


def told(text: str, played: Played) -> list[str]:
    """Whatever of the stream's people, posts and replies is in ``text``."""
    people = {entry.by for entry in ENTRIES if entry.by and entry.by != "NorthwindUK"}
    identities = {number("writer", handle) for handle in people} | {number("post", entry.id, digits=18) for entry in ENTRIES}
    said = {entry.say for entry in ENTRIES if len(entry.say) > 8}
    wall = [json.loads(line) for line in (played.data / "sandbox.jsonl").read_text().splitlines()]
    replies = {one[field] for one in wall for field in ("text", "id")}
    secrets = {value for values in json.loads((played.data / "secrets.json").read_text()).values() for value in values}
    found = [word for word in people | identities | said | replies | secrets if word in text]
    return found + SECRET.findall(text) + CARD.findall(text)


def column(played: Played, question: str) -> str:
    rows = sqlite3.connect(played.data / "ackguard.sqlite3")
    try:
        return "\n".join(value for (value,) in rows.execute(question))
    finally:
        rows.close()


def test_logs_leaves_and_queue_names_tell_nothing(played: Played) -> None:
    log = (played.data / "service.log").read_text()
    leaves = column(played, "SELECT doc FROM rows WHERE tbl = 'ledger'")
    assert log.count("\n") > 200
    assert leaves.count("\n") > 150
    assert told(log, played) == []
    assert told(leaves, played) == []
    assert told(column(played, "SELECT DISTINCT partition FROM rows WHERE tbl IN ('ledger', 'tree')"), played) == []
    assert told(column(played, "SELECT name FROM sqlite_master UNION SELECT DISTINCT queue FROM queued"), played) == []


def test_errors_of_a_run_tell_nothing(played: Played) -> None:
    assert told(played.err, played) == []


def test_this_search_finds_what_it_looks_for(played: Played) -> None:
    private = column(played, "SELECT doc FROM rows WHERE tbl = 'private'")
    assert {"mia_barlow", number("writer", "mia_barlow")} <= set(told(private, played))
    assert CARD.findall("4111 1111 1111 1111")
    assert CARD.findall(private) == []
