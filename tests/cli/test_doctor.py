"""`ackguard doctor`: what is wrong is found, told in plain words with a remedy, and told apart by exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.audit.record import Actor
from chalicelib.cli.checkup import Finding, Patient, examined
from chalicelib.domain import keys
from chalicelib.domain.facts import Control, Rota
from chalicelib.domain.limits import Limits
from chalicelib.embedded.memory import MemoryPorts, memory_ports
from chalicelib.local.vitals import Door, Presence, Vitals, Waiting
from chalicelib.ports import Put, Unavailable
from chalicelib.steps import publish, seal, watch
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.rows import to_row
from tests import pack
from tests.cli.conftest import Played

Ackguard = Callable[..., tuple[int, str, str]]


class Signs(Vitals):
    """Signs of life as a test wants them."""

    def __init__(self, answer: Door | None) -> None:
        self.answer, self.secrets, self.queues = answer, dict[str, Presence](), dict[str, Waiting]()

    def secret(self, name: str) -> Presence:
        return self.secrets.get(name, "there")

    def waiting(self, queue: str) -> Waiting:
        return self.queues.get(queue, Waiting(0, timedelta(0)))

    def door(self) -> Door | None:
        return self.answer


@pytest.fixture
def ports() -> Iterator[MemoryPorts]:
    made = memory_ports()
    yield made
    made.store.close()


@pytest.fixture
def patient(ports: MemoryPorts) -> Patient:
    """A service that lacks nothing."""
    now = ports.clock.now()
    entropy = iter(range(1, 250))
    publishing = publish.PublishPorts(
        store=ports.store, artefacts=ports.artefacts, signer=ports.publisher, entropy=lambda size: bytes([next(entropy)]) * size
    )
    publish.run(pack.compiled_for(pack.ENGINE), pack.ENGINE, Actor(type="person", id="ana"), publishing, now)
    bundles = Bundles(ports.artefacts, (ports.publisher.public_key(),), pack.ENGINE)
    bundle = bundles.named_by(ports.store.read([keys.pointer()])[keys.pointer()]).bundle
    for brand in bundle.brands.values():  # type: ignore[union-attr]
        rota = Rota(on_shift=4, until=now + timedelta(days=1), next_shift=None)
        ports.store.commit([Put(keys.rota(brand.id), to_row(rota, key=keys.rota(brand.id)))])
        for account in brand.accounts:
            place = keys.control(account.platform, account.id)
            ports.store.commit([Put(place, to_row(Control(version=1, mode="live"), key=place))])
    list(watch.run(watch.WatchPorts(store=ports.store, entropy=lambda size: bytes([next(entropy)]) * size), now))
    seal.run(seal.SealPorts(store=ports.store, signer=ports.sealer, artefacts=ports.artefacts), now, "a.example/ledger")
    return Patient(store=ports.store, bundles=bundles, limits=Limits(), vitals=Signs(Door(401, now)), now=now, here=now)


def wrong(patient: Patient) -> list[str]:
    found = [one for one in examined(patient) if one.verdict == "wrong"]
    assert all(one.remedy for one in found), "whatever is wrong has a remedy"
    return [one.about for one in found]


def about(patient: Patient, name: str) -> Finding:
    (found,) = [one for one in examined(patient) if one.about == name]
    return found


def test_a_service_that_lacks_nothing_is_fine(patient: Patient) -> None:
    assert {one.verdict for one in examined(patient)} == {"fine"}


@pytest.mark.parametrize("answer", [None, Door(200, None), Door(502, None)])
def test_a_door_that_is_silent_open_or_broken_is_wrong(patient: Patient, answer: Door | None) -> None:
    assert wrong(replace(patient, vitals=Signs(answer))) == ["door"]


def test_clocks_that_differ_by_more_than_is_allowed_are_wrong(patient: Patient) -> None:
    assert wrong(replace(patient, here=patient.now + timedelta(seconds=30))) == []
    assert wrong(replace(patient, here=patient.now - timedelta(seconds=40))) == ["clock"]


def test_a_policy_that_is_missing_or_another_engines_is_wrong(patient: Patient, ports: MemoryPorts) -> None:
    other = Bundles(ports.artefacts, (ports.publisher.public_key(),), "sha256:another")
    assert wrong(replace(patient, bundles=other)) == ["policy"]
    forged = Bundles(ports.artefacts, (ports.sealer.public_key(),), pack.ENGINE)
    found = about(replace(patient, bundles=forged), "policy")
    assert (found.verdict, "not signed" in found.says) == ("wrong", True)
    empty = memory_ports()
    assert "policy" in wrong(replace(patient, store=empty.store))
    empty.store.close()


def test_a_rule_past_its_review_is_wrong_and_one_soon_due_is_to_look_at(patient: Patient) -> None:
    rules = [name for name in wrong(replace(patient, now=patient.now + timedelta(days=162))) if name.startswith("rule ")]
    assert rules
    soon = [one for one in examined(replace(patient, now=patient.now + timedelta(days=155))) if one.about in rules]
    assert {one.verdict for one in soon} == {"look"}


def test_an_account_without_a_control_record_and_a_rota_that_ended_are_wrong(patient: Patient, ports: MemoryPorts) -> None:
    (account, *_) = [one for one in patient.bundles.last.bundle.own if one.platform == "x"]  # type: ignore[union-attr]
    place = keys.control(account.platform, account.id)
    ports.store.commit([Put(place, to_row(Control(version=2, mode="live", paused=("all",)), key=place))])
    assert about(patient, f"account x/{account.handle}").verdict == "look"
    assert {name.split(" ")[0] for name in wrong(replace(patient, now=patient.now + timedelta(days=2)))} >= {"rota"}


def test_a_secret_that_is_missing_is_wrong_and_one_that_nobody_may_ask_for_is_to_look_at(patient: Patient) -> None:
    signs = Signs(Door(401, None))
    signs.secrets = {"webhook/x": "missing", "posting/x/1001": "hidden"}
    sick = replace(patient, vitals=signs)
    assert wrong(sick) == ["secret webhook/x"]
    assert about(sick, "secret posting/x/1001").verdict == "look"


@pytest.mark.parametrize(
    ("queue", "limit"), [("mentions", 120), ("replies", 600), ("announcements", 1200), ("dead-letters", 300)]
)
def test_a_queue_is_wrong_when_its_alarm_would_be(patient: Patient, queue: str, limit: int) -> None:
    signs = Signs(Door(401, None))
    signs.queues = {queue: Waiting(1, timedelta(seconds=limit))}
    assert wrong(replace(patient, vitals=signs)) == []
    signs.queues = {queue: Waiting(1, timedelta(seconds=limit + 1))}
    assert wrong(replace(patient, vitals=signs)) == [f"queue {queue}"]


def test_a_ledger_that_nobody_seals_and_a_watch_that_stopped_are_wrong(patient: Patient) -> None:
    assert wrong(replace(patient, now=patient.now + timedelta(minutes=14))) == []
    assert wrong(replace(patient, now=patient.now + timedelta(minutes=16))) == ["ledger", "watch"]


def test_a_limit_that_is_not_the_default_is_shown_with_the_default(patient: Patient) -> None:
    found = about(replace(patient, limits=Limits(hold=timedelta(seconds=30))), "limit hold")
    assert (found.verdict, found.says) == ("look", "30 s (default 90 s)")


# --- the command ---


def test_the_service_of_a_folder_is_looked_over_and_its_secrets_are_not_shown(played: Played, ackguard: Ackguard) -> None:
    code, out, _ = ackguard("doctor", "--data", played.data)
    assert code == 1, "the run is over: its door is shut"
    assert re.findall(r"^ *wrong +(.+?)  ", out, re.MULTILINE) == ["door"]
    assert re.search(r"^ *fine +policy +[0-9a-f]{12} since 20", out, re.MULTILINE)
    secrets = [value for values in json.loads((played.data / "secrets.json").read_text()).values() for value in values]
    assert [value for value in secrets if value in out] == []


def test_machines_get_one_object_a_line(played: Played, ackguard: Ackguard) -> None:
    code, out, _ = ackguard("doctor", "--data", played.data, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [one["about"] for one in found if one["verdict"] == "wrong"] == ["door"]
    assert {"about", "verdict", "says", "remedy"} == set(found[0])


def test_what_cannot_be_reached_is_told_apart_from_what_is_wrong(
    tmp_path: Path, ackguard: Ackguard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert ackguard("doctor", "--data", tmp_path)[0] == 3
    code, _, err = ackguard("doctor", "--stage", "nowhere")
    assert code == 3
    assert "set AWS_REGION" in err
    assert ackguard("doctor", "--stage", "nowhere", "--data", tmp_path)[0] == 2


def test_a_store_that_does_not_answer_ends_the_examination(patient: Patient) -> None:
    class Silent:
        def read(self, _: object) -> None:
            raise Unavailable("silence")

    with pytest.raises(Unavailable):
        list(examined(replace(patient, store=Silent())))  # type: ignore[arg-type]
