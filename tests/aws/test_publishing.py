"""A policy ships over the wire: signed in KMS, proposed and approved by callers that STS names, picked up and verified."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.aws import ledger
from chalicelib.cli.replaying import recorded
from chalicelib.domain import keys
from chalicelib.domain.limits import Limits
from chalicelib.local import person
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.ports import Put
from chalicelib.steps.approve import Refused, Replay, Wanted, approve, history, ship
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.decide import decide_mention
from chalicelib.steps.done import Done, Trace
from chalicelib.steps.pointer import UNSIGNED, Pointer, signed_row
from chalicelib.steps.publish import pointer_of
from chalicelib.steps.simulate import Played
from tests import pack
from tests.aws.deployment import Deployment
from tests.simulation.mentions import mention

ANA = person.of_arn("arn:aws:sts::000000000000:assumed-role/publishers/ana")
BEN = person.of_arn("arn:aws:sts::000000000000:assumed-role/publishers/ben")


def document(legal: str) -> bytes:
    tree = pack.files() | {"baseline/lists/legal.txt": legal}
    return pack.compiled_for(wiring.settings().engine, tree)


def in_force() -> Bundle | Broken:
    """As a Lambda that never saw the stage before loads it."""
    backend = wiring.deployed()
    bundles = Bundles(backend.artefacts, (backend.publisher.public_key(),), wiring.settings().engine)
    return bundles.named_by(backend.store.read([keys.pointer()]).get(keys.pointer())).bundle


@pytest.fixture
def stage(deployment: Deployment) -> Deployment:
    wiring.forget()
    return deployment


def test_from_nothing_to_two_policies_and_back(stage: Deployment) -> None:
    ports, now, engine = wiring.for_publishing(), stage.clock.now(), wiring.settings().engine

    def wanted(legal: str) -> Wanted:
        return Wanted(document=document(legal), engines=(engine,), why="over the wire")

    first, looser = wanted("solicitor\n(lawyer|sue)\n"), wanted("lawyer\n")
    done = ship(first, ANA, None, ports, now)
    assert isinstance(done, Done)
    assert done.did == "proposed"
    assert isinstance(in_force(), Broken)
    assert approve(done.rule, ANA, 0, ports, now) == Refused("author")
    assert isinstance(approve(done.rule, BEN, 0, ports, now), Done)
    live = in_force()
    assert isinstance(live, Bundle)
    assert (live.sha256, live.engine_approved) == (done.rule, True)

    assert ship(looser, BEN, None, ports, now) == Refused("replay-needed")
    done = ship(looser, BEN, Replay(of=100, replayed=100, flips=2), ports, now)
    assert isinstance(done, Done)
    assert isinstance(approve(done.rule, ANA, 2, ports, now), Done)
    live = in_force()
    assert isinstance(live, Bundle)
    assert live.sha256 == done.rule
    back = ship(first, ANA, None, ports, now)
    assert isinstance(back, Done)
    assert [row["did"] for row in history(ports)] == ["published"] * 3


def test_a_pointer_that_somebody_moved_by_hand_finds_nothing_signed(stage: Deployment) -> None:
    stage.staff()
    ports, now = wiring.for_publishing(), stage.clock.now()
    done = ship(Wanted(document=document("x\n"), engines=("e",), why="x"), ANA, Replay(of=9, replayed=9), ports, now)
    assert isinstance(done, Done)
    row = pointer_of(ports.store)
    ports.store.commit([Put(keys.pointer(), {**row, "sha256": done.rule})])
    assert in_force() == UNSIGNED
    moved = Pointer(version=int(row["version"]) + 1, sha256=done.rule, at=now, people=("ana",))
    ports.store.commit([Put(keys.pointer(), signed_row(moved, ports.signer))])
    assert in_force() == Broken("bundle-missing")
    kept = ports.artefacts.get(f"bundle/proposed/{done.rule}")
    assert kept is not None
    ports.artefacts.put(f"bundle/{done.rule}", kept)
    ports.artefacts.put(f"bundle/{done.rule}.sig", os.urandom(64))
    assert in_force() == Broken("unsigned")


def test_decisions_of_a_stage_are_scanned_page_by_page_with_their_private_halves(
    stage: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.staff()
    store, now = wiring.deployed().store, stage.clock.now()
    seen = 5
    for number in range(seen):
        decide_mention(mention(number, "@NorthwindHelp my solicitor"), wiring.for_deciding(), Limits(), now, Trace())
    monkeypatch.setattr(ledger, "_AT_ONCE", 3)
    whole = ledger.DynamoLedger(stage.client("dynamodb"), stage.places["ACKGUARD_TABLE_LEDGER"])
    played = list(recorded(store, whole.records("decision", now)))
    assert len(played) == seen
    assert all(isinstance(one, Played) and one.decision is not None and one.decision.rule == "legal" for one in played)
    assert list(recorded(store, whole.records("decision", now + timedelta(hours=1)))) == []


def test_the_caller_is_whom_sts_names(stage: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    kms: Any = stage.client("kms")
    monkeypatch.setenv("AWS_ENDPOINT_URL", kms.meta.endpoint_url)
    for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "eu-central-1")):
        monkeypatch.setenv(name, value)
    caller = person.on_stage()
    assert caller.full.startswith("arn:aws:")
    assert caller.actor.type == "person"
