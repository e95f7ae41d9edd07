"""The record: its public half proves and holds no personal data, its private half replays, and the schema is its contract."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from chalicelib.audit import record as room
from chalicelib.audit.body import BODIES, FORMS, REQUIRED, slug
from chalicelib.audit.canonical import canonical, digest
from chalicelib.audit.record import (
    Actor,
    Engine,
    Record,
    ReplyPart,
    Trace,
    decision_record,
    follow_record,
    opens,
    result_digest,
    sort_key,
)
from chalicelib.domain.codec import Json, decode, iso
from chalicelib.domain.decision import Certainty, Decision, Evidence, Limit, Match, Outcome
from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.facts import (
    Acknowledged,
    Budget,
    Case,
    Control,
    Facts,
    Person,
    Rota,
    Seal,
    Thread,
    ThreadPost,
    Wait,
)
from chalicelib.domain.notice import Author, Form, Mention, Spoken

AT = datetime(2026, 11, 21, 9, 0, 0, 123000, tzinfo=timezone.utc)
SALT = bytes(range(32))
SCHEMA = json.loads(Path(room.__file__).with_name("record.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

CANARIES = st.lists(
    st.text("qzxjkvw", min_size=12, max_size=20).map(lambda text: f"zq{text}"), min_size=20, max_size=20, unique=True
)


def mention(words: list[str]) -> Mention:
    text, author, handle, name, post, root, delivery, thread, reply, user, media, said, tagged = words[:13]
    return Mention(
        platform="x",
        account="1001",
        post_id=post,
        root_id=root,
        delivery_id=delivery,
        received_at=AT - timedelta(seconds=2),
        created_at=Known(AT - timedelta(seconds=30)),
        text=Known(f"@bank my card is lost {text}"),
        author=Author(
            id=Known(author),
            handle=Known(handle),
            name=Known(name),
            followers=NotOffered(),
            verified=Unknown("missing"),
            created_at=Unknown("missing"),
            bot=Known(False),
        ),
        language=Known("en"),
        summoned=Known(True),
        form=Form.POST,
        edited=False,
        thread_id=Known(thread),
        reply_to_post=reply,
        reply_to_user=user,
        media=Known((media,)),
        tagged=("1001", tagged),
        history=Known((Spoken(at=AT, by="author", text=said),)),
    )


def facts(words: list[str]) -> Facts:
    thread, owner, person, case = words[13:17]
    return Facts(
        mention=mention(words),
        now=AT,
        posting_at=AT + timedelta(seconds=90),
        control=Known(Control(version=7, mode="live")),
        person=Known(Person(version=1, acknowledged=(Acknowledged(at=AT, thread=person, opening="seen:1"),))),
        thread=Known(Thread(version=1, acknowledgements=1, posts=(ThreadPost(at=AT, by="person", text=thread),))),
        case=Known(
            Case(
                version=1, id=case, brand="acme", conversation=case, status="open", owner=owner, reason="default",
                department="cards", priority=2, opened=AT, due=AT, mentions=("R1",),
            )
        ),
        holder=Known(None),
        budget=Known(Budget(hour="2026-11-21T09", used={"card-lost": 1}, cursor=3)),
        rota=Known(Rota(on_shift=3, until=AT, next_shift=None)),
        wait=Known(Wait(p80_minutes=40)),
        seal=Known(Seal(checked=AT, pending_since=None, newest=AT)),
        surge=Unknown("store-unavailable"),
        incident=Known(None),
    )  # fmt: skip


def decision(words: list[str]) -> Decision:
    says, why = words[17:19]
    evidence = Evidence(check="phrase", fact="text", source="lists/cards", start=6, end=18, says=says)
    match = Match(
        rule="card-lost", outcome=Outcome.ACKNOWLEDGE, by="policy", certainty=Certainty.TRUE, why=why, evidence=(evidence,),
    )  # fmt: skip
    return Decision(
        outcome=Outcome.ACKNOWLEDGE, rule="card-lost", because=("card-lost",), matched=(match,), why=why, topic="card",
        department="cards", priority=2, limit=Limit(per_hour=20), without=Outcome.HUMAN, without_rule="default",
    )  # fmt: skip


def reply(words: list[str]) -> ReplyPart:
    return ReplyPart(
        voice="plain", edition=1, index=57, wordings=("seen:1", "owner:2", "next:3", "where:4", "when:5"),
        tried=((56, "opening-had"), (55, "too-alike")), text=f"We have seen this {words[19]}", disclosure=2,
        deadline=AT + timedelta(minutes=15),
    )  # fmt: skip


def decided(words: list[str], **changes: Any) -> Record:
    fields: dict[str, Any] = {
        "id": "01KAJ5", "at": AT, "brand": "acme", "platform": "x", "facts": facts(words), "decision": decision(words),
        "composed": reply(words), "compose_inputs": {"taken": [words[0]]}, "policy_sha256": "sha256:" + "a" * 64,
        "engine": Engine(hash="sha256:" + "b" * 64, python="3.12.8", unicode="15.0.0"),
        "trace": Trace(receive_count=1, secret="current"), "salt": SALT,
    }  # fmt: skip
    return decision_record(**{**fields, **changes})


def followed(kind: str = "intent", **changes: Any) -> Record:
    fields: dict[str, Any] = {
        "id": "01KAJ5", "kind": kind, "number": 0, "at": AT, "brand": "acme", "actor": Actor(type="machine", id="ackguard"),
        "body": {}, "terminal_state": None, "private": None, "salt": SALT,
    }  # fmt: skip
    return follow_record(**{**fields, **changes})


WORDS = [f"canary{number:02}zq" for number in range(20)]


@given(CANARIES)
def test_the_public_half_holds_nothing_that_was_private(words: list[str]) -> None:
    record = decided(words)
    VALIDATOR.validate(record.public)
    assert [word for word in words if word in record.leaf] == []
    assert record.private is not None
    assert all(word in json.dumps(record.private) for word in words)


@given(st.text(min_size=4, max_size=30), st.integers(0, 19))
def test_free_text_in_any_private_field_leaves_the_leaf_as_it_is_but_for_the_commitments(text: str, place: int) -> None:
    text = f"Ä {text.encode('utf-8', 'replace').decode()}!"
    words = [*WORDS[:place], text, *WORDS[place + 1 :]]

    def without_digests(record: Record) -> str:
        public = json.loads(record.leaf)
        del public["private"], public["result_digest"], public["reply"]
        return json.dumps(public)

    assert without_digests(decided(words)) == without_digests(decided(WORDS))


def test_a_reason_that_is_not_a_slug_never_reaches_the_leaf() -> None:
    blind = dataclasses.replace(facts(WORDS), surge=Unknown("Jane Doe"))
    skipped = dataclasses.replace(reply(WORDS), tried=((55, "Jane Doe"),))
    public = decided(WORDS, facts=blind, composed=skipped).public
    VALIDATOR.validate(public)
    assert "Jane" not in json.dumps(public)
    assert public["facts"]["surge"] == "unknown:unnamed"  # type: ignore[index, call-overload]
    assert public["reply"]["tried"] == [[55, "unnamed"]]  # type: ignore[index, call-overload]


def test_the_facts_say_what_was_known_by_the_names_of_the_policy() -> None:
    known = decided(WORDS).public["facts"]
    assert isinstance(known, dict)
    assert known["text"] == known["author.id"] == known["control"] == known["case"] == "known"
    assert known["surge"] == "unknown:store-unavailable"
    assert known["author.followers"] == known["open_ticket"] == "not offered"
    named = {field.name for kind in (Facts, Mention) for field in dataclasses.fields(kind)}
    assert {name for name in known if "." not in name} <= named
    assert len(known) == 12 + 10 + 7


def test_the_private_half_gives_back_every_fact_the_decision_and_the_words() -> None:
    private = decided(WORDS).private
    assert private is not None
    stored = json.loads(canonical(private))
    assert decode(Facts, stored["facts"]) == facts(WORDS)
    assert decode(Decision, stored["decision"]) == decision(WORDS)
    assert stored["reply"]["text"] == reply(WORDS).text
    assert stored["compose_inputs"] == {"taken": [WORDS[0]]}


def test_a_decision_without_a_reply_says_so() -> None:
    public = decided(WORDS, composed=None).public
    VALIDATOR.validate(public)
    assert public["reply"] is None
    assert public["times"] == {
        "mention_created": iso(AT - timedelta(seconds=30)),
        "received": iso(AT - timedelta(seconds=2)),
        "decided": iso(AT),
        "post_after": None,
        "deadline": None,
    }


def test_an_unread_control_record_is_an_unknown_mode() -> None:
    blind = dataclasses.replace(facts(WORDS), control=Unknown("store-unavailable"))
    public = decided(WORDS, facts=blind, composed=None).public
    VALIDATOR.validate(public)
    assert public["automation"] == {"mode": "unknown", "kind": "rules"}


def test_the_commitment_opens_with_its_private_half_and_no_other() -> None:
    record = decided(WORDS)
    assert record.private is not None
    assert opens(record.public, record.private)
    assert not opens(record.public, {**record.private, "salt": "00" * 32})
    assert not opens(record.public, {**record.private, "reply": None})
    assert not opens(record.public, {**record.private, "added": 1})
    assert not opens(record.public, {**record.private, "added": "\ud800"})
    assert not opens(followed().public, record.private)


def test_neither_commitment_can_be_guessed_without_the_salt() -> None:
    one, other = decided(WORDS), decided(WORDS, salt=bytes(32))
    assert one.private is not None
    assert one.public["private"] != other.public["private"]
    assert one.public["reply"]["text_digest"] != other.public["reply"]["text_digest"]  # type: ignore[index, call-overload]
    unsalted = {name: part for name, part in one.private.items() if name != "salt"}
    assert digest(canonical(unsalted)) not in one.leaf
    assert digest(canonical({"text": reply(WORDS).text})) not in one.leaf
    assert SALT.hex() not in one.leaf


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_short_salt_is_refused(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        decided(WORDS, salt=salt)
    with pytest.raises(ValueError, match="32 bytes"):
        followed(private={"post_id": "1"}, salt=salt)


def test_the_result_digest_is_over_decision_reply_and_matched_rules_and_nothing_else() -> None:
    public = decided(WORDS).public
    assert public["result_digest"] == result_digest(public)
    assert result_digest({**public, "at": "later", "engine": None, "facts": {}}) == public["result_digest"]
    for part in ("decision", "reply"):
        assert result_digest({**public, part: None}) != public["result_digest"]
    assert result_digest({**public, "rules": {"matched": []}}) != public["result_digest"]


def test_text_that_has_no_canonical_form_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match=r"\$\.facts\.mention\.text\.value: a lone surrogate") as refused:
        decided(["Jane Doe \ud800", *WORDS[1:]])
    assert "Jane" not in str(refused.value)


def test_sort_keys_leave_room_for_one_decision_and_one_terminal_record() -> None:
    assert sort_key("decision") == "0-decision"
    assert sort_key("terminal") == "9-terminal"
    assert sort_key("intent", 3) == "10-intent-0003"
    others = [sort_key(kind, number) for kind in room.KINDS - {"decision", "terminal"} for number in (0, 9, 10, 2**31)]
    assert len(set(others)) == len(others)
    assert all("0-decision" < other < "9-terminal" for other in others)
    assert all(re.fullmatch(r"[0-9]{2}-[a-z_]+-[0-9]{4,}", other) for other in others)
    for kind, number in (("decision", 1), ("terminal", 1), ("intent", -1), ("Jane Doe", 0)):
        with pytest.raises(ValueError, match=r"one|counts|no record kind unnamed"):
            sort_key(kind, number)


VALUES: Mapping[str, Json] = {
    "slug": "a-reason", "name": "topic:card", "names": ["u_17", "u_31"], "time": iso(AT), "sha256": "sha256:" + "c" * 64,
    "count": 3, "flag": True,
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_kind_with_every_field_fits_the_schema(kind: str) -> None:
    body = {field: VALUES[form] for field, form in BODIES[kind].items() if field != "state" or kind != "terminal"}
    state = "posted" if kind == "terminal" else None
    VALIDATOR.validate(followed(kind, body=body, terminal_state=state, private={"post_id": "17"}).public)
    empty = {field: body[field] for field in REQUIRED.get(kind, ()) if field in body}
    VALIDATOR.validate(followed(kind, body=empty, terminal_state=state, brand=None).public)


def test_code_and_schema_know_the_same_kinds_fields_and_forms() -> None:
    assert set(SCHEMA["properties"]["kind"]["enum"]) == room.KINDS == {"decision", *BODIES}
    shapes = {part["if"]["properties"]["kind"]["const"]: part["then"] for part in SCHEMA["allOf"][1:]}
    assert {kind: set(then["properties"]["body"]["properties"]) for kind, then in shapes.items()} == {
        kind: set(body) for kind, body in BODIES.items()
    }
    assert {kind: frozenset(then["properties"]["body"].get("required", ())) for kind, then in shapes.items()} == {
        kind: REQUIRED.get(kind, frozenset()) for kind in BODIES
    }


NEAR_MISSES = ["sha256:" + "C" * 64, iso(AT)[:-1], "a" * 81, "a\n", "jane@example.org", ["a", 1], -1, 2**53, True, 1.5]


@given(st.sampled_from(sorted(FORMS)), st.none() | st.text(max_size=8) | st.sampled_from([*VALUES.values(), *NEAR_MISSES]))
def test_a_form_says_in_code_what_it_says_in_the_schema(form: str, value: Any) -> None:
    shape = Draft202012Validator({"$ref": f"#/$defs/{form}", "$defs": SCHEMA["$defs"]})
    # A pattern's $ also matches before a last newline in Python's re, which is not what JSON Schema means by it.
    if not (isinstance(value, str) and value.endswith("\n")):
        assert FORMS[form](value) == shape.is_valid(value)
    else:
        assert not FORMS[form](value)


@pytest.mark.parametrize(
    ("kind", "body", "says"),
    [
        ("intent", {"text": "a-reply"}, "no field text"),
        ("intent", {"Jane Doe": 1}, "no field unnamed"),
        ("intent", {"attempt": "Jane Doe"}, "intent.attempt: not a count"),
        ("intent", {"attempt": True}, "intent.attempt: not a count"),
        ("edited", {"reason": "Jane Doe said so"}, "edited.reason: not a slug"),
        ("promise", {"due": "tomorrow"}, "promise.due: not a time"),
        ("terminal", {"outcome": "human"}, "the body lacks reason"),
    ],
)
def test_a_body_with_another_field_or_form_is_refused_without_showing_it(kind: str, body: dict[str, Json], says: str) -> None:
    with pytest.raises(ValueError, match=says) as refused:
        followed(kind, body=body, terminal_state="human" if kind == "terminal" else None)
    assert "Jane" not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "state"), [("terminal", None), ("terminal", "sending"), ("terminal", "Jane"), ("intent", "posted"), ("deleted", "x")]
)
def test_only_a_terminal_record_names_a_terminal_state(kind: str, state: str | None) -> None:
    with pytest.raises(ValueError, match="terminal state"):
        followed(kind, body={"outcome": "human", "reason": "late"}, terminal_state=state)


def test_a_decision_is_not_a_follow_up() -> None:
    with pytest.raises(ValueError, match="decision_record"):
        followed("decision")


def test_a_follow_up_keeps_the_platforms_own_id_private() -> None:
    record = followed(
        "terminal", body={"outcome": "acknowledge", "reason": "posted"}, terminal_state="posted", private={"post_id": "1729"}
    )
    assert "1729" not in record.leaf
    assert record.private == {"post_id": "1729", "salt": SALT.hex()}
    assert opens(record.public, record.private)
    assert followed().public["private"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"added": 1},
        {"kind": "viewed"},
        {"id": "Jane Doe"},
        {"reply": {"text": "We have seen this"}},
        {"trace": {"receive_count": 1, "secret": "current", "delivery_id": "7"}},
        {"facts": {"text": "my card is lost"}},
        {"number": 1},
    ],
)
def test_the_schema_is_closed(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        VALIDATOR.validate({**decided(WORDS).public, **change})


def test_the_schema_closes_every_object() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["unevaluatedProperties"] is False

    def objects(node: Any) -> list[Any]:
        if isinstance(node, list):
            return [found for part in node for found in objects(part)]
        if not isinstance(node, dict):
            return []
        own = [node] if node.get("type") == "object" and "properties" in node else []
        return own + [found for part in node.values() for found in objects(part)]

    inner = [node for node in objects(SCHEMA) if node is not SCHEMA]
    assert inner
    assert all(node.get("additionalProperties") is False for node in inner)


def test_a_slug_is_not_a_sentence() -> None:
    assert [slug(text) for text in ("late", "sister-answers", "No", "two words", "", "a" * 81, "a\n")] == [
        "late",
        "sister-answers",
        *["unnamed"] * 5,
    ]
