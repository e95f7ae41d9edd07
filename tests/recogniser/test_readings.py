"""Our readings of unlabelled mentions: well formed, without a text, each mention in one set only."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from chalicelib.cli.labelled import CLOSED, REASONS

READINGS = Path(__file__).resolve().parents[2] / "benchmarks/judgement/readings"


def readings() -> dict[str, list[list[str]]]:
    return {file.stem: [line.split("\t") for line in file.read_text().splitlines()] for file in sorted(READINGS.glob("*.tsv"))}


def test_a_reading_is_an_identifier_and_what_speaks_for_a_person_and_no_text() -> None:
    for name, lines in readings().items():
        for number, (mention, said, *torn) in enumerate(lines, 1):
            assert " " not in mention, (name, number)
            assert said == "ok" or set(said.split(",")) <= set(REASONS), (name, number)
            assert torn in ([], ["?"]), (name, number)


def test_no_mention_is_read_for_two_sets() -> None:
    counted = Counter(mention for lines in readings().values() for mention, *_ in lines)
    assert [mention for mention, times in counted.items() if times > 1] == []


def test_all_of_the_closed_readings_stay_closed() -> None:
    assert CLOSED["closed.jsonl"] == len(readings()["closed"])


def test_a_mention_that_was_read_lies_among_the_unlabelled_ones_only(shared_data: Path) -> None:
    unlabelled = {json.loads(line)["id"] for file in (shared_data / "mentions").glob("*.jsonl") for line in file.open()}
    labelled = {json.loads(line)["id"] for file in (shared_data / "labelled").glob("*.jsonl") for line in file.open()}
    read = {mention for lines in readings().values() for mention, *_ in lines}
    assert read - unlabelled == set()
    assert read & labelled == set()
