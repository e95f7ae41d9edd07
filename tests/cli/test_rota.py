"""Who is on shift: said by a person, in the brand's own clock, over by itself."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

import pytest

from chalicelib.cli.commands.rota import when
from chalicelib.cli.screen import Complaint
from tests.cli.conftest import Played

Ackguard = Callable[..., tuple[int, str, str]]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "zone", "after", "means"),
    [
        ("18:00", "Europe/London", utc(2026, 11, 22, 9), utc(2026, 11, 22, 18)),
        ("08:00", "Europe/London", utc(2026, 11, 22, 9), utc(2026, 11, 23, 8)),
        ("18:00", "America/New_York", utc(2026, 11, 22, 9), utc(2026, 11, 22, 23)),
        ("01:30", "Europe/London", utc(2026, 10, 24, 20), utc(2026, 10, 25, 0, 30)),  # comes twice
        ("01:30", "Europe/London", utc(2027, 3, 27, 20), utc(2027, 3, 28, 1, 30)),  # never comes
        ("2026-11-23T08:00+01:00", "Europe/London", utc(2026, 11, 22, 9), utc(2026, 11, 23, 7)),
    ],
)
def test_a_clock_time_is_the_next_one_in_the_zone_of_the_brand(text: str, zone: str, after: datetime, means: datetime) -> None:
    assert when(text, zone, after) == means


@pytest.mark.parametrize("text", ["6pm", "25:00", "2026-11-23T08:00", "", "18.00"])
def test_a_time_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(Complaint, match="18:00"):
        when(text, "Europe/London", utc(2026, 11, 22, 9))


def test_a_rota_is_shown_replaced_and_on_the_record(ackguard: Ackguard, played: Played, tmp_path: Path) -> None:
    data = tmp_path / "var"
    shutil.copytree(played.data, data)
    code, out, err = ackguard("rota", "telline", "--on-shift", "2", "--until", "23:59", "--next", "08:00", "--data", data)
    assert (code, err) == (0, "")
    assert "2 on shift until " in out
    assert "2 on shift until " in ackguard("rota", "--data", data)[1]
    rows = sqlite3.connect(data / "ackguard.sqlite3")
    (doc,) = rows.execute("SELECT doc FROM rows WHERE tbl = 'ledger' AND sort LIKE '83-%'").fetchone()
    rows.close()
    assert json.loads(json.loads(doc)["leaf"])["body"]["on_shift"] == 2


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("nobody", "--on-shift", "2", "--until", "18:00"), 1, "there are"),
        (("telline",), 2, "--on-shift 4 --until 18:00"),
        (("telline", "--on-shift", "-1", "--until", "18:00"), 2, "from 0"),
        (("telline", "--on-shift", "1", "--until", "2020-01-01T00:00Z"), 2, "over already"),
        (("telline", "--on-shift", "1", "--until", "18:00", "--next", "2020-01-01T00:00Z"), 2, "next shift"),
    ],
)
def test_a_rota_that_cannot_be_is_refused(
    ackguard: Ackguard, played: Played, words: tuple[str, ...], code: int, says: str
) -> None:
    found, _, err = ackguard("rota", *words, "--data", played.data)
    assert (found, says in err) == (code, True), err
