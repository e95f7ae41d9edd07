"""The pointer is signed: nobody but a publisher moves it, nobody brings an old one back, and a forged one proves nothing."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.limits import Limits
from chalicelib.embedded.memory import START, MemoryArtefacts, memory_signer
from chalicelib.embedded.store import SqliteStore
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.ports import Put, Row
from chalicelib.steps import publish
from chalicelib.steps.approve import Person, Refused, Replay, Wanted, ship
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.decide import decide_mention
from chalicelib.steps.done import Done, Trace
from chalicelib.steps.pointer import UNSIGNED, WENT_BACK, Pointer, read_pointer, signed_row
from chalicelib.steps.publish import PublishPorts, pointer_of
from chalicelib.steps.recent import FRESH
from tests import pack
from tests.simulation.mentions import mention
from tests.simulation.world import World

ANA = Person(actor=Actor(type="person", id="ana"), full="ana")
SIGNER = memory_signer("publisher")
KEYS = (SIGNER.public_key(),)
BASE = pack.compiled_for(pack.ENGINE)
LOOSER = pack.compiled_for(pack.ENGINE, pack.files() | {"baseline/lists/legal.txt": "(lawyer|sue)\n"})
POINTER = Pointer(version=3, sha256="a" * 64, at=START, people=("ana", "ben"), previous="b" * 64, challenger="c" * 64)


def sha(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


@dataclass
class Stage:
    """Two policies that were signed, the second in force, and what a process with a memory reads of them."""

    ports: PublishPorts
    bundles: Bundles

    @property
    def row(self) -> Row:
        return pointer_of(self.ports.store)

    def lay(self, row: Row) -> None:
        """Somebody who may write the row does."""
        self.ports.store.commit([Put(keys.pointer(), row)])

    def loaded(self) -> Any:
        return self.bundles.named_by(self.row).bundle


@pytest.fixture
def stage() -> Stage:
    ports = PublishPorts(store=SqliteStore(":memory:"), artefacts=MemoryArtefacts(), signer=SIGNER, entropy=os.urandom)
    for document in (LOOSER, BASE):
        publish.run(document, pack.ENGINE, ANA.actor, ports, START)
    return Stage(ports, Bundles(ports.artefacts, KEYS, pack.ENGINE))


def test_what_is_written_is_what_is_read() -> None:
    assert read_pointer(signed_row(POINTER, SIGNER), KEYS) == POINTER


@pytest.mark.parametrize(
    "changed",
    [
        {"version": 4},
        {"sha256": "d" * 64},
        {"at": "2026-11-21T09:00:00.001Z"},
        {"people": ["ana"]},
        {"previous": ""},
        {"challenger": ""},
        {"more": "than was signed"},
        {"signature": ""},
        {"signature": "no hex"},
        {"signature": None},
        {"version": 1.5},
    ],
)
def test_a_pointer_of_which_anything_was_changed_is_unsigned(changed: Row) -> None:
    assert read_pointer({**signed_row(POINTER, SIGNER), **changed}, KEYS) == UNSIGNED


@pytest.mark.parametrize("name", list(signed_row(POINTER, SIGNER)))
def test_a_pointer_of_which_anything_was_taken_away_is_unsigned(name: str) -> None:
    assert read_pointer({left: value for left, value in signed_row(POINTER, SIGNER).items() if left != name}, KEYS) == UNSIGNED


def test_another_key_signs_no_pointer_and_a_rotated_one_still_does() -> None:
    row = signed_row(POINTER, memory_signer("sealer"))
    assert read_pointer(row, KEYS) == UNSIGNED
    assert read_pointer(signed_row(POINTER, SIGNER), (memory_signer("the next one").public_key(), *KEYS)) == POINTER


def test_an_old_signed_policy_cannot_be_put_in_force_by_writing_the_row(stage: Stage) -> None:
    assert isinstance(stage.loaded(), Bundle)
    stage.lay({**stage.row, "sha256": sha(LOOSER)})
    assert stage.loaded() == UNSIGNED


def test_an_old_pointer_is_refused_by_whoever_saw_a_newer_one_until_somebody_publishes(stage: Stage) -> None:
    new = stage.row
    publish.run(LOOSER, pack.ENGINE, ANA.actor, stage.ports, START)
    assert isinstance(stage.loaded(), Bundle)
    stage.lay(new)
    assert stage.loaded() == WENT_BACK
    publish.run(LOOSER, pack.ENGINE, ANA.actor, stage.ports, START)
    assert stage.loaded().sha256 == sha(LOOSER)
    assert stage.row["version"] == 4, "it goes on from the newest of the history, not from what was put back"


def test_against_a_forged_pointer_nothing_is_proven_and_publishing_goes_over_it(stage: Stage) -> None:
    """Beside the looser policy that it names, the strict one would tighten: one person would ship what nobody compared."""
    stage.lay({"sha256": sha(LOOSER), "version": 9})
    wanted = Wanted(document=BASE, engines=(pack.ENGINE,), why="a test")
    assert ship(wanted, ANA, None, stage.ports, START) == Refused("replay-needed")
    done = ship(wanted, ANA, Replay(of=9, replayed=9), stage.ports, START)
    assert isinstance(done, Done)
    assert done.did == "proposed"
    assert publish.challenged(LOOSER, ANA.actor, stage.ports, START).did == "nothing-in-force"
    publish.run(LOOSER, pack.ENGINE, ANA.actor, stage.ports, START)
    assert stage.loaded().sha256 == sha(LOOSER)


def deciding(world: World, stage: Stage) -> None:
    """The world decides by what this stage publishes."""
    stage.ports = replace(stage.ports, store=world.store)
    publish.run(BASE, pack.ENGINE, ANA.actor, stage.ports, START)
    world.processes = [replace(one, bundles=stage.bundles) for one in world.processes]


def decided(world: World, number: int, at: datetime) -> Done:
    return decide_mention(mention(number), world.processes[0], Limits(), at, Trace())


def test_a_mention_under_a_pointer_that_nobody_signed_goes_to_a_person(world: World, stage: Stage) -> None:
    deciding(world, stage)
    assert decided(world, 1, START).rule == "ordinary-question"
    stage.lay({**stage.row, "sha256": sha(LOOSER)})
    done = decided(world, 2, START + FRESH)
    assert (done.did, done.rule) == ("human", "policy-unavailable")


def test_a_row_kept_from_before_somebody_published_is_read_anew_and_rings_no_alarm(world: World, stage: Stage) -> None:
    deciding(world, stage)
    decided(world, 1, START)
    publish.run(LOOSER, pack.ENGINE, ANA.actor, stage.ports, START)
    assert isinstance(stage.loaded(), Bundle), "an edit, which reads the pointer itself, has seen the new one"
    assert decided(world, 2, START + FRESH - timedelta(milliseconds=1)).rule == "ordinary-question"
