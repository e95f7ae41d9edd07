"""What an answer by a person changes: the case is theirs, the thread knows the words, the promise is kept or was broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.audit.record import follow_record, sort_key
from chalicelib.domain import keys
from chalicelib.domain.codec import Json, iso
from chalicelib.domain.facts import Case, Promise, Thread, ThreadPost
from chalicelib.domain.hours import LOOK_AHEAD
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import Mention
from chalicelib.ports import Equals, Put, Row, Store, Write
from chalicelib.steps.cases import Act, Acted, CasePorts, Change, acted, mention_of, person_of
from chalicelib.steps.records import Written
from chalicelib.steps.rows import from_row, to_row
from chalicelib.steps.threads import put_thread

PROMISES_READ, PROMISES_ENDED = 50, 10
"""One person gets one acknowledgement a day, so a case has few promises; this many always fit one transaction."""

STOPPED = {"posted", "noted"}
"""What stops the clock of a case: an answer that is public for certain."""


def note_reply(place: Key, act: Act, text: str | None, ports: CasePorts) -> Acted:
    """A person answered somewhere else (a desk says so): the case is theirs if nobody has it. A fact, so nobody may refuse it."""

    def change(case: Case) -> Change | str:
        body = answer_body(case, "noted", act.at, ports.store)
        beside = [*promise_writes(case, act, ports.store, ports.entropy), *_said(case, text, act.at, ports.store)]
        return Change(did="noted", after=answered(case, act), kind="replied", body=body, private={"text": text}, beside=beside)

    return acted(place, act, ports, change, closed_too=True)


def answered(case: Case, act: Act) -> Case:
    """The case after an answer: taken by whoever gave it if it was open. It is due again late, so that it is not forgotten."""
    if case.status == "closed":
        return replace(case, version=case.version + 1)
    owner = case.owner or act.actor.id
    return replace(case, version=case.version + 1, status="taken", owner=owner, due=max(case.due, act.at + LOOK_AHEAD))


def answer_body(case: Case, status: str, at: datetime, store: Store, reason: str | None = None) -> dict[str, Json]:
    """The public half of an answer, with the clock of the case: what was due when, and how long the author waited.

    ``status``: posted | noted | unknown | not-posted. Only ``STOPPED`` stop the clock; an acknowledgement never did.
    """
    body: dict[str, Json] = {"status": status, "reason": reason}
    if status not in STOPPED:
        return body
    first = not STOPPED & {_status(row) for _, row in store.partition("ledger", case.id) if row["kind"] == "replied"}
    waited = max(0, int((at - case.opened).total_seconds()) // 60)
    clock: dict[str, Json] = {"due": iso(case.due), "late": at > case.due} if first else {}
    return {**body, "first": first, "waited_minutes": waited, **clock}


def said_writes(mention: Mention, text: str, at: datetime, store: Store) -> list[Write]:
    """The thread of the mention learns what a person said in it; nothing where it knows it already."""
    place = keys.thread(mention.platform, keys.thread_of(mention))
    row = store.read([place]).get(place)
    thread = from_row(Thread, row) if row is not None else Thread()
    if any(said.by == "person" and said.text == text for said in thread.posts):
        return []
    return [put_thread(place, thread, (*thread.posts, ThreadPost(at=at, by="person", text=text)))]


def unsaid_writes(mention: Mention, text: str, store: Store) -> list[Write]:
    """The thread forgets what a person wanted to say and the platform did not take."""
    place = keys.thread(mention.platform, keys.thread_of(mention))
    row = store.read([place]).get(place)
    if row is None:
        return []
    thread = from_row(Thread, row)
    return [put_thread(place, thread, tuple(said for said in thread.posts if (said.by, said.text) != ("person", text)))]


def promise_writes(case: Case, act: Act, store: Store, entropy: Callable[[int], bytes]) -> list[Write]:
    """Every promise that still waits in this case ends: kept, or broken where its time is over."""
    places = [keys.promise(record) for record in case.mentions[-PROMISES_READ:]]
    writes: list[Write] = []
    for place, row in list(store.read(places).items()) if places else ():
        promise = from_row(Promise, row)
        if promise.status not in ("open", "late") or len(writes) >= 3 * PROMISES_ENDED:
            continue
        kept = promise.due is None or act.at <= promise.due
        ended = replace(promise, status="kept" if kept else "broken")
        writes += [
            Put(place, to_row(ended, key=place), when=(Equals("status", promise.status),)),
            *_promise_record(case, ended, act, store, entropy).writes(),
        ]
    return writes


def _promise_record(case: Case, promise: Promise, act: Act, store: Store, entropy: Callable[[int], bytes]) -> Written:
    earlier = [row for _, row in store.partition("ledger", promise.mention) if row["kind"] == "promise"]
    record = follow_record(
        id=promise.mention,
        kind="promise",
        number=len(earlier),
        at=act.at,
        brand=case.brand,
        actor=act.actor,
        body={"status": promise.status, "made": iso(promise.made), "due": iso(promise.due) if promise.due else None},
        terminal_state=None,
        private=None,
        salt=entropy(32),
    )
    sort = sort_key("promise", len(earlier))
    return Written(id=promise.mention, sort=sort, record=record, at=act.at, person=person_of(case).partition)


def _said(case: Case, text: str | None, at: datetime, store: Store) -> list[Write]:
    mention = mention_of(case.mentions[-1], store) if case.mentions else None
    return said_writes(mention, text, at, store) if mention is not None and text else []


def _status(row: Row) -> str:
    return str(json.loads(row["leaf"])["body"]["status"])
