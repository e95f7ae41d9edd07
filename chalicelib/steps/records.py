"""Lay records into the ledger and their private halves beside it: insert-only, by keys that allow each record once."""

from __future__ import annotations

import platform as interpreter
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.audit.record import Actor, Engine, Record, ReplyPart, Trace, decision_record, follow_record, sort_key
from chalicelib.domain import keys
from chalicelib.domain.codec import Json, encode, iso
from chalicelib.domain.facts import Facts
from chalicelib.domain.keys import Key
from chalicelib.domain.reservation import Reservation
from chalicelib.ports import Absent, Put, Row, Store, Write
from chalicelib.steps.around import Circumstances
from chalicelib.steps.rows import Standing

if TYPE_CHECKING:
    from chalicelib.steps.judge import Judgement

MACHINE = Actor(type="machine", id="ackguard")

WATCHER = Actor(type="machine", id="watch")
"""The machine that looks round by itself, once a minute."""

NOBODY = "-"
"""The person of a record that belongs to nobody: no erasure finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record and where it goes. ``person`` is the key by which an erasure finds the private half."""

    id: str
    sort: str
    record: Record
    at: datetime
    person: str
    beside: Mapping[str, Json] = field(default_factory=dict)

    def writes(self) -> list[Write]:
        """The leaf into the ledger, the private half into its own table; each only if it is not there."""
        public, private = self.record.public, self.record.private
        leaf: Row = {"leaf": self.record.leaf, "kind": public["kind"], "brand": public["brand"], "at": iso(self.at)}
        writes: list[Write] = [Put(Key("ledger", self.id, self.sort), leaf, when=(Absent(),))]
        if private is not None:
            row = {"half": private, "person": self.person, **self.beside}
            writes.append(Put(Key("private", self.id, self.sort), row, when=(Absent(),)))
        return writes


def decided(
    judgement: Judgement,
    facts: Facts,
    around: Circumstances,
    reservation: Reservation | None,
    taken: frozenset[str],
    salt: bytes,
) -> Written:
    """The decision record, with the reservation beside its private half."""
    mention = facts.mention
    record = decision_record(
        id=around.id,
        at=around.now,
        brand=around.brand.id if around.brand else "unknown",
        platform=mention.platform,
        facts=facts,
        decision=judgement.decision,
        composed=_reply_part(judgement, reservation),
        compose_inputs={"taken": list[Json](sorted(taken))},
        policy_sha256=around.policy_sha256,
        engine=Engine(hash=around.engine, python=interpreter.python_version(), unicode=unicodedata.unidata_version),
        trace=Trace(receive_count=around.receive_count, secret=around.secret),
        salt=salt,
    )
    return Written(
        id=around.id,
        sort=sort_key("decision"),
        record=record,
        at=around.now,
        person=keys.person(mention.platform, keys.author_of(mention)).partition,
        beside={"reservation": encode(reservation)},
    )


def terminal(
    standing: Standing,
    *,
    outcome: str,
    reason: str,
    at: datetime,
    salt: bytes,
    looked_up: bool = False,
    private: Mapping[str, Json] | None = None,
) -> Written:
    """The one record that ends a mention; its state is that of ``standing``."""
    return followed(
        standing,
        "terminal",
        at=at,
        salt=salt,
        body={"outcome": outcome, "reason": reason, "looked_up": looked_up, "attempts": standing.attempt},
        private=private,
        terminal_state=standing.state.value,
    )


def followed(
    standing: Standing,
    kind: str,
    *,
    at: datetime,
    salt: bytes,
    body: Mapping[str, Json],
    number: int = 0,
    private: Mapping[str, Json] | None = None,
    terminal_state: str | None = None,
    actor: Actor = MACHINE,
) -> Written:
    """The record of something that happened to a decided mention."""
    return happened(
        id=standing.id,
        kind=kind,
        number=number,
        at=at,
        brand=standing.brand,
        actor=actor,
        body=body,
        terminal_state=terminal_state,
        private=private,
        salt=salt,
        person=keys.person(standing.platform, standing.author).partition,
    )


def happened(
    *,
    id: str,
    kind: str,
    at: datetime,
    actor: Actor,
    body: Mapping[str, Json],
    salt: bytes,
    number: int = 0,
    brand: str | None = None,
    private: Mapping[str, Json] | None = None,
    terminal_state: str | None = None,
    person: str = NOBODY,
) -> Written:
    """The record of anything but a decision; raises what ``audit.record.follow_record`` raises."""
    record = follow_record(
        id=id,
        kind=kind,
        number=number,
        at=at,
        brand=brand,
        actor=actor,
        body=body,
        terminal_state=terminal_state,
        private=private,
        salt=salt,
    )
    return Written(id=id, sort=sort_key(kind, number), record=record, at=at, person=person)


def next_number(store: Store, id: str, kind: str, post_id: str) -> int | None:
    """The number of the next record of this kind, None where this post's is written already.

    It counts, because a number made of a platform's id would tell a reader of the ledger which post it was.
    """
    rows = [row for key, row in store.partition("private", id) if _kind_of(key) == kind]
    return None if any(row["half"].get("post_id") == post_id for row in rows) else len(rows)


def _kind_of(key: Key) -> str:
    return key.sort.split("-")[1]


def _reply_part(judgement: Judgement, reservation: Reservation | None) -> ReplyPart | None:
    if reservation is None or judgement.composed is None or judgement.voice is None:
        return None
    composed = judgement.composed
    return ReplyPart(
        voice=f"{judgement.voice.id}.{judgement.voice.language}",
        edition=judgement.voice.edition,
        index=composed.index,
        wordings=composed.wordings,
        tried=composed.tried,
        text=composed.text,
        disclosure=judgement.voice.disclosures.index(composed.disclosure),
        deadline=reservation.deadline,
    )
