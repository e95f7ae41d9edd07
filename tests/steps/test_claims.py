"""What a decision claims before it is written does no harm where the decision never is."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain import envelope, keys
from chalicelib.domain.state import State
from chalicelib.ports import Put
from chalicelib.steps import rescue
from chalicelib.steps.bundles import Loaded
from tests.simulation.mentions import mention
from tests.simulation.world import LIMITS, Fault, World

FIRST = mention(1)
SISTER = replace(FIRST, account="1002", delivery_id="d-sister")
LOCK = keys.reply_lock("x", FIRST.root_id)


def test_an_account_that_claimed_the_lock_and_died_still_answers_and_its_sister_does_not(loaded: Loaded) -> None:
    world = World(loaded, calm=True, faults=[Fault(2, "crash-after")])
    world.deliver(FIRST)
    while world.step():
        pass
    assert world.store.read([LOCK])[LOCK] == {"account": "1001"}
    world.deliver(SISTER)
    world.run()
    assert len(world.posts) == 1
    assert world.standing_of(FIRST).state is State.POSTED
    assert world.standing_of(SISTER).state is not State.POSTED


def test_who_loses_the_lock_decides_again_and_leaves_the_post_to_whoever_holds_it(world: World) -> None:
    world.deliver(FIRST)
    world.happens(2, lambda: world.store.commit([Put(LOCK, {"account": "1002"})]) and None)
    world.run()
    standing = world.standing_of(FIRST)
    assert standing.state is State.IGNORED
    assert world.posts == []


def test_what_was_rescued_goes_to_a_person_although_a_sister_holds_the_lock(world: World) -> None:
    world.store.commit([Put(LOCK, {"account": "1002"})])
    rescue.run(envelope.wrap(FIRST, "current"), world.deciding, LIMITS, world.now, 6)
    while world.step():
        pass
    assert world.standing_of(FIRST).state in (State.HUMAN, State.IGNORED)
    assert world.store.read([LOCK])[LOCK] == {"account": "1002"}
