"""Sequence and seal: one index for each leaf whatever the stream repeats; nothing is signed that does not continue what was."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit.checkpoint import open_note, vkey
from chalicelib.audit.tree import Frontier, leaf_hash, root
from chalicelib.domain import keys
from chalicelib.domain.codec import decode, iso
from chalicelib.domain.facts import Seal
from chalicelib.domain.keys import Key
from chalicelib.embedded.memory import START, MemoryArtefacts, MemoryPorts, memory_ports, memory_signer
from chalicelib.ports import Cancelled, Committed, Put, Row, Store, Unavailable, Update, Write
from chalicelib.steps import seal, sequence
from chalicelib.steps.numbered import STRETCH, stretch_key
from chalicelib.steps.rows import from_row
from chalicelib.steps.seal import SealPorts, SealRefused, checkpoint_name
from chalicelib.steps.sequence import Head, Leaf, LedgerChanged, SequencePorts, read_head

ORIGIN = "audit.example.org/ledger"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def world() -> Iterator[MemoryPorts]:
    ports = memory_ports()
    yield ports
    ports.store.close()


def leaf(number: int, at: datetime = START) -> Leaf:
    text = json.dumps({"at": iso(at), "n": number})
    return Leaf(sequence=f"{number:021}", key=f"R{number}/0-decision", leaf=text)


def leaves(first: int, after: int) -> list[Leaf]:
    return [leaf(number) for number in range(first, after)]


def numbered(ports: MemoryPorts, batch: Sequence[Leaf], now: datetime = START) -> int:
    return sequence.run(batch, SequencePorts(ports.store), now)


def sealed(ports: MemoryPorts, now: datetime = START, store: Store | None = None) -> int:
    return seal.run(SealPorts(store or ports.store, ports.sealer, ports.artefacts), now, ORIGIN)


def head(ports: MemoryPorts) -> Head:
    return read_head(ports.store.read([keys.head()]))


def seal_row(ports: MemoryPorts) -> Seal:
    """What the decider reads."""
    return from_row(Seal, ports.store.read([keys.head()])[keys.head()])


def tree_of(ports: MemoryPorts) -> list[str]:
    """Every leaf hash in the order of the tree; fails on gaps and overlaps."""
    hashes: list[str] = []
    while rows := ports.store.read([stretch_key(len(hashes))]):
        (row,) = rows.values()
        assert row["start"] == len(hashes)
        hashes += row["hashes"]
    assert len(hashes) == head(ports).next
    return hashes


def hashes_of(batch: Sequence[Leaf]) -> list[str]:
    return [leaf_hash(part.leaf.encode()).hex() for part in batch]


def signed_root(ports: MemoryPorts, size: int) -> bytes:
    note = ports.artefacts.get(checkpoint_name(size))
    assert note is not None
    checkpoint = open_note(note.decode(), [vkey(ports.sealer.name, ports.sealer.public_key())])
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, size)
    return checkpoint.root


@dataclass
class Meddling(Store):
    """A store into which somebody else writes right before the next commits."""

    inner: Store
    before_commit: list[Callable[[], object]] = field(default_factory=list)

    def read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
        return self.inner.read(keys)

    def due(self, shard: int, until: datetime, limit: int = 1_000) -> Sequence[Key]:
        return self.inner.due(shard, until, limit)

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        return self.inner.partition(table, partition)

    def commit(self, writes: Sequence[Write]) -> Committed | Cancelled:
        if self.before_commit:
            self.before_commit.pop(0)()
        return self.inner.commit(writes)


def test_leaves_get_indexes_in_their_order_over_many_transactions(world: MemoryPorts) -> None:
    batch = leaves(0, 250)
    assert numbered(world, batch) == 250
    assert tree_of(world) == hashes_of(batch)


def test_a_redelivered_leaf_keeps_its_index(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 5))
    assert numbered(world, leaves(0, 5)) == 0
    assert numbered(world, leaves(3, 8)) == 3
    assert numbered(world, [leaf(9), leaf(9)]) == 1
    assert tree_of(world) == hashes_of([*leaves(0, 8), leaf(9)])


@given(st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=10))
def test_every_delivered_leaf_is_in_the_tree_once_in_the_order_of_its_first_delivery(deliveries: list[list[int]]) -> None:
    """Stream shards know nothing of each other's numbers: a leaf with a lower number may come later and still counts."""
    ports = memory_ports()
    for delivery in deliveries:
        numbered(ports, [leaf(number) for number in delivery])
    first = list(dict.fromkeys(number for delivery in deliveries for number in delivery))
    assert tree_of(ports) == hashes_of([leaf(number) for number in first])
    ports.store.close()


def test_a_leaf_whose_text_changed_stops_the_stream(world: MemoryPorts) -> None:
    numbered(world, [leaf(1)])
    rewritten = Leaf(sequence="2", key=leaf(1).key, leaf='{"at":"2026-11-21T09:00:00.000Z","n":"rewritten"}')
    for batch in ([rewritten], [leaf(2), rewritten], [leaf(3), Leaf(sequence="4", key=leaf(3).key, leaf="{}")]):
        with pytest.raises(LedgerChanged, match="stream number"):
            numbered(world, batch)
    assert tree_of(world) == hashes_of([leaf(1)])


def test_two_sequencers_with_the_same_batch_number_it_once(world: MemoryPorts) -> None:
    store = Meddling(world.store, [lambda: numbered(world, leaves(0, 3)), lambda: numbered(world, [leaf(7)])])
    assert sequence.run(leaves(2, 5), SequencePorts(store), START) == 2
    assert tree_of(world) == hashes_of([*leaves(0, 3), leaf(7), leaf(3), leaf(4)])


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_whoever_numbers_around_a_read_costs_a_second_try_and_never_a_second_number(world: MemoryPorts, before: bool) -> None:
    """The head is read first and once: what came before it is found, what comes after it makes the commit fail."""
    others = [leaves(0, 2), leaves(5, 6)]

    class Between(Meddling):
        def read(self, keys: Sequence[Key]) -> Mapping[Key, Row]:
            rows = self.inner.read(keys)
            if others:
                numbered(world, others.pop())
            return self.inner.read(keys) if before else rows

    assert sequence.run(leaves(0, 3), SequencePorts(Between(world.store)), START) == (3 if before else 1)
    assert sequence.run(leaves(0, 3), SequencePorts(Between(world.store)), START) == 0
    assert tree_of(world) == hashes_of([leaf(5), *leaves(0, 3)])


def test_a_sequencer_that_always_loses_gives_the_batch_back(world: MemoryPorts) -> None:
    others = iter(range(100, 200))
    store = Meddling(world.store, [lambda: numbered(world, [leaf(next(others))]) for _ in range(50)])
    with pytest.raises(Unavailable):
        sequence.run([leaf(0)], SequencePorts(store), START)
    assert leaf_hash(leaf(0).leaf.encode()).hex() not in tree_of(world)


def test_a_crash_after_the_commit_changes_nothing_on_the_next_delivery(world: MemoryPorts) -> None:
    class Crashed(Exception):
        pass

    class Crashing(Meddling):
        def commit(self, writes: Sequence[Write]) -> Committed | Cancelled:
            self.inner.commit(writes)
            raise Crashed

    with pytest.raises(Crashed):
        sequence.run(leaves(0, 4), SequencePorts(Crashing(world.store)), START)
    assert numbered(world, leaves(0, 4)) == 0
    assert tree_of(world) == hashes_of(leaves(0, 4))


def test_pending_since_is_when_the_oldest_unsealed_leaf_was_written(world: MemoryPorts) -> None:
    old = START - timedelta(minutes=20)
    numbered(world, [leaf(0), leaf(1, old)], START)
    numbered(world, [leaf(2, START - timedelta(hours=2))], START)
    assert head(world).pending_since == old
    sealed(world)
    assert head(world).pending_since is None


@pytest.mark.parametrize("text", ['{"at":"2031-01-01T00:00:00.000Z"}', "no json", "[]", "{}", '{"at":7}', '{"at":"soon"}'])
def test_a_leaf_without_a_readable_time_is_pending_since_now(world: MemoryPorts, text: str) -> None:
    numbered(world, [Leaf(sequence="1", key="k", leaf=text)], START)
    assert head(world).pending_since == START


def test_the_decider_cannot_read_a_seal_before_anybody_sealed(world: MemoryPorts) -> None:
    numbered(world, [leaf(0)])
    with pytest.raises(ValueError, match="not a Seal"):
        seal_row(world)


def test_a_seal_signs_the_root_over_all_leaves_and_the_decider_reads_it(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 130))
    assert sealed(world, START + MINUTE) == 130
    assert signed_root(world, 130) == root([bytes.fromhex(part) for part in tree_of(world)])
    assert seal_row(world) == Seal(checked=START + MINUTE, pending_since=None, newest=head(world).newest)


def test_seals_across_stretches_continue_each_other(world: MemoryPorts) -> None:
    sizes = [0]
    shuffle = random.Random(7)
    while sizes[-1] < 2 * STRETCH + 100:
        numbered(world, leaves(sizes[-1], sizes[-1] + shuffle.randrange(1, 400)))
        sizes.append(sealed(world))
    everything = [bytes.fromhex(part) for part in tree_of(world)]
    assert len(sizes) > 5
    assert all(signed_root(world, size) == root(everything[:size]) for size in sizes[1:])


def test_an_empty_ledger_is_sealed_from_its_first_minute(world: MemoryPorts) -> None:
    assert sealed(world) == 0
    assert signed_root(world, 0) == Frontier().root()
    assert seal_row(world) == Seal(checked=START, pending_since=None, newest=None)
    numbered(world, leaves(0, 2))
    assert sealed(world) == 2


def test_a_quiet_minute_only_says_that_somebody_looked(world: MemoryPorts) -> None:
    numbered(world, [leaf(0)])
    sealed(world)
    world.artefacts.put = lambda name, content: pytest.fail("signed again")  # type: ignore[method-assign]
    assert sealed(world, START + 59 * MINUTE) == 1
    assert seal_row(world).checked == START + 59 * MINUTE
    assert head(world).sealed_at == START


def test_a_quiet_hour_is_sealed_again(world: MemoryPorts) -> None:
    sealed(world)
    assert sealed(world, START + timedelta(hours=1)) == 0
    assert head(world).sealed_at == START + timedelta(hours=1)


def test_leaves_numbered_while_the_sealer_signs_stay_pending(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 3), START)
    young = START + MINUTE
    store = Meddling(world.store, [lambda: numbered(world, [leaf(3, young)], young), lambda: numbered(world, [leaf(4)], young)])
    assert sealed(world, young, store) == 3
    assert seal_row(world) == Seal(checked=young, pending_since=young, newest=young)
    assert head(world).next == 5
    assert sealed(world, young) == 5
    assert seal_row(world).pending_since is None


def test_leaves_numbered_after_the_sealer_cleared_are_pending_too(world: MemoryPorts) -> None:
    """The sequencer read a head with pending leaves; the sealer cleared it before the sequencer wrote."""
    numbered(world, leaves(0, 3), START)
    store = Meddling(world.store, [lambda: sealed(world)])
    later = START + MINUTE
    sequence.run([leaf(3, later)], SequencePorts(store), later)
    assert head(world).pending_since == later


def test_two_sealers_at_once_leave_the_larger_seal(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 3))

    def another_seals_more() -> None:
        numbered(world, leaves(3, 9))
        assert sealed(world, START + MINUTE) == 9

    assert sealed(world, START, Meddling(world.store, [another_seals_more])) == 9
    assert (head(world).sealed, head(world).checked) == (9, START + MINUTE)
    assert signed_root(world, 3) == root([bytes.fromhex(part) for part in tree_of(world)[:3]])


def test_a_sealer_that_died_after_signing_is_followed_by_one_that_goes_on(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 3))
    with pytest.raises(ZeroDivisionError):
        sealed(world, START, Meddling(world.store, [lambda: 1 // 0]))
    assert sealed(world) == 3
    numbered(world, leaves(3, 4))
    assert sealed(world) == 4


def test_a_sealer_that_always_loses_says_so(world: MemoryPorts) -> None:
    numbered(world, [leaf(0)])
    others = iter(range(100, 200))
    store = Meddling(world.store, [lambda: numbered(world, [leaf(next(others))]) for _ in range(50)])
    with pytest.raises(Unavailable):
        sealed(world, START, store)


def changed_head(**fields: object) -> Update:
    return Update(keys.head(), set=fields)


@pytest.mark.parametrize(
    ("attack", "says"),
    [
        (changed_head(next=2), "but 3 are sealed"),
        (changed_head(next=0, sealed=0, frontier=[]), "gone|not the one"),
        (changed_head(sealed=2, frontier=["00" * 32]), "gone"),
        (changed_head(sealed=2, frontier=["00" * 32, "00" * 32]), "broken"),
        (changed_head(sealed=4), "broken"),
        (changed_head(sealed=5), "gone"),
        (changed_head(frontier=["00" * 32, "11" * 32]), "not the one that was signed"),
        (changed_head(frontier=["no hex", "11" * 32]), "broken"),
        (changed_head(frontier=["00" * 32, "11" * 32], sealed_at=None), "not a Head"),
        (
            Put(
                keys.head(),
                {
                    "version": 9,
                    "next": 5,
                    "sealed": 3,
                    "frontier": ["00" * 32, "11" * 32],
                    "sealed_at": None,
                    "checked": iso(START),
                    "pending_since": None,
                    "newest": None,
                },
            ),
            "not the one that was signed",
        ),
        (changed_head(next=9), "their hashes end at 5"),
        (Put(stretch_key(3), {"start": 4, "hashes": ["00" * 32]}), "missing"),
        (Put(stretch_key(3), {"start": 3, "hashes": ["00" * 32]}), "their hashes end at 4"),
        (Put(stretch_key(3), {"start": 3, "hashes": ["00" * 32] * 3}), "their hashes end at 6"),
    ],
)
def test_nothing_is_signed_that_does_not_continue_what_was(world: MemoryPorts, attack: Write, says: str) -> None:
    numbered(world, leaves(0, 3))
    sealed(world)
    numbered(world, leaves(3, 5))
    before = head(world)
    world.store.commit([attack])
    with pytest.raises((SealRefused, ValueError), match=says):
        sealed(world, START + MINUTE)
    assert world.artefacts.get(checkpoint_name(5)) is None
    assert world.store.read([keys.head()])[keys.head()]["checked"] == iso(before.checked or START)


def test_a_head_that_is_gone_while_hashes_are_there_is_refused(world: MemoryPorts) -> None:
    world.store.commit([Put(stretch_key(0), {"start": 0, "hashes": ["00" * 32]})])
    with pytest.raises(SealRefused, match="gone"):
        sealed(world)


def test_a_rewritten_leaf_hash_under_a_signed_size_is_a_second_root_and_refused(world: MemoryPorts) -> None:
    """The sealer died between signing and the head; meanwhile somebody rewrote a hash that was signed already."""
    numbered(world, leaves(0, 3))
    with pytest.raises(ZeroDivisionError):
        sealed(world, START, Meddling(world.store, [lambda: 1 // 0]))
    row = dict(world.store.read([stretch_key(0)])[stretch_key(0)])
    world.store.commit([Put(stretch_key(0), {**row, "hashes": ["00" * 32, *row["hashes"][1:]]})])
    with pytest.raises(ValueError, match="other bytes"):
        sealed(world)


def test_a_checkpoint_of_another_key_origin_or_that_is_lost_is_refused(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 3))
    sealed(world)
    with pytest.raises(SealRefused, match="cannot be trusted"):
        seal.run(SealPorts(world.store, memory_signer("intruder"), world.artefacts), START, ORIGIN)
    with pytest.raises(SealRefused, match="not the one"):
        seal.run(SealPorts(world.store, world.sealer, world.artefacts), START, "another/log")
    with pytest.raises(SealRefused, match="is gone"):
        seal.run(SealPorts(world.store, world.sealer, MemoryArtefacts()), START, ORIGIN)


def test_a_refused_seal_leaves_the_decider_an_old_check_so_that_acknowledging_stops(world: MemoryPorts) -> None:
    numbered(world, leaves(0, 3))
    sealed(world)
    with pytest.raises(SealRefused):
        seal.run(SealPorts(world.store, world.sealer, MemoryArtefacts()), START + 20 * MINUTE, ORIGIN)
    assert seal_row(world).checked == START


def test_the_head_row_decodes_as_a_seal_whatever_else_it_holds(world: MemoryPorts) -> None:
    sealed(world)
    row = dict(world.store.read([keys.head()])[keys.head()])
    assert row["pending_since"] is None
    assert decode(Seal, row) == Seal(checked=START, pending_since=None, newest=None)


def test_the_newest_leaf_never_grows_older(world: MemoryPorts) -> None:
    numbered(world, [leaf(0, START + MINUTE)])
    numbered(world, [leaf(1, START)])
    assert head(world).newest == START + MINUTE
