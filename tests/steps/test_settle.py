"""What runs out is looked at in time, and what only waits stands in nobody's way."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.domain import keys
from chalicelib.domain.keys import Key
from chalicelib.domain.state import State
from chalicelib.steps import settle
from chalicelib.steps.bundles import Loaded
from tests.simulation.mentions import mention
from tests.simulation.world import LIMITS, Fault, World

FIRST = mention(1)
PLACE = keys.state("x", FIRST.root_id, FIRST.account)


def due(world: World, after: timedelta) -> list[Key]:
    return list(world.store.due(keys.shard_of(PLACE.partition), world.now + after))


def decided(world: World) -> None:
    world.deliver(FIRST)
    while world.step():
        pass


def settled(world: World) -> list[str]:
    return [done.did for done in settle.run(world.posting, LIMITS, world.now)]


def test_a_reservation_is_looked_at_when_its_first_attempt_should_be_over(world: World) -> None:
    decided(world)
    assert due(world, LIMITS.hold + LIMITS.lease) == [PLACE]
    assert due(world, LIMITS.hold + LIMITS.lease - timedelta(milliseconds=1)) == []


def test_an_attempt_without_an_outcome_is_looked_up_after_its_lease_at_the_place_where_it_always_was(world: World) -> None:
    world.behaviours = ["apply-and-lose"]
    decided(world)
    before = world.store.read([PLACE])[PLACE]["due_at"]
    world.clock.advance(LIMITS.hold)
    while world.step():
        pass
    row = world.store.read([PLACE])[PLACE]
    assert (row["state"], row["due_at"]) == (State.SENDING.value, before)
    world.clock.advance(LIMITS.lease)
    assert settled(world) == ["posted"]
    assert "due_at" not in world.store.read([PLACE])[PLACE]


def test_what_waits_longer_than_usual_stands_before_no_lost_attempt_and_ends_after_its_deadline(world: World) -> None:
    decided(world)
    world.replies.entries.clear()
    deadline = FIRST.received_at + LIMITS.deadline
    world.clock.advance(LIMITS.hold + LIMITS.lease)
    assert settled(world) == ["nothing-to-settle"]
    assert due(world, deadline - world.now) == [], "its entry has moved behind every attempt"
    world.clock.set(deadline)
    assert settled(world) == []
    world.clock.advance(timedelta(seconds=1))
    assert settled(world) == [State.HUMAN.value]


def test_who_dies_between_the_record_of_the_intent_and_the_intent_leaves_a_reply_that_still_goes_out(loaded: Loaded) -> None:
    world = World(loaded, calm=True, faults=[Fault(9, "crash-before")])
    world.deliver(FIRST)
    world.run()
    assert "store.commit crash-before" in " ".join(world.log)
    assert len(world.posts) == 1
    kinds = [row["kind"] for _, row in world.store.partition("ledger", world.standing_of(FIRST).id)]
    assert sorted(kinds) == ["decision", "intent", "terminal"]


def test_a_pause_right_after_the_intent_withdraws_it_before_any_call(world: World) -> None:
    decided(world)
    world.clock.advance(LIMITS.hold)
    world.happens(world.calls + 4, world.pause)
    while world.step():
        pass
    assert world.posts == []
    assert world.standing_of(FIRST).state is State.HUMAN
    assert world.standing_of(FIRST).attempt == 1


def test_a_promise_is_open_as_soon_as_its_reply_is_public_and_stays_one_promise(loaded: Loaded) -> None:
    """Who dies after the call and before the outcome leaves the promise; whoever looks the reply up finds it open."""
    for call in (13, 14):
        world = World(loaded, calm=True, faults=[Fault(call, "crash-before")])
        world.deliver(FIRST)
        world.run()
        standing = world.standing_of(FIRST)
        assert (standing.state, len(world.posts)) == (State.POSTED, 1)
        row = world.store.read([keys.promise(standing.id)])[keys.promise(standing.id)]
        assert (row["status"], row["mention"]) == ("open", standing.id)
