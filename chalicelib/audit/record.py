"""The record of what was decided and of what followed: a public half that proves, a private half that explains.

The public half is the leaf of the tree. It holds no personal data and commits to the private half by a salted digest, so
deleting the private half erases a person and leaves every proof valid. ``record.schema.json`` is its contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from chalicelib.audit.body import checked_body, slug
from chalicelib.audit.canonical import canonical, digest
from chalicelib.audit.kinds import KINDS as KINDS
from chalicelib.audit.kinds import sort_key as sort_key
from chalicelib.domain.codec import Json, encode, iso
from chalicelib.domain.decision import Decision, Evidence, Match
from chalicelib.domain.fact import Fact, Known, NotOffered, Unknown
from chalicelib.domain.facts import Facts
from chalicelib.domain.state import TERMINAL

SCHEMA = "ackguard.record/1"
SALT_BYTES = 32

_TERMINAL_STATES = frozenset(state.value for state in TERMINAL)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: ``public`` goes to the ledger and into the tree, ``private`` to a table of its own (None: nothing to hide)."""

    public: dict[str, Json]
    private: dict[str, Json] | None

    @property
    def leaf(self) -> str:
        """The public half as canonical text; its UTF-8 bytes are the leaf."""
        return canonical(self.public).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How the mention reached us: how often its queue delivered it, and which secret signed it (``current`` | ``previous``).

    ``secret`` is None where no webhook brought it.
    """

    receive_count: int
    secret: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The code that decided: the hash of the package, and the versions of Python and of the Unicode data it ran on."""

    hash: str
    python: str
    unicode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it. ``type``: machine | person | system; ``id`` is a name inside the deployment, never a mail address."""

    type: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyPart:
    """What the record needs of a composed reply.

    ``wordings`` are ``<part>:<number>``, ``tried`` pairs (word index, why it was skipped), ``disclosure`` the number of its
    form, ``deadline`` the latest moment the reply may start.
    """

    voice: str
    edition: int
    index: int
    wordings: tuple[str, ...]
    tried: tuple[tuple[int, str], ...]
    text: str
    disclosure: int
    deadline: datetime


def decision_record(
    *,
    id: str,
    at: datetime,
    brand: str,
    platform: str,
    facts: Facts,
    decision: Decision,
    composed: ReplyPart | None,
    compose_inputs: Json,
    policy_sha256: str,
    engine: Engine,
    trace: Trace,
    salt: bytes,
) -> Record:
    """The record of one decision; ``at`` is when it was made, ``salt`` 32 random bytes used for nothing else.

    Raises ValueError where the facts have no canonical form (a lone surrogate, a number beyond 2^53 - 1) or the salt is short.
    """
    private: dict[str, Json] = {
        "salt": _hex(salt),
        "facts": encode(facts),
        "decision": encode(decision),
        "reply": encode(composed),
        "compose_inputs": compose_inputs,
    }
    public: dict[str, Json] = {
        "schema": SCHEMA,
        "kind": "decision",
        "id": id,
        "at": iso(at),
        "brand": brand,
        "platform": platform,
        "private": {"digest": digest(canonical(private))},
        "trace": {"receive_count": trace.receive_count, "secret": trace.secret},
        "engine": {"hash": engine.hash, "python": engine.python, "unicode": engine.unicode},
        "policy": {"sha256": policy_sha256},
        "automation": {"mode": _mode(facts), "kind": "rules"},
        "facts": cast(Json, _known(facts)),
        "rules": {"matched": [_match(match) for match in decision.matched]},
        "decision": _decision(decision),
        "reply": _reply(composed, salt),
        "times": _times(facts, at, composed),
    }
    return Record({**public, "result_digest": result_digest(public)}, private)


def follow_record(
    *,
    id: str,
    kind: str,
    number: int,
    at: datetime,
    brand: str | None,
    actor: Actor,
    body: Mapping[str, Json],
    terminal_state: str | None,
    private: Mapping[str, Json] | None,
    salt: bytes,
) -> Record:
    """The record of something that followed. ``body`` is public, ``private`` holds texts and ids of the platform.

    ``terminal_state`` (posted | human | ignored) is given for the kind ``terminal`` and for no other. Raises ValueError, naming
    kind and field but no value, where the body has a field or a form that the kind does not know.
    """
    if kind == "decision":
        raise ValueError("a decision is recorded by decision_record")
    sort_key(kind, number)
    if terminal_state not in (_TERMINAL_STATES if kind == "terminal" else {None}):
        raise ValueError(f"{kind}: a terminal record, and only that, names a terminal state")
    hidden = None if private is None else {**private, "salt": _hex(salt)}
    public: dict[str, Json] = {
        "schema": SCHEMA,
        "kind": kind,
        "number": number,
        "id": id,
        "at": iso(at),
        "brand": brand,
        "actor": {"type": actor.type, "id": actor.id},
        "private": None if hidden is None else {"digest": digest(canonical(hidden))},
        "body": checked_body(kind, body if terminal_state is None else {**body, "state": terminal_state}),
    }
    return Record(public, hidden)


def result_digest(public: Mapping[str, Any]) -> str:
    """The digest over decision, reply and matched rules: a replay compares this one value."""
    result = {"decision": public["decision"], "reply": public["reply"], "rules.matched": public["rules"]["matched"]}
    return digest(canonical(result))


def opens(public: Mapping[str, Any], private: Mapping[str, Json]) -> bool:
    """Whether ``private`` is the half that ``public`` committed to. Reads only; any other half gives False."""
    promised = public.get("private")
    try:
        return isinstance(promised, Mapping) and promised.get("digest") == digest(canonical(dict(private)))
    except ValueError:
        return False


def _hex(salt: bytes) -> str:
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes: a shorter one lets a reader of the ledger guess the private half")
    return salt.hex()


def _mode(facts: Facts) -> str:
    return facts.control.value.mode if isinstance(facts.control, Known) else "unknown"


def _known(facts: Facts) -> dict[str, str]:
    """Which facts the decision had, by the names of the policy, without one of their values."""
    mention = facts.mention
    return {**_states(facts, ""), **_states(mention, ""), **_states(mention.author, "author.")}


def _states(holder: Any, prefix: str) -> dict[str, str]:
    values = {field.name: getattr(holder, field.name) for field in fields(holder)}
    return {prefix + name: _state(fact) for name, fact in values.items() if isinstance(fact, (Known, Unknown, NotOffered))}


def _state(fact: Fact[Any]) -> str:
    if isinstance(fact, Unknown):
        return f"unknown:{slug(fact.why)}"
    return "known" if isinstance(fact, Known) else "not offered"


def _match(match: Match) -> Json:
    return {
        "id": match.rule,
        "by": match.by,
        "outcome": match.outcome.value,
        "certainty": match.certainty.value,
        "evidence": [_evidence(evidence) for evidence in match.evidence],
    }


def _evidence(evidence: Evidence) -> Json:
    span: Json = None if evidence.start is None or evidence.end is None else [evidence.start, evidence.end]
    return {"check": evidence.check, "fact": evidence.fact, "source": evidence.source, "span": span}


def _decision(decision: Decision) -> Json:
    return {
        "outcome": decision.outcome.value,
        "rule": decision.rule,
        "because": list(decision.because),
        "topic": decision.topic,
        "department": decision.department,
        "priority": decision.priority,
        "without": decision.without.value,
        "without_rule": decision.without_rule,
    }


def _reply(composed: ReplyPart | None, salt: bytes) -> Json:
    if composed is None:
        return None
    return {
        "voice": composed.voice,
        "edition": composed.edition,
        "word": composed.index,
        "wordings": list(composed.wordings),
        "tried": [[index, slug(why)] for index, why in composed.tried],
        "disclosure": composed.disclosure,
        "text_digest": digest(canonical({"salt": salt.hex(), "text": composed.text})),
    }


def _times(facts: Facts, at: datetime, composed: ReplyPart | None) -> Json:
    created = facts.mention.created_at
    return {
        "mention_created": iso(created.value) if isinstance(created, Known) else None,
        "received": iso(facts.mention.received_at),
        "decided": iso(at),
        "post_after": None if composed is None else iso(facts.posting_at),
        "deadline": None if composed is None else iso(composed.deadline),
    }
