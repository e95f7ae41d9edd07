"""What has a number is found again by whoever looks back far enough, and reading that far stays short."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.embedded.memory import START, MemoryPorts, memory_ports
from chalicelib.ports import Key, Put, Row, Store
from chalicelib.steps import sequence
from chalicelib.steps.numbered import Numbered, StretchMissing, stretch_key
from chalicelib.steps.sequence import Leaf, SequencePorts

SECOND = timedelta(seconds=1)


def leaf(number: int, second: int = 0) -> Leaf:
    return Leaf(sequence=f"{number:021}", key=f"R{number}/0-decision", leaf=f'{{"n":{number}}}', created=START + second * SECOND)


class Counted(Store):
    """How many partitions somebody asked for."""

    def __init__(self, inner: Store) -> None:
        self.inner, self.asked = inner, list[str]()
        self.read, self.commit, self.due = inner.read, inner.commit, inner.due  # type: ignore[method-assign]

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        self.asked.append(partition)
        return self.inner.partition(table, partition)


@pytest.fixture
def world() -> MemoryPorts:
    return memory_ports()


def filled(world: MemoryPorts, many: int, each: int = 90) -> SequencePorts:
    """A tree of ``many`` leaves, a stretch for each second."""
    ports = SequencePorts(world.store)
    for second, start in enumerate(range(0, many, each)):
        batch = [leaf(number, second) for number in range(start, min(start + each, many))]
        assert sequence.run(batch, ports, START + second * SECOND) == len(batch)
    return ports


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 120), st.booleans()), min_size=1, max_size=12))
def test_however_often_whatever_comes_again_each_leaf_has_one_number(deliveries: list[tuple[int, int, bool]]) -> None:
    """``fresh``: another process brings it, which knows nothing yet. A leaf is created once, whenever it is brought."""
    ports = memory_ports()
    warm, created = SequencePorts(ports.store), dict[int, int]()
    for turn, (first, many, fresh) in enumerate(deliveries):
        batch = [leaf(number, created.setdefault(number, 100 * turn)) for number in range(first, first + many)]
        sequence.run(batch, SequencePorts(ports.store) if fresh else warm, START + (100 * turn + 1) * SECOND)
    keys = [
        key
        for start in range(0, 2)
        for _, row in ports.store.partition("tree", stretch_key(1024 * start).partition)
        for key in row["keys"]
    ]
    assert sorted(keys) == sorted(leaf(number).key for number in created)
    ports.store.close()


def test_a_process_that_goes_on_reads_no_stretch_at_all_and_another_one_only_what_is_recent(world: MemoryPorts) -> None:
    filled(world, 5_000)
    counted = Counted(world.store)
    ports = SequencePorts(counted)
    now = START + 1_000 * SECOND
    assert sequence.run([leaf(6_000, 999)], ports, now) == 1
    assert counted.asked == [stretch_key(4_999).partition]
    assert sequence.run([leaf(6_001, 1_000)], ports, now + SECOND) == 1
    assert len(counted.asked) == 1


def test_a_leaf_that_comes_late_is_looked_for_as_far_back_as_it_was_written(world: MemoryPorts) -> None:
    filled(world, 5_000)
    counted = Counted(world.store)
    assert sequence.run([leaf(7, 0), leaf(2_000, 22)], SequencePorts(counted), START + 1_000 * SECOND) == 0
    assert len(counted.asked) == 5


def test_a_leaf_that_does_not_say_when_it_was_written_is_looked_for_a_whole_day_back(world: MemoryPorts) -> None:
    filled(world, 300)
    silent = Leaf(sequence="1", key=leaf(5).key, leaf=leaf(5).leaf)
    assert sequence.run([silent], SequencePorts(world.store), START + timedelta(hours=24)) == 0


def test_what_is_old_is_forgotten_and_read_again_when_it_is_asked_for(world: MemoryPorts) -> None:
    ports = filled(world, 900)
    ports.numbered.hashes(world.store, 900, START + 5 * SECOND)
    kept = ports.numbered.hashes(world.store, 900, START + 9 * SECOND)
    assert leaf(899).key in kept
    assert leaf(0).key not in kept
    assert leaf(0).key in ports.numbered.hashes(world.store, 900, START)


@pytest.mark.parametrize(
    ("place", "row"),
    [
        (stretch_key(90), {"start": 95, "hashes": ["00"], "keys": ["x/y"], "numbered": "2026-11-21T09:00:00.000Z"}),
        (stretch_key(180), {"start": 180, "hashes": ["00"], "keys": ["x/y"], "numbered": "2026-11-21T09:00:00.000Z"}),
    ],
)
def test_a_hole_in_the_tree_stops_the_stream(world: MemoryPorts, place: Key, row: Row) -> None:
    filled(world, 270)
    world.store.commit([Put(place, row)])
    for _ in range(2):
        with pytest.raises(StretchMissing, match="missing"):
            Numbered().hashes(world.store, 270, START - SECOND)
