"""``ackguard judge``: what would be acknowledged of labelled mentions, and which lines it leaves closed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.cli import labelled
from chalicelib.cli.labelled import Judged, Labelled
from chalicelib.cli.plain import BadLine, Plain

Ackguard = Callable[..., tuple[int, str, str]]


def judged(acknowledged: bool, reasons: tuple[str, ...] = (), stratum: str = "random") -> Judged:
    mention = Plain(id="1", text=f"about {reasons}")
    return Judged(Labelled(mention=mention, ok=not reasons, reasons=reasons, stratum=stratum), acknowledged, "ordinary")


def test_each_class_and_each_reason_is_counted_and_the_highest_class_wins() -> None:
    scored = labelled.score(
        [
            judged(True, ("anger", "legal_regulatory")),
            judged(False, ("anger",)),
            judged(True, ("unclear",), "near"),
            judged(True),
            judged(False),
        ]
    )
    assert scored["classes"] == {"critical": (1, 1), "serious": (0, 1), "soft": (1, 1), "fine": (1, 2)}
    assert scored["reasons"] == {"legal_regulatory": (1, 1), "anger": (1, 2), "unclear": (1, 1)}
    assert scored["wrong_of_random"] == (1, 2)
    assert [one["text"] for one in scored["wrong"]] == ["about ('anger', 'legal_regulatory')", "about ('unclear',)"]
    assert scored["held_back"] == {"ordinary": 1}


def test_the_last_random_lines_of_the_file_that_keeps_some_stay_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(labelled.CLOSED, "more.jsonl", 2)  # type: ignore[index]
    strata = ["random", "near", "random", "near", "random", "near"]
    assert labelled.closed_of("more.jsonl", strata) == {2, 4}
    assert labelled.closed_of("ours.jsonl", strata) == frozenset()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"{", "not JSON"),
        (b"[1]", "a JSON object"),
        (b'{"text": "x"}', "ok: true or false"),
        (b'{"text": "x", "ok": true, "reasons": ["anger"]}', "none where an acknowledgement is fine"),
        (b'{"text": "x", "ok": false, "reasons": []}', "at least one"),
        (b'{"text": "x", "ok": false, "reasons": ["wrath"]}', "no reason wrath"),
        (b'{"ok": true}', "text: is missing"),
    ],
)
def test_a_bad_line_is_named_with_its_remedy(line: bytes, says: str) -> None:
    with pytest.raises(BadLine, match=says):
        labelled.read(line, 1)


def write(folder: Path, *lines: Any, name: str = "ours.jsonl") -> Path:
    file = folder / name
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return file


def test_judge_tells_the_score_and_shows_no_text_of_a_closed_line(
    ackguard: Ackguard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(labelled.CLOSED, "more.jsonl", 1)  # type: ignore[index]
    open_line = {
        "text": "@BrandDemo my solicitor will write to you",
        "ok": False,
        "reasons": ["legal_regulatory"],
        "stratum": "random",
    }
    closed_line = {
        "text": "@BrandDemo where is my parcel please?",
        "must_human": True,
        "reasons": ["unclear"],
        "stratum": "random",
    }
    file = write(tmp_path, open_line, closed_line, name="more.jsonl")
    code, out, _ = ackguard("judge", file, "--json")
    assert code == 0
    assert json.loads(out)["classes"] == {"critical": [0, 1], "serious": [0, 0], "soft": [0, 0], "fine": [0, 0]}
    code, out, _ = ackguard("judge", file, "--closed")
    assert code == 0
    assert "soft (should be 0)" in out
    assert "parcel" not in out


def test_judge_names_the_file_and_the_line_that_is_wrong(ackguard: Ackguard, tmp_path: Path) -> None:
    code, _, err = ackguard("judge", write(tmp_path, {"text": "x", "ok": True}, {"text": "y"}))
    assert code == 1
    assert "ours.jsonl:2: ok: true or false is expected" in err
    assert ackguard("judge", tmp_path / "none.jsonl")[0] == 1
    assert ackguard("judge", write(tmp_path, {"text": "x", "ok": True}), "--brand", "nobody")[0] == 2
    assert "that stays closed" in ackguard("judge", write(tmp_path, {"text": "x", "ok": True}), "--closed")[2]


def test_the_development_set_holds_what_the_documents_say(ackguard: Ackguard, shared_data: Path) -> None:
    _, out, _ = ackguard("judge", shared_data / "labelled" / "dev.jsonl", "--json")
    classes = json.loads(out)["classes"]
    assert classes["critical"][0] == 0
    assert classes["serious"][0] <= 1
    assert classes["soft"][0] <= 1
