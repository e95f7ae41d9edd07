"""A row that is written once is kept packed where that saves a unit, and comes back as it went in, also from a stream."""

from __future__ import annotations

import base64
import hashlib
import random
import string
import zlib
from typing import Any

import pytest

from chalicelib.aws import packing
from chalicelib.aws.attributes import row_of, to_attributes
from chalicelib.domain import keys
from chalicelib.ports import Key
from chalicelib.steps.numbered import stretch_key
from tests.aws.units import stored_bytes
from tests.pack import small_pack
from tests.simulation.mentions import mention
from tests.simulation.world import World

PACKED_IN_2026 = "ePmSopRqQzQasOmpBQCdQQot"

LONG = {"half": {"text": "ü €  \x00 " * 400, "n": 12, "none": None, "list": [True, {"a": ""}]}, "zlib1": "x"}


@pytest.mark.parametrize("table", ["ledger", "private"])
def test_a_long_row_is_packed_and_comes_back(table: str) -> None:
    stored = to_attributes(Key(table, "p", "s"), LONG)
    assert stored.keys() == {"partition", "sort", "zlib1"}
    assert row_of(stored) == LONG
    assert stored_bytes(Key(table, "p", "s"), LONG) < 1024


def test_the_dictionary_that_packed_rows_were_packed_with_never_changes() -> None:
    """Red? Put the file back: no row of any deployment could be read. A better dictionary is another file and another field."""
    assert hashlib.sha256(packing.dictionary()).hexdigest() == "43121fd909a21bf7a9044cf695e43f59b63d94183825e1992691907b892e1898"
    assert (
        zlib.decompressobj(zdict=packing.dictionary()).decompress(base64.b64decode(PACKED_IN_2026))
        == b'{"leaf":"{}","kind":"decision"}'
    )


def test_a_decision_takes_one_unit_of_each_table_with_room_for_a_real_post() -> None:
    """The limits of ``benchmarks/cost.py`` hold for posts of 280 characters, whoever wrote them."""
    world: Any = World(small_pack(), calm=True)
    text = "@NorthwindHelp how do I activate my new card? " + "".join(random.Random(7).sample(string.ascii_letters * 9, 234))
    notice = mention(1, text[:280])
    world.deliver(notice)
    world.run()
    id = world.standing_of(notice).id
    sizes = {
        table: stored_bytes(key, row) for table in ("ledger", "private") for key, row in world.store.partition(table, id)[:1]
    }
    assert {table: size for table, size in sizes.items() if size > 1024} == {}, sizes


def test_a_stream_tells_bytes_as_base64() -> None:
    stored = to_attributes(Key("ledger", "p", "s"), LONG)
    told = {**stored, "zlib1": {"B": base64.b64encode(stored["zlib1"]["B"]).decode()}}
    assert row_of(told) == LONG


@pytest.mark.parametrize("table", ["state", "control", "tree"])
def test_a_row_that_changes_is_never_packed(table: str) -> None:
    assert to_attributes(Key(table, "p", "s"), LONG).keys() == {"partition", "sort", "half", "zlib1"}


def test_a_stretch_of_the_tree_is_packed_and_its_head_never() -> None:
    """The head grows over a kilobyte with the tree, and whoever writes it holds its version."""
    place = stretch_key(0)
    row = {"start": 0, "hashes": [f"{number:064x}" for number in range(100)], "version": 1}
    assert to_attributes(place, row).keys() == {"partition", "sort", "zlib1"}
    assert row_of(to_attributes(place, row)) == row
    assert to_attributes(keys.head(), row)["version"] == {"N": "1"}


def test_a_short_row_is_left_readable() -> None:
    assert to_attributes(Key("ledger", "p", "s"), {"leaf": "x" * 900})["leaf"] == {"S": "x" * 900}
    assert row_of(to_attributes(Key("ledger", "p", "s"), {"zlib1": "text"})) == {"zlib1": "text"}
