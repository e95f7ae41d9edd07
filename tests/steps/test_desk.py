"""The desk's door: only what is signed gets in, each action happens once, and none of them is silent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.audit.record import Actor
from chalicelib.domain import envelope, keys
from chalicelib.domain.facts import Case, Control, Thread
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import DeskAction, Misread
from chalicelib.domain.scope import Scope
from chalicelib.domain.state import State
from chalicelib.domain.webhook import RawWebhook, Verified
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.memory import START, MemorySecrets
from chalicelib.platforms.desk_parts.body import DATA, action
from chalicelib.platforms.signing import standard
from chalicelib.ports import Unavailable
from chalicelib.steps import receive
from chalicelib.steps.pause import PausePorts, Target, Word, resume
from chalicelib.steps.rows import from_row
from tests.simulation.mentions import mention
from tests.simulation.world import World

SECRET = "whsec_" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXowMTIzNDU="
PLACE = keys.case("x", "1001", "771")
LEGAL = "@NorthwindHelp my solicitor will hear about this card"
SCHEMA = Draft202012Validator(json.loads((Path(__file__).parents[2] / "docs/desk.schema.json").read_text("utf-8")))


class Kept:
    """A queue that keeps, or is down."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.down = False

    def send(self, body: str, delay_s: int = 0) -> None:
        if self.down:
            raise Unavailable("queue")
        self.bodies.append(body)


def body(kind: str = "case.taken", **data: Any) -> dict[str, Any]:
    given = {"actor": "ana.k", **data} if kind.startswith("case") else {"actor": "ana.k", "why": "too much", **data}
    return {"type": kind, "timestamp": "2026-11-21T09:00:00Z", "data": given}


def webhook(document: Any, delivery: str = "d-1", secret: str = SECRET) -> RawWebhook:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    headers = {**standard.sign(secret, delivery, START, raw), "content-type": "application/json"}
    return RawWebhook(platform="desk", method="POST", headers=headers, query={}, body=raw, received_at=START)


def door(request: RawWebhook, queue: Kept, now: Any = START) -> receive.Received:
    ports = receive.ReceivePorts(mentions=queue, secrets=MemorySecrets({"webhook/desk": (SECRET,)}), platforms={})
    return receive.run_desk(request, ports, Limits(), now)


def told(world: World, document: Any, delivery: str = "d-1", times: int = 1) -> None:
    """Through the door and the queue to its end."""
    queue = Kept()
    assert door(webhook(document, delivery), queue).answer.status == 202
    notice = envelope.notice_in(queue.bodies[0]).notice
    world.deliver(notice, times=times)  # type: ignore[arg-type]
    world.run()


def case(world: World) -> Case:
    return from_row(Case, world.store.read([PLACE])[PLACE])


def leaves(world: World, kind: str) -> list[dict[str, Any]]:
    found = (json.loads(row["leaf"]) for _, row in SqliteLookup(world.store).find("ledger", "", 1000))
    return [leaf for leaf in found if leaf["kind"] == kind]


@pytest.fixture
def waiting(world: World) -> World:
    world.deliver(mention(1, LEGAL))
    world.run()
    return world


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (replace(webhook(body(case="a" * 16)), headers={"content-type": "application/json"}), 401),
        (webhook(body(case="a" * 16), secret="whsec_" + "QUFB" * 10), 401),
        (replace(webhook(body(case="a" * 16)), body=b"{}"), 401),
        (replace(webhook(body(case="a" * 16)), body=b"{}" * 600_000), 413),
        (replace(webhook(body()), headers={**webhook(body()).headers, "content-type": "text/plain"}), 415),
    ],
)
def test_the_door_refuses_without_a_word(request_: RawWebhook, status: int) -> None:
    queue = Kept()
    received = door(request_, queue)
    assert (received.answer.status, received.answer.body, queue.bodies) == (status, "", [])


def test_an_old_delivery_is_refused_and_a_queue_that_is_down_asks_for_it_again() -> None:
    queue = Kept()
    assert door(webhook(body(case="a" * 16)), queue, START + timedelta(minutes=6)).answer.status == 401
    queue.down = True
    assert door(webhook(body(case="a" * 16)), queue).answer.status == 503


@pytest.mark.parametrize(
    "document",
    [
        b"not json",
        b"[]",
        body("case.eaten", case="a" * 16),
        body(case="a" * 16, actor="ana@bank.example"),
        body(case="a" * 16, actor="\u202eana"),
        body(case="../../etc"),
        body(case="a" * 16, colour="red"),
        body("pause", scope={"of": "world"}),
        body("pause", scope={"of": "brand"}),
        body("pause", scope=["all"]),
    ],
)
def test_what_is_signed_and_not_understood_becomes_a_case(world: World, document: Any) -> None:
    queue = Kept()
    assert door(webhook(document), queue).answer.status == 202
    notice = envelope.notice_in(queue.bodies[0]).notice
    assert isinstance(notice, Misread)
    world.deliver(notice)
    world.run()
    assert [leaf["decision"]["rule"] for leaf in leaves(world, "decision")] == ["misread"]


def test_code_and_schema_agree_on_what_a_desk_may_send() -> None:
    scopes: list[dict[str, str]] = [
        {"of": "all"},
        {"of": "brand", "brand": "acme"},
        {"of": "account", "account": "x/@AcmeHelp"},
        {"of": "topic", "topic": "card"},
        {"of": "topic", "topic": "card", "brand": "acme"},
    ]
    good = [body(kind, case="a" * 16) for kind in DATA if kind.startswith("case")]
    good += [body("case.replied", case="a" * 16, text="hello"), body("case.closed", case="a" * 16, why="done")]
    good += [body(kind, scope=scope) for kind in ("pause", "resume") for scope in scopes]
    bad = [
        body(), body("case.taken", case="A" * 16), body("case.taken", case="a" * 16, text="no"), body("pause"), {}, [], 3,
        body("pause", scope={"of": "all", "brand": "acme"}), body("pause", scope={"of": "topic"}), {**good[0], "more": 1},
        body("case.replied", case="a" * 16, text="x" * 10_001), body("pause", scope={"of": "account", "account": "x"}),
        body("case.taken", case="a" * 16, actor=""), body("case.taken", case=None), {**good[0], "timestamp": 5},
    ]  # fmt: skip
    for document, fine in [(one, True) for one in good] + [(one, False) for one in bad]:
        read = action(Verified(webhook(document), secret="current", delivery_id="d"))
        assert SCHEMA.is_valid(document) is fine, document
        assert isinstance(read, DeskAction) is fine, document


def test_a_card_number_is_masked_before_the_queue_has_it() -> None:
    queue = Kept()
    door(webhook(body("case.replied", case="a" * 16, text="your card 4111 1111 1111 1111")), queue)
    assert "4111 1111" not in queue.bodies[0]


def test_a_desk_takes_a_case_once_and_the_machine_is_silent(world: World) -> None:
    world.deliver(mention(1))
    while world.step():
        pass
    told(world, body(case=world.standing_of(mention(1)).id), times=3)
    assert (case(world).status, case(world).owner) == ("taken", "desk:ana.k")
    assert [leaf["actor"] for leaf in leaves(world, "taken")] == [{"type": "person", "id": "desk:ana.k"}]
    assert world.posts == []
    assert world.standing_of(mention(1)).state is State.HUMAN


def test_the_whole_way_of_a_case_through_a_desk(waiting: World) -> None:
    id = case(waiting).id
    told(waiting, body(case=id), "d-1")
    told(waiting, body("case.replied", case=id, text="We have called you."), "d-2")
    told(waiting, body("case.returned", case=id), "d-3")
    assert (case(waiting).status, case(waiting).owner) == ("open", None)
    told(waiting, body("case.closed", case=id), "d-4")
    assert case(waiting).status == "closed"
    assert [len(leaves(waiting, kind)) for kind in ("taken", "replied", "returned", "closed")] == [1, 1, 1, 1]
    place = keys.thread("x", "551")
    assert from_row(Thread, waiting.store.read([place])[place]).posts[-1].text == "We have called you."
    assert not [leaf for leaf in leaves(waiting, "replied") if "called" in json.dumps(leaf)]


def test_an_answer_at_the_desk_is_a_fact_whoever_has_the_case(waiting: World) -> None:
    id = case(waiting).id
    told(waiting, body(case=id), "d-1")
    told(waiting, body("case.replied", case=id, actor="ben", text="Hello."), "d-2")
    assert case(waiting).owner == "desk:ana.k"
    assert [leaf["actor"]["id"] for leaf in leaves(waiting, "replied")] == ["desk:ben"]


def test_somebody_elses_case_stays_as_it_is_and_that_is_on_the_record(waiting: World) -> None:
    id = case(waiting).id
    told(waiting, body(case=id), "d-1")
    told(waiting, body("case.closed", case=id, actor="ben"), "d-2", times=2)
    assert case(waiting).status == "taken"
    assert [leaf["body"] for leaf in leaves(waiting, "desk")] == [
        {"asked": "case.closed", "status": "refused", "reason": "not-yours"}
    ]


def test_a_case_that_nobody_knows_becomes_a_case_for_a_person(world: World) -> None:
    told(world, body("case.replied", case="a" * 16, text="Which one was it?"), times=2)
    assert [leaf["decision"]["rule"] for leaf in leaves(world, "decision")] == ["misread"]
    assert len(leaves(world, "terminal")) == 1


def test_a_desk_pauses_once_and_nothing_starts_afterwards(world: World) -> None:
    world.deliver(mention(1))
    while world.step():
        pass
    told(world, body("pause", scope={"of": "brand", "brand": "northwind-bank"}), times=2)
    world.paused = True
    world.run()
    assert world.posts == []
    place = keys.control("x", "1001")
    assert from_row(Control, world.store.read([place])[place]).paused == ("brand",)
    by = [(leaf["actor"]["id"], leaf["body"]["reason"]) for leaf in leaves(world, "paused")]
    assert set(by) == {("desk:ana.k", "desk")}
    assert len(leaves(world, "desk")) == 1


def test_a_pause_delivered_again_does_not_undo_what_a_person_lifted(world: World) -> None:
    scope = {"of": "account", "account": "x/1001"}
    told(world, body("pause", scope=scope), "d-7")
    targets = [Target(brand=None, platform="x", account="1001")]
    word = Word(actor=Actor(type="person", id="ana"), why="over")
    lift = PausePorts(store=world.store, entropy=world.random.randbytes)
    assert resume(Scope(kind="account"), targets, word, lift, world.now).complete
    told(world, body("pause", scope=scope), "d-7")
    place = keys.control("x", "1001")
    assert from_row(Control, world.store.read([place])[place]).paused == ()


def test_an_act_on_a_case_that_was_closed_leaves_the_next_one_alone(waiting: World) -> None:
    old = case(waiting).id
    told(waiting, body("case.closed", case=old), "d-1")
    waiting.deliver(mention(2, LEGAL, author="771"))
    waiting.run()
    told(waiting, body("case.taken", case=old), "d-2")
    told(waiting, body("case.closed", case=old), "d-3")
    assert (case(waiting).status, case(waiting).id != old) == ("open", True)
    assert sorted((leaf["body"]["status"], leaf["body"]["reason"]) for leaf in leaves(waiting, "desk")) == [
        ("done", "is-closed"),
        ("refused", "is-closed"),
    ]


def test_a_desk_never_lifts_a_pause_and_the_attempt_is_on_the_record(world: World) -> None:
    world.pause()
    told(world, body("resume", scope={"of": "account", "account": "x/1001"}), times=2)
    place = keys.control("x", "1001")
    assert from_row(Control, world.store.read([place])[place]).paused == ("account",)
    assert [leaf["body"] for leaf in leaves(world, "desk")] == [
        {"asked": "resume", "status": "refused", "reason": "only-a-person"}
    ]


def test_a_pause_of_what_is_not_there_is_refused_on_the_record(world: World) -> None:
    told(world, body("pause", scope={"of": "brand", "brand": "nobody"}))
    assert [leaf["body"]["reason"] for leaf in leaves(world, "desk")] == ["no-such-scope"]


def test_the_secrets_of_the_door_are_its_own() -> None:
    ports = receive.ReceivePorts(mentions=Kept(), secrets=MemorySecrets({"webhook/relay": (SECRET,)}), platforms={})
    assert receive.run_desk(webhook(body(case="a" * 16)), ports, Limits(), START).answer.status == 401
