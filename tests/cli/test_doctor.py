"""`ackguard doctor`: what is wrong is found, told in plain words with a remedy, and told apart by exit codes."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from chalicelib.audit.record import Actor
from chalicelib.cli import hearing
from chalicelib.cli.checkup import examined
from chalicelib.cli.patient import Asking, Finding, Patient
from chalicelib.cli.told import Told, read_told
from chalicelib.domain import keys
from chalicelib.domain.facts import Control, Rota
from chalicelib.domain.health import Sound
from chalicelib.domain.limits import Limits
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, NeverSent
from chalicelib.embedded.memory import MemoryPorts, memory_ports
from chalicelib.local import sandbox_health
from chalicelib.local.vitals import Door, Presence, Vitals, Waiting
from chalicelib.ports import Http, Put, Unavailable
from chalicelib.registry import members
from chalicelib.steps import publish, seal, watch
from chalicelib.steps.alarms import WHY, alarm
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.keep import Kept
from chalicelib.steps.rows import to_row
from tests import pack
from tests.cli.conftest import Played

PLATFORMS = members("chalicelib.platforms", "PLATFORM")
Ackguard = Callable[..., tuple[int, str, str]]


class Signs(Vitals):
    """Signs of life as a test wants them."""

    def __init__(self, answer: Door | None) -> None:
        self.answer, self.secrets, self.queues = answer, dict[str, Presence](), dict[str, Waiting]()
        self.lambdas: dict[str, dict[str, str]] = {}

    def secret(self, name: str) -> Presence:
        return self.secrets.get(name, "there")

    def waiting(self, queue: str) -> Waiting:
        return self.queues.get(queue, Waiting(0, timedelta(0)))

    def door(self) -> Door | None:
        return self.answer

    def told(self) -> Mapping[str, Mapping[str, str]]:
        return self.lambdas


class Wall(Http):
    """X as the sandbox plays it. ``ill`` is what is wrong, ``status`` its answer to everything."""

    def __init__(self) -> None:
        self.ill, self.status, self.gone = frozenset[str](), None, False
        self.asked: list[HttpRequest] = []

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        self.asked.append(request)
        if self.gone:
            return NeverSent("refused")
        whose = "1002" if "1002-token" in request.headers["authorization"] else "1001"
        answer = sandbox_health.answer(urlsplit(request.url).path, whose, self.ill)
        assert answer is not None, request
        return HttpResponse(status=self.status or answer[0], headers={}, body=json.dumps(answer[1]).encode())


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
            kept, looked = keys.keeping(account.platform, account.id), Kept(version=1, looked=now, clear=now)
            ports.store.commit([Put(kept, to_row(looked, key=kept))])
            if account.platform == "x":
                grant = {"consumer_key": "k", "consumer_secret": "s", "token": f"{account.id}-token", "token_secret": "t"}
                ports.secrets.values[f"posting/x/{account.id}"] = (json.dumps(grant),)
                ports.secrets.values[f"keeping/x/{account.id}"] = (f"the-bearer-token-of-{account.id}-token",)
    list(watch.run(watch.WatchPorts(store=ports.store, entropy=lambda size: bytes([next(entropy)]) * size), now))
    seal.run(seal.SealPorts(store=ports.store, signer=ports.sealer, artefacts=ports.artefacts), now, "a.example/ledger")
    return Patient(
        store=ports.store,
        bundles=bundles,
        told=Told(limits=Limits(), endpoints={"relay": "https://relay.example"}),
        vitals=Signs(Door(401, now)),
        asking=Asking(
            secrets=ports.secrets, http=Wall(), platforms=members("chalicelib.platforms", "PLATFORM"), entropy=os.urandom
        ),
        now=now,
        here=now,
    )


def wrong(patient: Patient) -> list[str]:
    found = [one for one in examined(patient) if one.verdict == "wrong"]
    assert all(one.remedy for one in found), "whatever is wrong has a remedy"
    return [one.about for one in found]


def wall_of(patient: Patient) -> Wall:
    assert isinstance(patient.asking.http, Wall)
    return patient.asking.http


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


@pytest.mark.parametrize("reason", ["webhook-missing", "webhook-invalid", "subscription-missing", "token-dead"])
def test_what_a_platform_says_of_an_account_is_told_in_words_with_a_remedy(patient: Patient, reason: str) -> None:
    wall_of(patient).ill = frozenset({reason})
    found = [one for one in examined(patient) if one.verdict == "wrong"]
    assert [one.about for one in found] == ["heard x/@NorthwindHelp", "heard x/@NorthwindUK"]
    assert {one.says.split(":")[0] for one in found} == {reason}
    assert all(WHY[reason] in one.says and one.remedy for one in found)


def test_whatever_an_account_is_watched_for_has_a_remedy() -> None:
    assert hearing.REMEDY.keys() == WHY.keys()


def test_a_token_that_ends_within_a_week_is_wrong(patient: Patient) -> None:
    (account,) = [one for one in patient.bundles.last.bundle.own if one.id == "1001" and one.platform == "x"]  # type: ignore[union-attr]
    health = hearing._unwell("heard", "token", Sound(patient.now + timedelta(days=6)), account, patient)
    assert (health.verdict, health.says.split(":")[0]) == ("wrong", "token-ends")


def test_a_platform_that_is_out_of_reach_or_unclear_is_to_look_at_and_nothing_is_concluded(patient: Patient) -> None:
    wall_of(patient).status = 503
    unclear = [one for one in examined(patient) if one.about == "heard x/@NorthwindHelp"]
    assert {one.verdict for one in unclear} == {"look"}
    assert all("http-503" in one.says for one in unclear)
    wall_of(patient).gone = True
    silent = [one for one in examined(patient) if one.about == "heard x/@NorthwindHelp"]
    assert {(one.verdict, one.says) for one in silent} == {("look", "nobody answers at https://api.x.com from here")}


def test_who_may_not_read_the_keys_is_told_so_and_what_the_watch_found(patient: Patient, ports: MemoryPorts) -> None:
    ports.secrets.values = {}
    found = about(patient, "heard x/@NorthwindHelp")
    assert (found.verdict, "not asked about webhook and subscription and token" in found.says) == ("look", True)
    assert wall_of(patient).asked == []
    assert about(patient, "watched x/@NorthwindHelp").verdict == "fine"


def test_what_the_watch_found_or_when_it_stopped_looking_is_wrong(patient: Patient, ports: MemoryPorts) -> None:
    (brand, *_) = patient.bundles.last.bundle.brands.values()  # type: ignore[union-attr]
    (account, *_) = brand.accounts
    alarm("no-mentions", account, brand, ports.store, ports.mentions, os.urandom, patient.now)
    says = [one for one in examined(patient) if one.about == f"watched {account.platform}/{account.handle}"]
    assert [(one.verdict, one.says.split(":")[0]) for one in says] == [
        ("wrong", "no-mentions"),
        ("fine", "the watch looked 0 s ago"),
    ]
    assert "close the case" in says[0].remedy
    late = wrong(replace(patient, now=patient.now + timedelta(minutes=31)))
    assert f"watched {account.platform}/{account.handle}" in late


def test_a_platform_with_nowhere_to_reply_is_wrong_and_another_address_than_its_own_is_to_look_at(patient: Patient) -> None:
    nowhere = replace(patient, told=Told(limits=Limits(), endpoints={"x": "https://elsewhere.example"}))
    assert wrong(nowhere) == ["platform relay"]
    assert about(nowhere, "platform x").verdict == "look"
    assert all(request.url.startswith("https://elsewhere.example/") for request in wall_of(patient).asked)


def test_a_sandbox_never_asks_a_platform_itself(patient: Patient) -> None:
    list(examined(replace(patient, told=Told(limits=Limits(), endpoints={}, own_apis=False))))
    assert wall_of(patient).asked == []


def test_the_limits_are_those_that_the_lambdas_are_told(patient: Patient) -> None:
    told = read_told({"PostReplies": {"ACKGUARD_LEASE_S": "40"}, "Watch": {"ACKGUARD_LEASE_S": "40"}})
    assert about(replace(patient, told=told), "limit lease").says == "40 s (default 30 s)"
    apart = read_told({"PostReplies": {"ACKGUARD_HOLD_S": "60", "ACKGUARD_ENDPOINT_RELAY": "https://r"}, "Watch": {}})
    assert wrong(replace(patient, told=apart)) == ["limit hold"]
    assert "PostReplies 0:01:00, Watch 0:01:30" in about(replace(patient, told=apart), "limit hold").says


def test_a_lambda_that_is_told_nonsense_is_named_with_all_of_it() -> None:
    told = read_told({"Watch": {"ACKGUARD_HOLD_S": "soon", "ACKGUARD_NONSENSE": "1"}, "Rescue": {}})
    assert told.broken.keys() == {"Watch"}
    assert "ACKGUARD_HOLD_S" in told.broken["Watch"]
    assert "ACKGUARD_NONSENSE" in told.broken["Watch"]


def test_settings_that_are_broken_are_wrong_and_unseen_ones_are_to_look_at(patient: Patient) -> None:
    broken = replace(patient.told, broken={"Watch": "ACKGUARD_HOLD_S: a whole number above 0"})
    assert wrong(replace(patient, told=broken)) == ["settings Watch"]
    assert about(replace(patient, told=replace(patient.told, unseen="denied")), "settings").verdict == "look"


def test_a_sink_that_is_on_needs_its_secret_and_eventbridge_needs_none(patient: Patient) -> None:
    signs = Signs(Door(401, None))
    signs.secrets = {"sink/slack": "missing", "sink/eventbridge": "missing"}
    sick = replace(patient, vitals=signs, told=replace(patient.told, sinks=("slack", "eventbridge")))
    assert wrong(sick) == ["secret sink/slack"]


def test_a_limit_that_is_not_the_default_is_shown_with_the_default(patient: Patient) -> None:
    short = replace(patient.told, limits=Limits(hold=timedelta(seconds=30)))
    found = about(replace(patient, told=short), "limit hold")
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
