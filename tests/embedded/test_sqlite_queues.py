"""What the embedded queues promise beyond the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.embedded.memory import START, MemoryPorts, memory_ports
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.store import SqliteStore


@pytest.fixture
def ports() -> Iterator[MemoryPorts]:
    ports = memory_ports()
    yield ports
    ports.store.close()


def test_queues_of_one_file_do_not_mix(ports: MemoryPorts) -> None:
    ports.mentions.send("m")
    ports.replies.send("r")
    (mention,) = ports.mentions.receive(10, 30)
    assert mention.body == "m"
    ports.replies.delete(mention.receipt)
    assert (ports.mentions.depth(), ports.replies.depth(), ports.dead_letters.depth()) == (1, 1, 0)


def test_a_receipt_dies_with_the_next_delivery(ports: MemoryPorts) -> None:
    ports.mentions.send("m")
    (first,) = ports.mentions.receive(1, 30)
    ports.clock.advance(timedelta(seconds=30))
    (second,) = ports.mentions.receive(1, 30)
    ports.mentions.delete(first.receipt)
    assert ports.mentions.depth() == 1
    ports.mentions.delete(second.receipt)
    assert ports.mentions.depth() == 0


def test_depth_and_age_count_what_is_delayed_and_in_flight(ports: MemoryPorts) -> None:
    assert ports.mentions.oldest_age() == timedelta(0)
    assert ports.mentions.next_visible() is None
    ports.mentions.send("flying")
    ports.mentions.receive(1, 300)
    ports.clock.advance(timedelta(seconds=10))
    ports.mentions.send("delayed", delay_s=60)
    assert ports.mentions.depth() == 2
    assert ports.mentions.oldest_age() == timedelta(seconds=10)
    assert ports.mentions.next_visible() == START + timedelta(seconds=70)


def test_only_what_is_visible_again_goes_to_the_dead_letters_and_starts_there_anew(ports: MemoryPorts) -> None:
    ports.mentions.send("poison")
    ports.mentions.receive(1, 30)
    assert ports.mentions.redrive(ports.dead_letters, receives=1) == 0
    ports.clock.advance(timedelta(seconds=30))
    assert ports.mentions.redrive(ports.dead_letters, receives=2) == 0
    assert ports.mentions.redrive(ports.dead_letters, receives=1) == 1
    (dead,) = ports.dead_letters.receive(1, 30)
    assert (dead.body, dead.receive_count, dead.sent) == ("poison", 1, START)


def test_a_new_process_finds_what_was_sent(tmp_path: Path) -> None:
    clock = memory_ports().clock
    first = SqliteStore(tmp_path / "store.db")
    SqliteQueue(first, "mentions", clock).send("m")
    first.close()
    second = SqliteStore(tmp_path / "store.db")
    assert [one.body for one in SqliteQueue(second, "mentions", clock).receive(1, 30)] == ["m"]
    second.close()
