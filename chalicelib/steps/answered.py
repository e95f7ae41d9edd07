"""What an answer by a person changes: the case is theirs, the thread knows the words, the promise is kept or was broken."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain import keys
from chalicelib.domain.codec import Json, iso
from chalicelib.domain.facts import Case, Thread, ThreadPost
from chalicelib.domain.hours import LOOK_AHEAD
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import Mention
from chalicelib.ports import Row, Store, Write
from chalicelib.steps import waits
from chalicelib.steps.cases import Act, Acted, CasePorts, Change, acted, mention_of, person_of
from chalicelib.steps.promises import ending
from chalicelib.steps.rows import from_row
from chalicelib.steps.said import Said, said_row
from chalicelib.steps.threads import put_thread

STOPPED = {"posted", "noted"}
"""What stops the clock of a case: an answer that is public for certain."""


def note_reply(place: Key, act: Act, text: str | None, ports: CasePorts) -> Acted:
    """A person answered somewhere else (a desk says so): the case is theirs if nobody has it. A fact, so nobody may refuse it."""

    def change(case: Case) -> Change | str:
        body = answer_body(case, "noted", act.at, ports.store)
        beside = [
            *ending(case, act.actor, act.at, ports.store, ports.entropy),
            *wait_writes(case, body, act.at),
            *_said(case, text, act.at, ports.store),
        ]
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


def wait_writes(case: Case, body: Mapping[str, Json], at: datetime) -> list[Write]:
    """The wait that the first answer of a case ended; nothing for a later one. ``body`` is that of ``answer_body``."""
    return [waits.sample(case.brand, case.id, case.opened, at)] if body.get("first") else []


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


def _said(case: Case, text: str | None, at: datetime, store: Store) -> list[Write]:
    mention = mention_of(case.mentions[-1], store) if case.mentions else None
    if mention is None or not text:
        return []
    said = Said(at=at, by="person", text=text, person=person_of(case).partition)
    row = said_row(mention.platform, mention.account, f"{case.id}#{iso(at)}", said)
    return [*said_writes(mention, text, at, store), row]


def _status(row: Row) -> str:
    return str(json.loads(row["leaf"])["body"]["status"])
