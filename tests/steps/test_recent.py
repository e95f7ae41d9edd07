"""What decisions share is read late, for two seconds and no longer; what is the mention's own never is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from chalicelib.domain import keys
from chalicelib.domain.facts import Control, Thread
from chalicelib.domain.state import State
from chalicelib.embedded.memory import START
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Key, Put, Row, Unavailable
from chalicelib.steps.gather import Places, places_of
from chalicelib.steps.recent import FRESH, MOST, Recent
from chalicelib.steps.rows import to_row
from tests.simulation.mentions import mention
from tests.simulation.world import World

OWN, SHARED = keys.person("x", "771"), keys.rota("northwind-bank")


class Counted:
    def __init__(self) -> None:
        self.store = SqliteStore(":memory:")
        self.asked: list[tuple[Key, ...]] = []
        self.silent = False

    def read(self, wanted: Sequence[Key]) -> Mapping[Key, Row]:
        self.asked.append(tuple(wanted))
        if self.silent:
            raise Unavailable("read")
        return self.store.read(wanted)

    def __getattr__(self, name: str) -> object:
        return getattr(self.store, name)


def write(store: Counted, key: Key, value: int) -> None:
    store.store.commit([Put(key, {"value": value})])


def test_a_shared_row_is_read_once_in_two_seconds_and_an_own_row_each_time() -> None:
    store, recent = Counted(), Recent()
    for seconds in (0.0, 1.0, 1.999, 2.0):
        recent.read(store, [OWN], [SHARED], START + timedelta(seconds=seconds))  # type: ignore[arg-type]
    assert store.asked == [(OWN, SHARED), (OWN,), (OWN,), (OWN, SHARED)]


def test_a_row_that_was_not_there_is_remembered_as_not_there_and_its_coming_is_seen_in_time() -> None:
    store, recent = Counted(), Recent()
    assert recent.read(store, [OWN], [SHARED], START) == {}  # type: ignore[arg-type]
    write(store, SHARED, 1)
    assert recent.read(store, [OWN], [SHARED], START) == {}  # type: ignore[arg-type]
    assert recent.read(store, [OWN], [SHARED], START + FRESH) == {SHARED: {"value": 1}}  # type: ignore[arg-type]


@pytest.mark.parametrize("how", ["forgotten", "clock-went-back"])
def test_it_is_read_anew(how: str) -> None:
    store, recent = Counted(), Recent()
    recent.read(store, [OWN], [SHARED], START)  # type: ignore[arg-type]
    write(store, SHARED, 2)
    if how == "forgotten":
        recent.forget([SHARED])
    now = START - timedelta(seconds=1) if how == "clock-went-back" else START
    assert recent.read(store, [OWN], [SHARED], now)[SHARED] == {"value": 2}  # type: ignore[arg-type]


def test_a_read_that_failed_leaves_nothing_behind() -> None:
    store, recent = Counted(), Recent()
    store.silent = True
    with pytest.raises(Unavailable):
        recent.read(store, [OWN], [SHARED], START)  # type: ignore[arg-type]
    store.silent = False
    write(store, SHARED, 3)
    assert recent.read(store, [OWN], [SHARED], START)[SHARED] == {"value": 3}  # type: ignore[arg-type]


def test_threads_without_number_cannot_fill_the_memory_and_the_oldest_goes_first() -> None:
    store, recent = Counted(), Recent()
    for number in range(MOST + 50):
        recent.read(store, [OWN], [keys.thread("x", str(number)), SHARED], START)  # type: ignore[arg-type]
    assert len(recent._kept) <= MOST


def test_what_is_the_mentions_own_is_never_among_what_is_shared() -> None:
    places = places_of(mention(1), None)
    assert places.own() == (places.state, places.lock, places.person, places.case)
    assert set(places.own()).isdisjoint(places.shared())
    assert {*places.own(), *places.shared()} == {getattr(places, name) for name in Places.__slots__}


def test_a_thread_that_fell_silent_unseen_costs_one_more_look_and_nothing_is_said(world: World) -> None:
    one, other = mention(1, thread="551"), mention(2, "@NorthwindHelp how do I activate my new card?", thread="551")
    place = keys.thread("x", "551")
    world.processes = [world.deciding]
    world.deliver(one)
    while world.step():
        pass
    world.deciding.recent.read(world.store, (), (place,), world.now)
    before = world.store.read([place])[place]
    quiet = Thread(version=before["version"] + 1, acknowledgements=1, silent=True)
    world.store.commit([Put(place, to_row(quiet, key=place))])
    world.deliver(other)
    world.run()
    assert world.standing_of(other).state is State.HUMAN
    assert not [line for line in world.log if "Contended" in line], "it lost to itself until the queue brought it back"


def test_what_a_process_wrote_itself_it_reads_anew(world: World) -> None:
    world.processes = [world.deciding]
    for number in (1, 2):
        world.deliver(mention(number))
        while world.step():
            pass
    once = ["store.read", "store.commit", "store.commit", "store.commit", "queue.send", "queue.send"]
    assert [line.split()[1] for line in world.log] == once * 2


def test_a_pause_that_a_decider_saw_late_still_stops_the_reply(world: World) -> None:
    place = keys.control("x", "1001")
    world.processes = [world.deciding]
    world.deciding.recent.read(world.store, (), (place,), world.now)
    world.pause()
    world.deliver(mention(1))
    while world.step():
        pass
    assert world.standing_of(mention(1)).state is State.RESERVED, "the decider did not see it late"
    world.run()
    assert world.standing_of(mention(1)).state is State.HUMAN
    assert world.posts == []


def test_a_mode_that_a_decider_saw_late_still_stops_the_reply(world: World) -> None:
    place = keys.control("x", "1001")
    world.processes = [world.deciding]
    world.deciding.recent.read(world.store, (), (place,), world.now)
    world.store.commit([Put(place, to_row(Control(version=2, mode="shadow"), key=place))])
    world.deliver(mention(1))
    world.run()
    assert world.standing_of(mention(1)).state is State.HUMAN
    assert world.posts == []
