"""A row that is written once is kept packed where that saves a unit, and comes back as it went in, also from a stream."""

from __future__ import annotations

import base64

import pytest

from chalicelib.aws.attributes import row_of, to_attributes
from chalicelib.ports import Key
from tests.aws.units import stored_bytes

LONG = {"half": {"text": "ü €  \x00 " * 400, "n": 12, "none": None, "list": [True, {"a": ""}]}, "zlib": "x"}


@pytest.mark.parametrize("table", ["ledger", "private"])
def test_a_long_row_is_packed_and_comes_back(table: str) -> None:
    stored = to_attributes(Key(table, "p", "s"), LONG)
    assert stored.keys() == {"partition", "sort", "zlib"}
    assert row_of(stored) == LONG
    assert stored_bytes(Key(table, "p", "s"), LONG) < 1024


def test_a_stream_tells_bytes_as_base64() -> None:
    stored = to_attributes(Key("ledger", "p", "s"), LONG)
    told = {**stored, "zlib": {"B": base64.b64encode(stored["zlib"]["B"]).decode()}}
    assert row_of(told) == LONG


@pytest.mark.parametrize("table", ["state", "control", "tree"])
def test_a_row_that_changes_is_never_packed(table: str) -> None:
    assert to_attributes(Key(table, "p", "s"), LONG).keys() == {"partition", "sort", "half", "zlib"}


def test_a_short_row_is_left_readable() -> None:
    assert to_attributes(Key("ledger", "p", "s"), {"leaf": "x" * 900})["leaf"] == {"S": "x" * 900}
    assert row_of(to_attributes(Key("ledger", "p", "s"), {"zlib": "text"})) == {"zlib": "text"}
