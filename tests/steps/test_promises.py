"""Promises: late while they can still be kept, broken once, kept by an answer; and each moves its case."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.facts import Case, Promise
from chalicelib.steps import tally, watch
from chalicelib.steps.answered import note_reply
from chalicelib.steps.cases import Act, CasePorts
from chalicelib.steps.rows import from_row
from tests.simulation.mentions import mention
from tests.simulation.world import World

PLACE = keys.case("x", "1001", "771")


@pytest.fixture
def promised(world: World) -> World:
    """A reply is public, and it named a time."""
    world.deliver(mention(1))
    world.run()
    return world


def promise(world: World) -> Promise:
    place = keys.promise(world.standing_of(mention(1)).id)
    return from_row(Promise, world.store.read([place])[place])


def case(world: World) -> Case:
    return from_row(Case, world.store.read([PLACE])[PLACE])


def watched(world: World, at: datetime) -> list[str]:
    world.clock.set(at)
    ports = watch.WatchPorts(store=world.store, entropy=world.random.randbytes)
    return [done.did for done in watch.run(ports, world.now) if done.did.startswith("promise")]


def answer(world: World, id: str = "a") -> None:
    act = Act(id=id, actor=Actor(type="person", id="ana"), at=world.now)
    note_reply(PLACE, act, "Hi, Ana here. It is on its way.", CasePorts(store=world.store, entropy=world.random.randbytes))


def recorded(world: World) -> list[str]:
    leaves = [json.loads(row["leaf"]) for _, row in world.store.partition("ledger", promise(world).mention)]
    return [leaf["body"]["status"] for leaf in leaves if leaf["kind"] == "promise"]


def test_a_promise_that_runs_late_hurries_its_case_before_it_breaks(promised: World) -> None:
    late, due = promise(promised).late_at, promise(promised).due
    assert late is not None
    assert due is not None
    before = case(promised).priority
    assert watched(promised, late - timedelta(seconds=1)) == []
    assert watched(promised, late) == ["promise-late"]
    assert (promise(promised).status, case(promised).priority, before > 1, late < due) == ("late", 1, True, True)
    assert watched(promised, late + timedelta(seconds=1)) == []


def test_a_promise_is_broken_once_and_counts_for_its_topic(promised: World) -> None:
    due = promise(promised).due
    assert due is not None
    assert watched(promised, due) == ["promise-broken"]
    assert watched(promised, due + timedelta(minutes=1)) == []
    assert recorded(promised) == ["broken"]
    counted = tally.people(tally.rows(promised.store, "northwind-bank", due))
    assert counted[tally.Matter(tally.BROKEN, "", "card")] == 1


def test_a_late_promise_may_still_be_kept_and_a_kept_one_is_never_broken(promised: World) -> None:
    late, due = promise(promised).late_at, promise(promised).due
    assert late is not None
    assert due is not None
    watched(promised, late)
    answer(promised)
    assert (promise(promised).status, recorded(promised)) == ("kept", ["late", "kept"])
    assert watched(promised, due + timedelta(hours=1)) == []


def test_an_answer_does_not_mend_a_broken_promise(promised: World) -> None:
    due = promise(promised).due
    assert due is not None
    watched(promised, due)
    answer(promised)
    assert (promise(promised).status, recorded(promised)) == ("broken", ["broken"])
