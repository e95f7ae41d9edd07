"""A surge pauses its own topic, opens one case for all of it, and waits for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import Case, Control, Promise
from chalicelib.domain.notice import Mention
from chalicelib.domain.scope import Scope
from chalicelib.domain.state import State
from chalicelib.ports import Put
from chalicelib.steps import surge, tally, watch
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.pause import PausePorts, Word, resume, targets_of
from chalicelib.steps.rows import from_row, to_row
from chalicelib.steps.surge import SurgePorts, Trip, trips
from chalicelib.steps.tally import Matter
from tests.simulation.mentions import mention
from tests.simulation.world import World

BRAND = "northwind-bank"
OVER = 8
BOARD = "@NorthwindHelp how do i activate my new card, this is number {}?"


def brand_of(loaded: Loaded) -> Brand:
    found = loaded.brand_of("x", "1001")
    assert found is not None
    return found


def ports(world: World) -> SurgePorts:
    store, queue = world.store, world.deciding.announcements
    return SurgePorts(store=store, bundles=world.deciding.bundles, announcements=queue, entropy=world.random.randbytes)


def look(world: World) -> list[str]:
    return [done.did for done in surge.run(ports(world), world.now)]


def hold(world: World) -> None:
    while world.step():
        pass


def pile(world: World, count: int, text: str = BOARD, start: int = 1, **changes: Any) -> list[Mention]:
    found = [replace(mention(number, text.format(number)), **changes) for number in range(start, start + count)]
    for one in found:
        world.deliver(one)
    hold(world)
    return found


def paused(world: World) -> tuple[str, ...]:
    place = keys.control("x", "1001")
    return from_row(Control, world.store.read([place])[place]).paused


def case_of(world: World, mark: str) -> Case | None:
    place = keys.surge(BRAND, mark)
    row = world.store.read([place]).get(place)
    return from_row(Case, row) if row else None


def test_many_people_on_one_topic_pause_that_topic_and_nothing_else(world: World) -> None:
    pile(world, OVER)
    assert "surge-paused" in look(world)
    assert paused(world) == ("topic:card",)


def test_one_below_the_limit_is_a_usual_day(world: World) -> None:
    pile(world, OVER - 1)
    assert look(world) == []
    assert paused(world) == ()


def test_one_person_who_writes_a_hundred_times_is_one_person(world: World) -> None:
    for number in range(1, OVER + 4):
        world.deliver(mention(number, BOARD.format(number), author="771"))
    hold(world)
    assert look(world) == []


def test_replies_that_were_held_do_not_go_out_after_the_pause(world: World) -> None:
    found = pile(world, OVER)
    look(world)
    world.run()
    assert world.posts == []
    assert {world.standing_of(one).state for one in found} == {State.HUMAN}


def test_there_is_one_case_for_all_of_it_and_it_is_told_and_on_the_record(world: World) -> None:
    pile(world, OVER)
    told = len(world.deciding.announcements.entries)
    look(world)
    case = case_of(world, "topic:card")
    assert case is not None
    assert (case.reason, case.department, case.status) == ("surge-volume", "incidents", "open")
    assert [row["kind"] for _, row in world.store.partition("ledger", case.id)] == ["surge"]
    assert len(world.deciding.announcements.entries) == told + 1
    assert look(world) == ["surge-goes-on"]
    assert len(world.deciding.announcements.entries) == told + 1


def test_only_a_person_resumes_and_is_not_overruled_while_the_case_is_open(world: World, loaded: Loaded) -> None:
    pile(world, OVER)
    look(world)
    scope = Scope(kind="topic", brand=BRAND, topic="card")
    word = Word(actor=Actor(type="person", id="ana"), why="It is one street; we answer them.")
    lifted = PausePorts(store=world.store, entropy=world.random.randbytes)
    resume(scope, targets_of(scope, {BRAND: brand_of(loaded)}), word, lifted, world.now)
    assert look(world) == ["surge-goes-on"]
    assert paused(world) == ()


def test_the_window_moves_on(world: World) -> None:
    pile(world, OVER - 1)
    world.clock.advance(timedelta(minutes=tally.MINUTES + 1))
    world._keep_sealed()
    pile(world, 1, start=50, received_at=world.now, created_at=Known(world.now))
    assert look(world) == []


def test_the_same_words_from_many_people_trip_even_where_no_topic_is_known(world: World) -> None:
    pile(world, OVER, "@NorthwindHelp shame on the people in the glass tower")
    assert look(world) == ["surge-paused"]
    assert paused(world) == ("brand",)
    case = case_of(world, "brand")
    assert case is not None
    assert case.reason == "surge-wording"


def test_a_broken_promise_counts_once_for_its_topic(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    place = keys.promise(world.standing_of(mention(1)).id)
    promise = from_row(Promise, world.store.read([place])[place])
    assert promise.due is not None
    world.clock.set(promise.due + timedelta(minutes=1))
    for _ in range(2):
        list(watch.run(watch.WatchPorts(store=world.store, entropy=world.random.randbytes), world.now))
    people = tally.people(tally.rows(world.store, BRAND, world.now))
    assert people[Matter(tally.BROKEN, "", promise.topic)] == 1
    assert promise.topic == "card"


@pytest.mark.parametrize(
    ("matter", "people", "scope"),
    [
        (Matter(tally.VOLUME, "", "card"), 8, "topic:card"),
        (Matter(tally.THREAD, "t", "card"), 8, "topic:card"),
        (Matter(tally.WORDING, "w", "card"), 8, "topic:card"),
        (Matter(tally.LINK, "l", ""), 8, "brand"),
        (Matter(tally.OBJECTION, "", ""), 3, "brand"),
        (Matter(tally.BROKEN, "", "card"), 8, "topic:card"),
    ],
)
def test_each_matter_trips_at_its_limit_and_not_below(matter: Matter, people: int, scope: str, loaded: Loaded) -> None:
    brand = brand_of(loaded)
    assert trips({matter: people - 1}, {}, brand) == ()
    assert trips({matter: people}, {}, brand) == (Trip(scope, matter.kind, people, people),)


def test_what_is_usual_in_this_hour_of_the_week_raises_the_limit(loaded: Loaded) -> None:
    crowd = {Matter(tally.VOLUME, "", "card"): 29}
    assert trips(crowd, {"card": 100}, brand_of(loaded)) == ()
    assert trips(crowd, {"card": 90}, brand_of(loaded)) != ()


def test_what_is_usual_is_learned_from_quiet_minutes_and_never_from_a_surge(world: World) -> None:
    place = keys.usual(BRAND, world.now.weekday() * 24 + world.now.hour)
    pile(world, 3)
    look(world)
    assert world.store.read([place])[place] == {"card": 30}
    pile(world, OVER, start=20)
    look(world)
    assert world.store.read([place])[place] == {"card": 30}


def test_a_pause_that_reached_nobody_opens_no_case_and_is_tried_again(world: World) -> None:
    pile(world, OVER)
    place = keys.control("x", "1001")
    world.store.commit([Put(place, {"version": "?"})])
    assert look(world) == ["surge-not-paused"]
    assert case_of(world, "topic:card") is None
    world.store.commit([Put(place, to_row(Control(version=9, mode="live"), key=place))])


def test_the_tally_holds_nobodys_name_or_words(world: World) -> None:
    pile(world, 2)
    rows = list(tally.rows(world.store, BRAND, world.now))
    told = str(rows)
    assert rows
    assert not [word for word in ("771", "772", "activate", "user_") if word in told]


def test_a_flood_never_fills_a_row(world: World) -> None:
    """A growing row would be refused at 400 KB, and with it every decision of the brand in that minute."""
    pile(world, 30)
    sizes = {len(str(row)) for row in tally.rows(world.store, BRAND, world.now)}
    assert max(sizes) < 1_000
    assert len(list(tally.rows(world.store, BRAND, world.now))) == 30
