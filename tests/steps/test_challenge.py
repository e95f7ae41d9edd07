"""A challenger is an observer: recorded, never sent, and nothing that happens to it reaches the live decision."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.state import State
from chalicelib.embedded.memory import START, MemoryArtefacts, memory_signer
from chalicelib.ports import Put, Unavailable
from chalicelib.steps import publish
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.publish import PublishPorts
from tests import pack
from tests.simulation.mentions import mention
from tests.simulation.world import World

FOR_PEOPLE = "@NorthwindHelp my solicitor will call about my card, how do i complain"
ORDINARY = "@NorthwindHelp how do i activate my new card?"


def looser() -> bytes:
    files = pack.files() | {"baseline/lists/legal.txt": "(lawyer|sue)\n"}
    return pack.compiled_for(pack.ENGINE, files)


def with_challenger(world: World, document: bytes) -> MemoryArtefacts:
    artefacts, signer = MemoryArtefacts(), memory_signer("publisher")
    ports = PublishPorts(store=world.store, artefacts=artefacts, signer=signer, entropy=os.urandom)
    publish.challenged(document, Actor(type="person", id="ana"), ports, START)
    bundles = Bundles(artefacts, (signer.public_key(),), pack.ENGINE, challengers=True)
    observed_by(world, bundles)
    return artefacts


def observed_by(world: World, challengers: Any) -> None:
    """Every process that decides finds challengers there."""
    world.processes = [replace(one, challengers=challengers) for one in world.processes]


def challenged(world: World) -> list[dict[str, Any]]:
    return [json.loads(row["leaf"])["body"] for _, _, row in world.store.changes(0, 100) if row["kind"] == "challenged"]


def calls_of(world: World) -> list[str]:
    return [line.split()[1] for line in world.log if line[0].isdigit()]


def test_it_would_have_acknowledged_what_went_to_a_person_and_only_the_record_says_so(world: World) -> None:
    with_challenger(world, looser())
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    assert world.standing_of(mention(1)).state is State.HUMAN
    assert world.posts == []
    (body,) = challenged(world)
    assert (body["live"], body["outcome"], body["rule"]) == ("human", "acknowledge", "ordinary-question")


def test_it_costs_one_transaction_after_everything_of_the_live_decision_and_nothing_where_none_runs(world: World) -> None:
    with_challenger(world, looser())
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    assert calls_of(world) == ["store.read", "store.commit", "store.commit", "store.commit", "queue.send", "store.commit"]


def broken_down(world: World, artefacts: MemoryArtefacts) -> None:
    observed_by(world, Exploding(RuntimeError("a bug")))


def out_of_reach(world: World, artefacts: MemoryArtefacts) -> None:
    observed_by(world, Exploding(Unavailable("no bucket")))


def missing(world: World, artefacts: MemoryArtefacts) -> None:
    artefacts._kept.clear()


def tampered(world: World, artefacts: MemoryArtefacts) -> None:
    name = next(name for name in artefacts._kept if not name.endswith(".sig"))
    artefacts._kept[name] += b" "


class Exploding:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def of(self, sha256: str) -> object:
        raise self.error


@pytest.mark.parametrize("trouble", [broken_down, out_of_reach, missing, tampered])
def test_a_challenger_in_trouble_changes_nothing_but_its_own_record(
    world: World, trouble: Callable[[World, MemoryArtefacts], None]
) -> None:
    trouble(world, with_challenger(world, looser()))
    world.deliver(mention(1, ORDINARY))
    world.run()
    assert world.standing_of(mention(1)).state is State.POSTED
    (body,) = challenged(world)
    assert (body["outcome"], body["live"], body["rule"]) == ("failed", "acknowledge", None)
    assert body["reason"]


def test_a_record_that_cannot_be_written_is_lost_and_the_mention_is_not(world: World) -> None:
    with_challenger(world, looser())
    world.faults = {6: "unavailable-before"}
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    assert calls_of(world)[5] == "store.commit"
    assert not [line for line in world.log if line.startswith("failed")]
    assert challenged(world) == []
    assert world.standing_of(mention(1)).state is State.HUMAN


@pytest.mark.parametrize("fault", ["crash-before", "crash-after"])
def test_a_lambda_that_dies_with_its_challenger_has_decided_before(world: World, fault: str) -> None:
    """Slow to death is the same: the mention comes back, is found decided, and the challenger is not asked again."""
    with_challenger(world, looser())
    world.faults = {7: fault}
    world.deliver(mention(1, ORDINARY))
    world.run()
    assert calls_of(world)[6] == "store.commit"
    assert world.standing_of(mention(1)).state is State.POSTED
    assert len(world.posts) == 1


def test_a_pointer_without_a_challenger_asks_nobody(world: World) -> None:
    with_challenger(world, looser())
    row = world.store.read([keys.pointer()])[keys.pointer()]
    world.store.commit([Put(keys.pointer(), {name: value for name, value in row.items() if name != "challenger"})])
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    assert challenged(world) == []
    assert calls_of(world) == ["store.read", "store.commit", "store.commit", "store.commit", "queue.send"]
