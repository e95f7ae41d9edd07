"""Rights are proven, not believed: what each Lambda asks of AWS on the whole story, held against its policy file."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, get_args

import pytest

from chalicelib import wiring
from chalicelib.audit.record import Actor
from chalicelib.aws.clients import Service
from chalicelib.domain import envelope, keys
from chalicelib.domain.notice import DeskAction
from chalicelib.domain.scope import Scope
from chalicelib.domain.state import State
from chalicelib.embedded.memory import START
from chalicelib.embedded.secrets import new_secret
from chalicelib.local.lambdas import from_schedule
from chalicelib.steps.cases import Act, CasePorts, take
from tests.aws import rights
from tests.aws.deployment import HOLD_S, OURS, Client, Deployment
from tests.simulation.mentions import deletion, mention, native_reply

UNUSED: dict[str, set[rights.Right]] = {
    "announce_cases": {("events:PutEvents", "EventBus")},
    "watch": {("sqs:SendMessage", "AnnouncementsQueue"), ("secretsmanager:PutSecretValue", "PostingSecrets")},
}
"""Granted, and not asked for in the story: a surge, which the watch announces, takes hundreds of mentions; a token is renewed by
a platform that gives out some that end; a bus is told by our own HTTP client, which botocore does not see. One more fails."""

LAMBDAS = sorted(file.stem for file in rights.IAM.glob("*.json"))
QUESTION = "@NorthwindHelp how do I activate my new card?"


@pytest.fixture
def announced_to(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """A desk's webhook that answers with these statuses, one after the other: later, heard, and gone for good."""
    statuses = [503, 200, 410]

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(statuses.pop(0) if statuses else 410)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv("ACKGUARD_SINKS", "webhook")
    monkeypatch.setenv("ACKGUARD_SINK_WEBHOOK", f"http://127.0.0.1:{server.server_address[1]}/cases")
    deployment.secret("sink/webhook", new_secret("sink/webhook"))
    wiring.forget()
    yield statuses
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def calls(client: Client, deployment: Deployment) -> Iterator[dict[str, set[rights.Right]]]:
    """Lambda → the rights it asked for; botocore tells of every call before it leaves."""
    names, found = rights.logical(deployment.places), defaultdict[str, set[rights.Right]](set)

    def note(params: dict[str, Any], model: Any, **_: Any) -> None:
        if deployment.running is not None:
            found[deployment.running] |= rights.asked(model.name, params, names)

    services = get_args(Service)
    for service in services:
        client(service).meta.events.register_first("before-parameter-build", note)
    yield found
    for service in services:
        client(service).meta.events.unregister("before-parameter-build", note)


@pytest.mark.long
def test_no_lambda_asks_for_more_than_its_policy_grants_and_what_it_never_asks_for_is_known(
    deployment: Deployment, calls: dict[str, set[rights.Right]], announced_to: list[int]
) -> None:
    tell_the_story(deployment)
    assert announced_to == [], "the sink was asked less often than the story says"
    assert set(calls) == set(LAMBDAS), "a Lambda that asked for nothing was not in the story"
    unused = {}
    for name in LAMBDAS:
        allowed, forbidden = rights.granted(name), rights.granted(name, "Deny")
        assert {want for want in calls[name] if not any(rights.covers(right, want) for right in allowed)} == set(), name
        assert {want for want in calls[name] if any(rights.covers(right, want) for right in forbidden)} == set(), name
        asked_for = [right for right in allowed if right[0] not in rights.for_the_platform()]
        unused[name] = {right for right in asked_for if not any(rights.covers(right, want) for want in calls[name])}
    assert {name: more for name, found in unused.items() if (more := found - UNUSED.get(name, set()))} == {}


def test_a_right_that_is_taken_away_is_missed() -> None:
    names = {"s": "StateTable", "b": "ArtefactsBucket"}
    wanted = rights.asked("TransactWriteItems", {"TransactItems": [{"Update": {"TableName": "s"}}]}, names)
    assert wanted == {("dynamodb:UpdateItem", "StateTable")}
    assert not rights.covers(("dynamodb:PutItem", "StateTable"), ("dynamodb:UpdateItem", "StateTable"))
    (got,) = rights.asked("GetObject", {"Bucket": "b", "Key": "bundle/ab"}, names)
    assert rights.covers(("s3:GetObject", "ArtefactsBucket/bundle/*"), got)
    assert not rights.covers(("s3:GetObject", "ArtefactsBucket/checkpoint/*"), got)
    with pytest.raises(KeyError):
        rights.asked("Scan", {"TableName": "s"}, names)


def tell_the_story(deployment: Deployment) -> None:
    deployment.staff()
    deployment.webhook(1, QUESTION)
    deployment.webhook(2, "@NorthwindHelp my solicitor will call about my card, how do i complain")
    deployment.webhook(3, QUESTION)
    deployment.webhook(4, QUESTION)
    deployment.webhook(5, QUESTION)
    deployment.webhook(6, "@NorthwindHelp stop replying to me")
    deployment.webhook(10, QUESTION)
    deployment.webhook(11, QUESTION)
    deployment.drain("MENTIONS", "decide_mentions")
    for notice in (deletion(mention(3)), native_reply(mention(4)), mention(1, edited=True, post="551-edited")):
        deployment.put("MENTIONS", envelope.wrap(notice, "current"))
    deployment.drain("MENTIONS", "decide_mentions")
    take_the_case_of(deployment, 5)
    deployment.wait(timedelta(seconds=HOLD_S))
    deployment.sandbox.script("5510", "throttle")
    deployment.sandbox.script("5511", "apply-and-lose")
    deployment.drain("REPLIES", "post_replies")
    deployment.drain("ANNOUNCEMENTS", "announce_cases")

    deployment.webhook(7, QUESTION)
    deployment.webhook(8, QUESTION)
    deployment.drain("MENTIONS", "decide_mentions")
    deployment.put("DEAD_LETTERS", envelope.wrap(mention(8), "current"))
    deployment.put("DEAD_LETTERS", deployment.take("REPLIES"))
    deployment.put("DEAD_LETTERS", envelope.wrap(mention(9), "current"))
    deployment.put("DEAD_LETTERS", "neither a notice nor an order")
    deployment.put("DEAD_LETTERS", deployment.take("ANNOUNCEMENTS"))
    deployment.drain("DEAD_LETTERS", "rescue")

    deployment.clock.advance(timedelta(minutes=2))
    deployment.invoke("settle_stale", from_schedule("settle_stale", deployment.clock.now()))
    deployment.clock.advance(timedelta(days=2))
    for name in ("settle_stale", "watch"):
        deployment.invoke(name, from_schedule(name, deployment.clock.now()))
    of_a_case = deployment.standing(2).id
    for action in (
        desk("case.replied", case=of_a_case, text="Hi, Priya here."),
        desk("case.closed", case=of_a_case),
        desk("pause"),
    ):
        deployment.put("MENTIONS", envelope.wrap(action, "current"))
    deployment.drain("MENTIONS", "decide_mentions")
    deployment.stream()
    deployment.seal()
    assert deployment.standing(2).state is State.HUMAN


def desk(kind: str, case: str | None = None, text: str | None = None) -> DeskAction:
    return DeskAction(
        action_id=f"act-{kind}",
        kind=kind,
        actor="priya",
        case=case,
        text=text,
        scope=Scope(kind="account", account=f"x/{OURS.id}") if kind == "pause" else None,
        why="a test" if kind == "pause" else None,
        received_at=START,
    )


def take_the_case_of(deployment: Deployment, number: int) -> None:
    ports = CasePorts(store=wiring.deployed().store, entropy=lambda size: bytes(size))
    act = Act(id="act", actor=Actor(type="person", id="ana"), at=deployment.clock.now())
    take(keys.case("x", OURS.id, f"77{number}"), act, ports)
