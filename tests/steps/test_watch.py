"""The watch: what is past its time becomes more urgent, once, and the ledger's heart beats."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.facts import Case, Seal
from chalicelib.domain.state import State
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.ports import Put
from chalicelib.steps import settle, watch
from chalicelib.steps.rows import from_row, to_row
from chalicelib.steps.watch import WatchPorts
from tests.simulation.mentions import mention
from tests.simulation.world import LIMITS, World


def watched(world: World) -> list[str]:
    ports = WatchPorts(store=world.store, entropy=world.random.randbytes)
    return [done.did for done in watch.run(ports, world.now)]


def beats(world: World) -> int:
    rows = SqliteLookup(world.store).recent("ledger", 1000)
    return sum(json.loads(row["leaf"])["kind"] == "heartbeat" for _, row in rows)


def test_the_heart_beats_every_five_minutes_and_not_more_often(world: World) -> None:
    for _ in range(11):
        watched(world)
        world.clock.advance(timedelta(minutes=1))
    assert beats(world) == 3


def test_a_stream_that_stands_still_silences_the_machine(world: World) -> None:
    stale = Seal(checked=world.now, pending_since=None, newest=world.now - timedelta(minutes=16))
    world._keep_sealed = lambda: None  # type: ignore[method-assign]
    world.store.commit([Put(keys.head(), to_row(stale, key=keys.head()))])
    world.deliver(mention(1))
    world.run()
    standing = world.standing_of(mention(1))
    leaf = json.loads(world.store.partition("ledger", standing.id)[0][1]["leaf"])
    assert (standing.state, leaf["decision"]["rule"]) == (State.HUMAN, "unsealed")


def test_a_case_past_its_time_is_marked_once(world: World) -> None:
    world.deliver(mention(1, "@NorthwindHelp my solicitor will call about my card"))
    world.run()
    world.clock.advance(timedelta(hours=2))
    assert watched(world).count("overdue") == 1
    assert watched(world).count("overdue") == 0
    place = keys.case("x", "1001", "771")
    assert from_row(Case, world.store.read([place])[place]).priority == 1


def test_a_case_that_was_closed_in_time_is_left_alone(world: World) -> None:
    world.deliver(mention(1, "@NorthwindHelp my solicitor will call about my card"))
    world.run()
    place = keys.case("x", "1001", "771")
    row = world.store.read([place])[place]
    case = from_row(Case, row)
    closed = to_row(replace(case, version=case.version + 1, status="closed"), key=place, due=case.due)
    world.store.commit([Put(place, closed)])
    world.clock.advance(timedelta(hours=2))
    assert "overdue" not in watched(world)


def test_a_thousand_overdue_cases_in_every_shard_do_not_hide_one_lost_attempt(world: World) -> None:
    world.behaviours = ["apply-and-lose"]
    world.deliver(mention(1))
    while not world.posts:
        assert world.step() or world._pass_time()
    crowd = [keys.case("x", "1001", f"crowd-{number}") for number in range(1_200)]
    shard = keys.shard_of(world.standing_of(mention(1)).key.partition)
    early = iso(world.now - timedelta(days=1))
    for start in range(0, len(crowd), 100):
        world.store.commit(
            [Put(place, {"due_shard": keys.shard_of(place.partition), "due_at": early}) for place in crowd[start : start + 100]]
        )
    world.clock.advance(timedelta(minutes=2))
    assert [key.partition for key in world.store.due(shard, world.now, limit=100)] == [
        world.standing_of(mention(1)).key.partition
    ]
    assert [done.did for done in settle.run(world.posting, LIMITS, world.now)] == [State.POSTED.value]


def test_a_row_that_cannot_be_read_stops_neither_schedule(world: World) -> None:
    world.deliver(mention(1, "@NorthwindHelp my solicitor will call about my card"))
    world.run()
    for place in (keys.case("x", "1001", "0"), keys.state("x", "0", "1001"), keys.promise("0")):
        due = {"due_shard": keys.shard_of(place.partition), "due_at": iso(world.now - timedelta(days=1))}
        world.store.commit([Put(place, {"junk": True, **due})])
    world.clock.advance(timedelta(hours=2))
    assert watched(world).count("overdue") == 1
    assert watched(world).count("unreadable") == 2
    assert [done.did for done in settle.run(world.posting, LIMITS, world.now)] == ["unreadable"]
