"""The mode of an account: set by a person, recorded, and held by the poster from its commit on."""

from __future__ import annotations

import json

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.facts import Control
from chalicelib.domain.state import State
from chalicelib.ports import Put
from chalicelib.steps.modes import MODES, set_mode
from chalicelib.steps.pause import OnlyAPerson, PausePorts, Target, Word
from chalicelib.steps.rows import from_row, to_row
from tests.simulation.mentions import mention
from tests.simulation.world import World

OURS = Target(brand=None, platform="x", account="1001")
WORD = Word(actor=Actor(type="person", id="ana"), why="a test")
PLACE = keys.control("x", "1001")


def ports(world: World) -> PausePorts:
    return PausePorts(store=world.store, entropy=world.random.randbytes)


def control(world: World) -> Control:
    return from_row(Control, world.store.read([PLACE])[PLACE])


def test_a_mode_is_set_once_keeps_what_is_paused_and_is_in_the_ledger(world: World) -> None:
    world.store.commit([Put(PLACE, to_row(Control(version=4, mode="live", paused=("brand",)), key=PLACE))])
    done = set_mode(OURS, "shadow", WORD, ports(world), world.now)
    assert control(world) == Control(version=5, mode="shadow", paused=("brand",))
    ((_, row),) = world.store.partition("ledger", done.id)
    leaf = json.loads(row["leaf"])
    assert (leaf["body"]["mode"], leaf["body"]["version"], leaf["actor"]["id"]) == ("shadow", 5, "ana")
    assert set_mode(OURS, "shadow", WORD, ports(world), world.now).did == "already"


def test_an_account_without_a_record_gets_one(world: World) -> None:
    new = Target(brand=None, platform="x", account="2002")
    assert set_mode(new, "shadow", WORD, ports(world), world.now).did == "changed"
    place = keys.control("x", "2002")
    assert from_row(Control, world.store.read([place])[place]) == Control(version=1, mode="shadow")


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode != "live"])
def test_a_reply_that_waits_goes_by_the_mode_of_now(world: World, mode: str) -> None:
    world.deliver(mention(1))
    while world.step():
        pass
    set_mode(OURS, mode, WORD, ports(world), world.now)
    world.run()
    assert (world.standing_of(mention(1)).state, world.posts) == (State.HUMAN, [])


def test_only_a_person_sets_it_and_only_to_a_mode(world: World) -> None:
    with pytest.raises(OnlyAPerson):
        set_mode(OURS, "live", Word(actor=Actor(type="machine", id="watch"), why="-"), ports(world), world.now)
    with pytest.raises(ValueError, match="shadow, live, halted"):
        set_mode(OURS, "loud", WORD, ports(world), world.now)
