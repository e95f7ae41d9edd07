"""The page for auditors: its examples are what the code writes, and it names every kind and field."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path

from jsonschema import Draft202012Validator

from chalicelib.audit import record as room
from chalicelib.audit.body import BODIES
from chalicelib.audit.record import Actor, Engine, Record, ReplyPart, Trace, decision_record, follow_record, opens
from chalicelib.domain.decision import Certainty, Decision, Evidence, Limit, Match, Outcome
from chalicelib.domain.fact import Known, NotOffered
from chalicelib.domain.facts import Budget, Control, Facts, Person, Rota, Seal, Thread, Wait
from chalicelib.domain.notice import Author, Form, Mention

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "record.md").read_text("utf-8")
SCHEMA = json.loads(Path(room.__file__).with_name("record.schema.json").read_text("utf-8"))
AT = datetime(2026, 11, 21, 9, 0, 2, 123000, tzinfo=timezone.utc)
TEXT = "@acme my card is not accepted anywhere today, can you look into it?"
ID = "5f0c1d9e7a3b4c62"


def example() -> Record:
    """A fixed salt, so that the page can show what follows from it; in production it is 32 random bytes."""
    author = Author(
        id=Known("731"), handle=Known("sam_example"), name=Known("Sam Example"), followers=NotOffered(),
        verified=NotOffered(), created_at=NotOffered(), bot=Known(False),
    )  # fmt: skip
    mention = Mention(
        platform="x", account="1001", post_id="9001", root_id="9001", delivery_id="d-1", received_at=AT - timedelta(seconds=1),
        created_at=Known(AT - timedelta(seconds=4)), text=Known(TEXT), author=author, language=Known("en"),
        summoned=Known(True), form=Form.POST, edited=False, thread_id=Known("9001"), reply_to_post=None, reply_to_user=None,
        media=Known(()), tagged=("1001",),
    )  # fmt: skip
    facts = Facts(
        mention=mention, now=AT, posting_at=AT + timedelta(seconds=90), control=Known(Control(version=7, mode="live")),
        person=Known(Person()), thread=Known(Thread()), case=Known(None), holder=Known(None),
        budget=Known(Budget(used={}, cursor=57)), rota=Known(Rota(on_shift=3, until=AT + timedelta(hours=8), next_shift=None)),
        wait=Known(Wait(p80_minutes=40)), seal=Known(Seal(checked=AT - timedelta(seconds=20), pending_since=None, newest=AT)),
        surge=Known(False), incident=Known(None),
    )  # fmt: skip
    evidence = Evidence(
        check="asks", fact="text", source="topics/card", start=9, end=31, says=TEXT[9:31],
    )  # fmt: skip
    match = Match(
        rule="ordinary-card-question", outcome=Outcome.ACKNOWLEDGE, by="policy", certainty=Certainty.TRUE,
        why="an ordinary question about a card", evidence=(evidence,),
    )  # fmt: skip
    decision = Decision(
        outcome=Outcome.ACKNOWLEDGE, rule=match.rule, because=(match.rule,), matched=(match,), why=match.why, topic="card",
        department="cards", priority=2, limit=Limit(per_hour=20), without=Outcome.HUMAN, without_rule="default",
    )  # fmt: skip
    reply = ReplyPart(
        voice="plain", edition=1, index=57, wordings=("seen:1", "owner:2", "next:5", "where:3", "when:3"),
        tried=((56, "opening-had"),), text="This has been seen. The cards team has it.", disclosure=2,
        deadline=AT + timedelta(minutes=15),
    )  # fmt: skip
    return decision_record(
        id=ID, at=AT, brand="acme", platform="x", facts=facts, decision=decision, composed=reply, compose_inputs={"taken": []},
        policy_sha256="a" * 64, engine=Engine(hash="b" * 64, python="3.12.8", unicode="15.0.0"),
        trace=Trace(receive_count=1, secret="current"), salt=bytes(range(32)),
    )  # fmt: skip


def ending() -> Record:
    return follow_record(
        id=ID, kind="terminal", number=0, at=AT + timedelta(seconds=93), brand="acme",
        actor=Actor(type="machine", id="ackguard"), terminal_state="posted", private={"post_id": "9002"},
        body={"outcome": "acknowledge", "reason": "posted", "looked_up": False, "attempts": 1}, salt=bytes(range(32)),
    )  # fmt: skip


def shown(place: int) -> object:
    return json.loads(re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[place])


def test_the_records_on_the_page_are_what_the_code_writes() -> None:
    assert shown(0) == example().public
    assert shown(2) == ending().public
    for place in (0, 2):
        Draft202012Validator(SCHEMA).validate(shown(place))


def test_the_private_half_on_the_page_opens_the_public_one() -> None:
    private = example().private
    assert private is not None
    assert opens(example().public, private)
    cut = shown(1)
    assert isinstance(cut, dict)
    assert cut.keys() == private.keys()
    assert (cut["salt"], cut["reply"], cut["compose_inputs"]) == (private["salt"], private["reply"], private["compose_inputs"])


def test_nobody_can_be_recognised_in_the_public_example() -> None:
    for word in ("sam", "example", "731", "9001", "9002", "accepted", "anywhere", "team has it"):
        assert word not in example().leaf.lower()
        assert word not in ending().leaf.lower()


def test_the_page_names_every_kind_and_every_field() -> None:
    named = set(re.findall(r"`([^`\n]+)`", PAGE))
    assert named >= room.KINDS
    assert set(example().public) <= named
    assert {field for body in BODIES.values() for field in body} <= named
