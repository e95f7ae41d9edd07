"""Copies of the ledger and looks at private text: the record comes first, and says who."""

from __future__ import annotations

import ast
import csv
import hashlib
import json
import shutil
import stat
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.audit import export
from chalicelib.audit.canonical import canonical, digest
from chalicelib.audit.checkpoint import vkey
from chalicelib.audit.record import Actor, follow_record, sort_key
from chalicelib.audit.verify import verify
from chalicelib.cli import exporting
from chalicelib.cli.exporting import Query
from chalicelib.cli.folder import Folder, opened
from chalicelib.cli.story import Story, handle_of, latest
from chalicelib.domain.codec import instant
from chalicelib.embedded.artefacts import FileArtefacts
from chalicelib.embedded.key import LocalSigner
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.memory import START
from chalicelib.embedded.store import SqliteStore
from chalicelib.local.actor import actor
from chalicelib.ports import Unavailable
from chalicelib.steps.records import Written
from chalicelib.steps.seal import checkpoint_name
from tests.cli.conftest import ROOT, Played

Ackguard = Callable[..., tuple[int, str, str]]
WORD = "solicitor"
"""What the person of ``clerk_of_hull`` wrote: private."""
COPIED = "copied-at"
"""The file that says how many leaves there were when the folder was copied."""


@pytest.fixture
def data(played: Played, tmp_path: Path) -> Path:
    """A data folder of its own, as the whole stream left it."""
    copied = Path(shutil.copytree(played.data, tmp_path / "var"))
    (copied / COPIED).write_text(str(len(leaves(copied))))
    return copied


@pytest.fixture
def deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that can be read and takes nothing in."""

    def refuse(self: SqliteStore, writes: object) -> object:
        raise Unavailable("SQLite: disk full")

    monkeypatch.setattr(SqliteStore, "commit", refuse)


def leaves(data: Path) -> list[dict[str, Any]]:
    store = SqliteStore(data / "ackguard.sqlite3")
    found = [json.loads(row["leaf"]) for _, _, row in store.changes(0, 1_000_000)]
    store.close()
    return found


def since(data: Path, kind: str) -> list[dict[str, Any]]:
    """What came since the folder was copied: other tests look at the original."""
    return [one for one in leaves(data)[int((data / COPIED).read_text()) :] if one["kind"] == kind]


def written_by(data: Path, handle: str) -> Story:
    with opened(data) as folder:
        return next(story for story in latest(folder.lookup, 200) if handle_of(story.mention) == handle)


def sha256(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


# --- copies --------------------------------------------------------------------------------------------------------------


def test_the_jsonl_export_is_the_tree_leaf_by_leaf(ackguard: Ackguard, data: Path, tmp_path: Path) -> None:
    before = leaves(data)
    out = tmp_path / "ledger.jsonl"
    assert ackguard("ledger", "export", "--format", "jsonl", "--out", out, "--data", data)[0] == 0
    lines = out.read_bytes().split(b"\n")[:-1]
    assert [json.loads(line) for line in lines] == before
    artefacts, key = FileArtefacts(data / "artefacts"), LocalSigner(data / "sealer.key", "ackguard-sealer")
    notes = [artefacts.get(checkpoint_name(size)) for size in range(len(lines) + 1)]
    report = verify(lines, [note.decode() for note in notes if note], vkey(key.name, key.public_key()))
    assert report.sealed > 100
    assert report.tampered == ()


def test_an_export_is_on_the_record_with_who_what_and_the_digests(ackguard: Ackguard, data: Path, tmp_path: Path) -> None:
    out = tmp_path / "telline.csv"
    words = ["--brand", "telline", "--since", "2020-01-01T00:00:00+01:00", "--private", "--out", out, "--data", data]
    code, said, _ = ackguard("ledger", "export", "--format", "csv", *words)
    (record,) = since(data, "exported")
    assert code == 0
    assert record["id"] in said
    assert record["actor"] == {"type": "person", "id": actor().id}
    assert record["brand"] == "telline"
    assert record["body"] == {
        "format": "csv",
        "private": True,
        "since": "2019-12-31T23:00:00.000Z",
        "until": None,
        "count": sum(one["brand"] == "telline" for one in leaves(data)) - 1,
        "sha256": sha256(out),
        "private_sha256": sha256(exporting.private_file(out)),
    }


def test_private_halves_go_into_a_file_for_the_owner_only_and_open_their_leaves(
    ackguard: Ackguard, data: Path, tmp_path: Path
) -> None:
    out = tmp_path / "ledger.jsonl"
    assert ackguard("ledger", "export", "--format", "jsonl", "--private", "--out", out, "--data", data)[0] == 0
    hidden = tmp_path / "ledger.private.jsonl"
    assert stat.S_IMODE(hidden.stat().st_mode) == 0o600
    public = {(one["id"], one["kind"], one.get("number", 0)): one for one in map(json.loads, out.read_text().splitlines())}
    halves = [json.loads(line) for line in hidden.read_text().split("\n")[:-1]]
    assert len(halves) == sum(one["private"] is not None for one in public.values()) > 30
    for one in halves:
        assert public[one["id"], one["kind"], one["number"]]["private"] == {"digest": digest(canonical(one["half"]))}
    assert WORD in hidden.read_text()
    assert WORD not in out.read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger.jsonl", "ledger.private.jsonl", "var"]


def test_the_csv_has_a_row_for_each_record_and_one_for_each_private_half(ackguard: Ackguard, data: Path, tmp_path: Path) -> None:
    count, out = len(leaves(data)), tmp_path / "ledger.csv"
    assert ackguard("ledger", "export", "--format", "csv", "--private", "--out", out, "--data", data)[0] == 0
    rows = list(csv.reader(out.open(newline="")))
    assert tuple(rows[0]) == export.COLUMNS
    assert len(rows) == count + 1
    assert WORD not in out.read_text()
    private = list(csv.DictReader((tmp_path / "ledger.private.csv").open(newline="")))
    assert WORD in next(row["mention"] for row in private if row["author"] == "clerk_of_hull")


def test_brand_and_time_choose_with_the_end_left_out(ackguard: Ackguard, data: Path) -> None:
    every = leaves(data)
    middle = sorted(one["at"] for one in every)[len(every) // 2]
    for words, wanted in (
        (["--since", middle], [one for one in every if one["at"] >= middle]),
        (["--until", middle], [one for one in every if one["at"] < middle]),
        (["--brand", "swiftparcel"], [one for one in every if one["brand"] == "swiftparcel"]),
    ):
        assert wanted
        code, out, _ = ackguard("ledger", "export", "--format", "jsonl", *words, "--data", data)
        assert code == 0
        got = [json.loads(line) for line in out.splitlines()]
        assert [one for one in got if one["kind"] != "exported"] == wanted


@pytest.mark.usefixtures("deaf")
@pytest.mark.parametrize("words", [[], ["--out"], ["--private", "--out"]], ids=["to the screen", "to a file", "with private"])
def test_an_export_that_cannot_be_recorded_gives_nothing(
    ackguard: Ackguard, data: Path, tmp_path: Path, words: list[str]
) -> None:
    target = [tmp_path / "ledger.jsonl"] if words else []
    code, out, err = ackguard("ledger", "export", "--format", "jsonl", *words, *target, "--data", data)
    assert (code, out) == (3, "")
    assert "not available" in err
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_an_export_says_what_is_wrong_with_its_words(ackguard: Ackguard, data: Path, tmp_path: Path) -> None:
    there = tmp_path / "a.private.csv"
    there.write_text("kept")
    words = ["ledger", "export", "--data", data, "--format", "csv"]
    assert ackguard(*words, "--private")[0] == 2
    assert ackguard(*words, "--brand", "Jane Doe")[0] == 2
    assert ackguard(*words, "--since", "2026-01-02T00:00:00Z", "--until", "2026-01-02T00:00:00Z")[0] == 2
    assert "is there already" in ackguard(*words, "--private", "--out", tmp_path / "a.csv")[2]
    assert "No such file" in ackguard(*words, "--out", tmp_path / "none" / "a.csv")[2]
    assert there.read_text() == "kept"
    assert since(data, "exported") == []


def test_memory_does_not_grow_with_the_ledger(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ackguard.sqlite3")
    folder = Folder(path=tmp_path, store=store, lookup=SqliteLookup(store))

    def peak(name: str) -> int:
        query = Query(format="csv", since=None, until=None, brand=None, private=True)
        tracemalloc.start()
        exporting.run(folder, query, tmp_path / name)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    fill(store, 0, 400)
    few = peak("few.csv")
    fill(store, 400, 4_000)
    assert peak("many.csv") < few + 1_000_000  # what is written is more than twice that; other threads may hold a little
    assert (tmp_path / "many.private.csv").stat().st_size > 2_000_000
    store.close()


def fill(store: SqliteStore, start: int, end: int) -> None:
    for first in range(start, end, 50):
        writes = []
        for number in range(first, first + 50):
            record = follow_record(
                id=f"r{number}", kind="taken", number=0, at=START, brand="acme", actor=Actor(type="machine", id="ackguard"),
                body={}, terminal_state=None, private={"post_id": "x" * 500}, salt=bytes(32),
            )  # fmt: skip
            writes += Written(id=f"r{number}", sort=sort_key("taken"), record=record, at=START, person="-").writes()
        store.commit(writes)


# --- looks ---------------------------------------------------------------------------------------------------------------

SCREENS = [
    (["why", "ID"], "why"),
    (["why", "ID", "--json"], "why"),
    (["ledger", "show", "ID"], "ledger-show"),
    (["ledger", "show", "ID", "--json"], "ledger-show"),
    (["ledger", "list", "--limit", "200"], "ledger-list"),
    (["cases"], "cases"),
    (["cases", "ID"], "case"),
]
by_words = pytest.mark.parametrize(("words", "through"), SCREENS, ids=[" ".join(words) for words, _ in SCREENS])


@by_words
def test_who_sees_private_text_is_on_the_record(ackguard: Ackguard, data: Path, words: list[str], through: str) -> None:
    story = written_by(data, "clerk_of_hull")
    code, out, _ = ackguard(*[story.id if word == "ID" else word for word in words], "--data", data)
    (record,) = since(data, "viewed")
    assert code == 0
    assert WORD in out
    assert record["actor"] == {"type": "person", "id": actor().id}
    assert record["body"]["through"] == through
    assert story.id in record["body"]["records"]
    assert record["private"] is None
    assert instant(record["at"]) >= story.at


@by_words
@pytest.mark.usefixtures("deaf")
def test_what_cannot_be_recorded_is_not_shown(ackguard: Ackguard, data: Path, words: list[str], through: str) -> None:
    story = written_by(data, "clerk_of_hull")
    code, out, err = ackguard(*[story.id if word == "ID" else word for word in words], "--data", data)
    assert (code, out) == (3, "")
    assert "not available" in err
    assert WORD not in err


def test_why_somebody_looked_is_private_and_one_safe_line(ackguard: Ackguard, data: Path) -> None:
    story = written_by(data, "clerk_of_hull")
    assert ackguard("why", story.id, "--reason", "Jane Doe asked\x1b[31m \udcff", "--data", data)[0] == 0
    (record,) = since(data, "viewed")
    assert "Jane" not in json.dumps(record)
    with opened(data) as folder:
        half = folder.lookup.find("private", record["id"])[0][1]["half"]
    assert half["reason"] == "Jane Doe asked<U+001B>[31m <U+DCFF>"
    assert record["private"] == {"digest": digest(canonical(half))}


def test_what_shows_nothing_private_leaves_no_record(ackguard: Ackguard, data: Path) -> None:
    published = next(one["id"] for one in leaves(data) if one["kind"] == "policy_published")
    assert ackguard("ledger", "list", "--json", "--data", data)[0] == 0
    assert ackguard("ledger", "show", published, "--data", data)[0] == 0
    assert ackguard("why", published, "--data", data)[0] == 1
    assert ackguard("cases", "--json", "--data", data)[0] == 0
    assert since(data, "viewed") == []


def test_many_looks_do_not_push_the_mentions_off_the_list(ackguard: Ackguard, data: Path) -> None:
    story = written_by(data, "clerk_of_hull")
    before = ackguard("ledger", "list", "--limit", "3", "--json", "--data", data)[1]
    for _ in range(5):
        assert ackguard("why", story.id, "--data", data)[0] == 0
    assert ackguard("ledger", "list", "--limit", "3", "--json", "--data", data)[1] == before
    views = ackguard("ledger", "list", "--kind", "viewed", "--limit", "100", "--json", "--data", data)[1].splitlines()
    assert [json.loads(view)["kind"] for view in views[:5]] == ["viewed"] * 5
    assert len(since(data, "viewed")) == 5


READS_PRIVATE = {"text_of", "handle_of", "stories", "latest", "one_story", "case_of"}
WITHOUT_A_RECORD = {
    "story": "reads for the others, shows nothing",
    "folder": "reads for the others, shows nothing",
    "conversation": "shows what `cases` has put on the record",
    "board": "shows the stream that `run` made up itself",
    "drafting": "reads the topic of a decision, which is public; `reply` puts on the record what it shows",
    "send": "shows what its own user wrote just now",
}


def shows_unrecorded(source: str) -> bool:
    """Whether a module uses stories, which hold private halves, and never calls the witness."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    return bool(names & READS_PRIVATE) and not names & {"seen", "viewed", "taken_away"}


def test_every_command_that_reads_stories_calls_the_witness() -> None:
    modules = sorted((ROOT / "chalicelib/cli").rglob("*.py"))
    assert {module.stem for module in modules if shows_unrecorded(module.read_text())} <= set(WITHOUT_A_RECORD)
    assert shows_unrecorded("print(text_of(story))")
    assert not shows_unrecorded("seen(folder, [story], 'x')\nprint(text_of(story))")


def test_the_environment_has_no_say_in_who_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    before = actor()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert actor() == before
    monkeypatch.setattr("os.getuid", lambda: 54_321)
    assert actor().id == "uid-54321"
