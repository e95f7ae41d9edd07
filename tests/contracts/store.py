"""The contract of ``ports.Store``: what the steps may rely on, whoever keeps the rows."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.domain.codec import iso
from chalicelib.ports import (
    Absent,
    AbsentOrBefore,
    Below,
    Cancelled,
    Check,
    Committed,
    Condition,
    Equals,
    Key,
    Put,
    Store,
    Update,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)


def key(partition: str, sort: str = "-", table: str = "state") -> Key:
    return Key(table, partition, sort)


class StoreContract:
    @pytest.fixture
    def store(self) -> Store:
        raise NotImplementedError("a subclass gives an empty store")

    # --- conditions ---

    @pytest.mark.parametrize(
        ("row", "condition", "held"),
        [
            (None, Absent(), True),
            ({"a": 1}, Absent(), False),
            ({}, Absent(), False),
            (None, Equals("a", 1), False),
            ({}, Equals("a", 1), False),
            ({"a": 1}, Equals("a", 1), True),
            ({"a": 2}, Equals("a", 1), False),
            ({"a": "1"}, Equals("a", 1), False),
            ({"a": 1}, Equals("a", "1"), False),
            ({"a": True}, Equals("a", 1), False),
            ({"a": 0}, Equals("a", False), False),
            ({"a": True}, Equals("a", True), True),
            ({"a": None}, Equals("a", ""), False),
            ({"a": "é"}, Equals("a", "é"), True),
            ({"a": "é"}, Equals("a", "e\u0301"), False),
            (None, Below("a", 2), True),
            ({}, Below("a", 2), True),
            ({"a": 1}, Below("a", 2), True),
            ({"a": -5}, Below("a", 2), True),
            ({"a": 2}, Below("a", 2), False),
            ({"a": 10}, Below("a", 9), False),
            ({"a": "1"}, Below("a", 2), False),
            ({"a": True}, Below("a", 2), False),
            ({"a": None}, Below("a", 2), False),
            (None, AbsentOrBefore("a", iso(NOW)), True),
            ({}, AbsentOrBefore("a", iso(NOW)), False),
            ({"a": iso(NOW - timedelta(milliseconds=1))}, AbsentOrBefore("a", iso(NOW)), True),
            ({"a": iso(NOW)}, AbsentOrBefore("a", iso(NOW)), False),
            ({"a": iso(NOW + timedelta(days=1))}, AbsentOrBefore("a", iso(NOW)), False),
            ({"a": 1}, AbsentOrBefore("a", iso(NOW)), False),
            ({"a": None}, AbsentOrBefore("a", iso(NOW)), False),
        ],
    )
    @pytest.mark.parametrize("kind", ["put", "update", "check"])
    def test_a_write_happens_exactly_if_its_condition_holds(
        self, store: Store, kind: str, row: dict[str, Any] | None, condition: Condition, held: bool
    ) -> None:
        place = key("p")
        if row is not None:
            store.commit([Put(place, row)])
        write = {
            "put": Put(place, {"new": 1}, (condition,)),
            "update": Update(place, {"new": 1}, when=(condition,)),
            "check": Check(place, (condition,)),
        }[kind]
        assert store.commit([write]) == (Committed() if held else Cancelled(frozenset({0})))
        after = store.read([place]).get(place)
        written = {"put": {"new": 1}, "update": {**(row or {}), "new": 1}, "check": row}[kind]
        assert after == (written if held else row)

    def test_every_condition_of_a_write_must_hold(self, store: Store) -> None:
        store.commit([Put(key("p"), {"a": 1, "b": 1})])
        refused = store.commit([Update(key("p"), {"a": 2}, when=(Equals("a", 1), Equals("b", 2)))])
        assert refused == Cancelled(frozenset({0}))
        assert store.commit([Update(key("p"), {"a": 2}, when=(Equals("a", 1), Equals("b", 1)))]) == Committed()

    def test_places_name_every_write_that_failed(self, store: Store) -> None:
        store.commit([Put(key("there"), {"a": 1}), Put(key("there", "too"), {"a": 1})])
        outcome = store.commit(
            [
                Put(key("there"), {}, (Absent(),)),
                Put(key("new"), {}, (Absent(),)),
                Check(key("there", "too"), (Equals("a", 1),)),
                Check(key("there", "x"), (Equals("a", 1),)),
                Update(key("other"), {"a": 1}, when=(Equals("a", 2),)),
            ]
        )
        assert outcome == Cancelled(frozenset({0, 3, 4}))

    def test_a_cancelled_transaction_writes_nothing(self, store: Store) -> None:
        keys = [key(str(number)) for number in range(99)]
        outcome = store.commit([*(Put(place, {"a": 1}) for place in keys), Check(key("last"), (Equals("a", 1),))])
        assert outcome == Cancelled(frozenset({99}))
        assert store.read(keys) == {}

    # --- writes ---

    def test_put_replaces_the_whole_row(self, store: Store) -> None:
        store.commit([Put(key("p"), {"a": 1, "b": 2})])
        store.commit([Put(key("p"), {"c": 3})])
        assert store.read([key("p")]) == {key("p"): {"c": 3}}

    def test_update_sets_removes_and_adds_and_leaves_the_rest(self, store: Store) -> None:
        store.commit([Put(key("p"), {"a": 1, "b": 2, "n": 5, "kept": "yes"})])
        store.commit([Update(key("p"), {"a": "new", "b": None, "gone": None}, {"n": -7, "made": 3})])
        assert store.read([key("p")])[key("p")] == {"a": "new", "n": -2, "made": 3, "kept": "yes"}

    def test_update_makes_the_row_where_it_is_absent(self, store: Store) -> None:
        store.commit([Update(key("p"), {"a": 1}, {"n": 1})])
        assert store.read([key("p")])[key("p")] == {"a": 1, "n": 1}

    def test_rows_come_back_as_they_went_in(self, store: Store) -> None:
        row = {
            "text": "naïve 👩🏽‍🚒 \u202eright-to-left\u0000 ' \" \\ ",
            "empty": "",
            "number": 12345678901234567890123456789012345678,
            "negative": -1,
            "yes": True,
            "no": False,
            "nothing": None,
            "list": [1, "two", [True, None], {"deep": {}}],
            "map": {"a b": 1, "ключ": [2]},
            "none": [],
        }
        store.commit([Put(key("p"), row)])
        back = store.read([key("p")])[key("p")]
        assert back == row
        assert back["yes"] is True
        assert type(back["number"]) is int

    def test_what_was_read_is_not_the_row_itself(self, store: Store) -> None:
        store.commit([Put(key("p"), {"list": [1]})])
        store.read([key("p")])[key("p")]["list"].append(2)
        assert store.read([key("p")])[key("p")] == {"list": [1]}

    @pytest.mark.parametrize("value", [1.0, float("nan"), [0.5], {"a": {"b": 0.1}}, {1, 2}, b"bytes", NOW, {1: 2}, 10**38])
    def test_values_that_are_not_exact_json_are_refused(self, store: Store, value: Any) -> None:
        for write in (Put(key("p"), {"a": value}), Update(key("p"), {"a": value})):
            with pytest.raises(ValueError, match="p"):
                store.commit([Put(key("other"), {"a": 1}), write])
        assert store.read([key("p"), key("other")]) == {}

    def test_adding_to_what_is_no_number_is_refused(self, store: Store) -> None:
        for value in ("1", True, None, [1]):
            store.commit([Put(key("p"), {"n": value})])
            with pytest.raises(ValueError, match="number"):
                store.commit([Update(key("p"), add={"n": 1})])

    def test_the_same_row_twice_in_one_transaction_is_refused(self, store: Store) -> None:
        for twice in (
            [Put(key("p"), {}), Check(key("p"), (Absent(),))],
            [Update(key("p"), {"a": 1}), Update(key("p"), {"b": 1})],
        ):
            with pytest.raises(ValueError, match="twice"):
                store.commit(twice)
        assert store.read([key("p")]) == {}

    def test_a_transaction_has_1_to_100_writes(self, store: Store) -> None:
        hundred = [Put(key(str(number)), {"n": number}) for number in range(100)]
        assert store.commit(hundred) == Committed()
        with pytest.raises(ValueError, match="100"):
            store.commit([*hundred, Put(key("one more"), {})])
        with pytest.raises(ValueError, match="100"):
            store.commit([])

    @pytest.mark.parametrize(
        "write",
        [
            Check(key("p"), ()),
            Update(key("p")),
            Update(key("p"), {"a": 1}, {"a": 1}),
            Put(key(""), {}),
            Put(key("p", ""), {}),
            Put(key("p" * 2049), {}),
            Put(key("p", "s" * 1025), {}),
            Put(key("p", table="nowhere"), {}),
            Put(key("p"), {"due_shard": "3", "due_at": iso(NOW)}),
            Put(key("p"), {"due_shard": 3, "due_at": None}),
            Put(key("p"), {"text": "x" * 410_000}),
            Put(key("p", table="control"), {"due_shard": 3, "due_at": iso(NOW)}),
            Update(key("p", table="control"), {"due_at": iso(NOW)}),
        ],
    )
    def test_what_dynamodb_refuses_is_refused(self, store: Store, write: Put | Update | Check) -> None:
        with pytest.raises(ValueError, match="Key"):
            store.commit([write])

    def test_an_update_never_makes_a_row_too_large(self, store: Store) -> None:
        for name in ("a", "b"):
            store.commit([Update(key("p"), {name: "x" * 180_000})])
        with pytest.raises(ValueError, match="row"):
            store.commit([Put(key("other"), {}), Update(key("p"), {"c": "x" * 180_000})])
        assert sorted(store.read([key("p")])[key("p")]) == ["a", "b"]
        assert key("other") not in store.read([key("other")])

    def test_a_transaction_has_at_most_4_mb(self, store: Store) -> None:
        with pytest.raises(ValueError, match="transaction"):
            store.commit([Put(key(str(number)), {"text": "x" * 390_000}) for number in range(11)])
        assert store.read([key("0")]) == {}

    def test_a_field_may_be_called_like_a_part_of_the_key_or_like_a_word_of_the_language(self, store: Store) -> None:
        row = {"partition": 1, "sort": "own", "~sort": 2, "~~partition": 3, "size": 4, "#a": 5, ":0": 6, "a.b": 7, "a b": 8}
        store.commit([Put(key("p"), row)])
        assert store.read([key("p")])[key("p")] == row
        assert store.partition("state", "p") == [(key("p"), row)]
        when = (Equals("sort", "own"), Below("partition", 2), Equals("a.b", 7), Equals("size", 4))
        assert store.commit([Update(key("p"), {"sort": "new", "#a": None}, {"partition": 1}, when)]) == Committed()
        after = {name: value for name, value in row.items() if name != "#a"} | {"sort": "new", "partition": 2}
        assert store.read([key("p")])[key("p")] == after

    # --- the ledger ---

    def test_the_ledger_takes_inserts_only(self, store: Store) -> None:
        entry = key("m", "1", "ledger")
        assert store.commit([Put(entry, {"a": 1}, (Absent(),))]) == Committed()
        for write in (
            Put(entry, {"a": 2}),
            Put(entry, {"a": 2}, (Equals("a", 1),)),
            Update(entry, {"a": 2}),
            Update(key("m", "2", "ledger"), {"a": 2}, when=(Absent(),)),
        ):
            with pytest.raises(ValueError, match="insert-only"):
                store.commit([write])
        assert store.commit([Put(entry, {"a": 2}, (Absent(),))]) == Cancelled(frozenset({0}))
        assert store.commit([Check(entry, (Equals("a", 1),))]) == Committed()
        assert store.partition("ledger", "m") == [(entry, {"a": 1})]

    # --- reads ---

    def test_a_batch_read_of_100_gives_the_rows_that_are_there(self, store: Store) -> None:
        keys = [key(f"p{number}", f"s{number}") for number in range(100)]
        store.commit([Put(place, {"n": number}) for number, place in enumerate(keys) if number % 2])
        assert store.read(keys) == {place: {"n": number} for number, place in enumerate(keys) if number % 2}
        assert store.read(keys[:1] * 200) == {}
        assert store.read(keys[1:2] * 200) == {keys[1]: {"n": 1}}
        assert store.read([]) == {}
        with pytest.raises(ValueError, match="100"):
            store.read([*keys, key("one more")])

    def test_table_partition_and_sort_all_make_the_key(self, store: Store) -> None:
        keys = [key("a", "b"), key("a", "c"), key("b", "b"), key("a", "b", "control"), key("ab", "-"), key("a", "b-")]
        store.commit([Put(place, {"n": number}) for number, place in enumerate(keys)])
        assert store.read(keys) == {place: {"n": number} for number, place in enumerate(keys)}

    def test_keys_are_exact_unicode(self, store: Store) -> None:
        keys = [key(name) for name in ("é", "e\u0301", "É", "👩🏽‍🚒", "ключ", "a%_*", "a\u0000b", "a", "' OR 1=1 --")]
        store.commit([Put(place, {"n": number}) for number, place in enumerate(keys)])
        assert store.read(keys) == {place: {"n": number} for number, place in enumerate(keys)}
        assert store.partition("state", "e\u0301") == [(keys[1], {"n": 1})]

    def test_a_partition_comes_whole_in_the_byte_order_of_sort(self, store: Store) -> None:
        sorts = ["10", "9", "a", "B", "é", "z", "\U0001f600", "\uffff", "-"]
        store.commit([Put(key("p", sort), {"sort": sort}) for sort in sorts] + [Put(key("q"), {"other": 1})])
        ordered = sorted(sorts, key=lambda sort: sort.encode())
        assert store.partition("state", "p") == [(key("p", sort), {"sort": sort}) for sort in ordered]
        assert store.partition("control", "p") == []

    def test_a_large_partition_comes_whole(self, store: Store) -> None:
        text = "x" * 100_000
        for number in range(15):
            store.commit([Put(key("p", f"{number:03}"), {"text": text})])
        assert [place.sort for place, _ in store.partition("state", "p")] == [f"{number:03}" for number in range(15)]

    # --- the due-time index ---

    def test_due_gives_the_rows_of_a_shard_up_to_a_time_earliest_first(self, store: Store) -> None:
        minutes = [3, 1, 2, 0, 4]
        store.commit([Put(key(f"p{m}"), {"due_shard": 1, "due_at": iso(NOW + timedelta(minutes=m))}) for m in minutes])
        store.commit([Put(key("other"), {"due_shard": 2, "due_at": iso(NOW)}), Put(key("never"), {"due_shard": 1})])
        assert store.due(1, NOW + timedelta(minutes=3)) == [key(f"p{m}") for m in range(4)]
        assert store.due(1, NOW + timedelta(minutes=3), limit=2) == [key("p0"), key("p1")]
        assert store.due(1, NOW - timedelta(milliseconds=1)) == []
        assert store.due(2, NOW) == [key("other")]

    def test_the_index_follows_updates_and_replacements(self, store: Store) -> None:
        store.commit([Put(key(name), {"due_shard": 1, "due_at": iso(NOW)}) for name in "abc"])
        store.commit([Update(key("a"), {"due_at": None}), Put(key("b"), {"n": 1})])
        store.commit([Update(key("c"), {"due_shard": 2})])
        assert store.due(1, NOW) == []
        assert store.due(2, NOW) == [key("c")]

    # --- races ---

    @pytest.mark.parametrize(
        ("standing", "condition"),
        [
            pytest.param(None, Absent(), id="a mention is decided"),
            pytest.param(
                {"expires": iso(NOW)}, AbsentOrBefore("expires", iso(NOW + timedelta(hours=1))), id="a wording is free again"
            ),
            pytest.param({"version": 3}, Equals("version", 3), id="an account is paused"),
        ],
    )
    def test_of_32_threads_that_want_one_row_one_wins(
        self, store: Store, standing: dict[str, Any] | None, condition: Condition
    ) -> None:
        for number in range(20):
            place, barrier = key(f"race{number}"), threading.Barrier(32)
            if standing is not None:
                store.commit([Put(place, standing)])

            def put(
                thread: int, place: Key = place, barrier: threading.Barrier = barrier, number: int = number
            ) -> tuple[int, object]:
                taken = {"winner": thread, "expires": iso(NOW + timedelta(days=1)), "version": 4}
                barrier.wait()
                return thread, store.commit([Put(place, taken, (condition,)), Put(key(f"{number}.{thread}"), {})])

            with ThreadPoolExecutor(32) as pool:
                outcomes = dict(pool.map(put, range(32)))
            winners = [thread for thread, outcome in outcomes.items() if outcome == Committed()]
            assert len(winners) == 1
            assert all(outcome in (Committed(), Cancelled(frozenset({0}))) for outcome in outcomes.values())
            assert store.read([place])[place]["winner"] == winners[0]
            assert list(store.read([key(f"{number}.{thread}") for thread in range(32)])) == [key(f"{number}.{winners[0]}")]

    def test_no_addition_of_many_threads_is_lost(self, store: Store) -> None:
        def add(_: int) -> None:
            for _ in range(25):
                store.commit([Update(key("sum"), add={"n": 1})])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(add, range(8)))
        assert store.read([key("sum")])[key("sum")] == {"n": 200}
