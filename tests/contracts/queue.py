"""The contract of a standard queue: what is sent is received, again and again, until it is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import pytest

from chalicelib.ports import Queue


class Delivery(Protocol):
    """One delivery, as any backend tells it."""

    @property
    def receipt(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def body(self) -> str: ...
    @property
    def receive_count(self) -> int: ...


class QueueBench(Protocol):
    """A backend's queue with the consumer's side, and a way to let time pass."""

    queue: Queue

    def receive(self, max_n: int = 10, visibility_s: int = 30) -> Sequence[Delivery]: ...
    def delete(self, receipt: str) -> None: ...
    def wait(self, span: timedelta) -> None: ...
    def dead(self) -> Sequence[Delivery]:
        """What is in the dead-letter queue; it takes what was received twice."""
        ...


class QueueContract:
    @pytest.fixture
    def bench(self) -> QueueBench:
        raise NotImplementedError("a subclass gives an empty queue")

    def test_what_is_sent_is_received_with_an_id_of_its_own(self, bench: QueueBench) -> None:
        for body in ("same", "same", "é👩🏽‍🚒"):
            bench.queue.send(body)
        got = bench.receive()
        assert sorted(one.body for one in got) == sorted(["same", "same", "é👩🏽‍🚒"])
        assert len({one.id for one in got}) == 3
        assert len({one.receipt for one in got}) == 3
        assert {one.receive_count for one in got} == {1}

    def test_at_most_max_n_come_at_once(self, bench: QueueBench) -> None:
        for number in range(5):
            bench.queue.send(str(number))
        assert [len(bench.receive(max_n=2)) for _ in range(4)] == [2, 2, 1, 0]

    def test_a_delay_hides_the_body_until_it_is_over(self, bench: QueueBench) -> None:
        bench.queue.send("later", delay_s=2)
        assert bench.receive() == []
        bench.wait(timedelta(seconds=2.1))
        assert [one.body for one in bench.receive()] == ["later"]

    def test_a_body_that_is_not_deleted_comes_again_after_its_visibility(self, bench: QueueBench) -> None:
        bench.queue.send("again")
        (first,) = bench.receive(visibility_s=2)
        assert bench.receive() == []
        bench.wait(timedelta(seconds=2.1))
        (second,) = bench.receive(visibility_s=2)
        assert (second.id, second.body, second.receive_count) == (first.id, "again", 2)
        assert second.receipt != first.receipt

    def test_a_deleted_body_never_comes_again(self, bench: QueueBench) -> None:
        bench.queue.send("done")
        bench.queue.send("open")
        for one in bench.receive(visibility_s=1):
            if one.body == "done":
                bench.delete(one.receipt)
        bench.wait(timedelta(seconds=1.1))
        assert [one.body for one in bench.receive()] == ["open"]

    def test_what_was_received_too_often_goes_to_the_dead_letters(self, bench: QueueBench) -> None:
        bench.queue.send("poison")
        (first,) = bench.receive(visibility_s=1)
        assert bench.dead() == []
        bench.wait(timedelta(seconds=1.1))
        assert len(bench.receive(visibility_s=1)) == 1
        bench.wait(timedelta(seconds=1.1))
        assert bench.receive() == []
        (dead,) = bench.dead()
        assert (dead.body, dead.id) == ("poison", first.id)

    @pytest.mark.parametrize(("body", "delay_s"), [("", 0), ("x" * (1024 * 1024 + 1), 0), ("x", -1), ("x", 901)])
    def test_what_sqs_refuses_is_refused(self, bench: QueueBench, body: str, delay_s: int) -> None:
        with pytest.raises(ValueError, match=r"body|delay"):
            bench.queue.send(body, delay_s)
        assert bench.receive() == []

    def test_a_body_of_1_mib_and_a_delay_of_900_s_are_taken(self, bench: QueueBench) -> None:
        bench.queue.send("x" * 1024 * 1024)
        bench.queue.send("late", delay_s=900)
        assert [len(one.body) for one in bench.receive()] == [1024 * 1024]
