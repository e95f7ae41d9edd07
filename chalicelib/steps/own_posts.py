"""A post by the account itself: our echo, or a person who answered in the native app and so takes the conversation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.audit.record import Actor, sort_key
from chalicelib.domain import keys
from chalicelib.domain.codec import Json
from chalicelib.domain.facts import Case, Thread, ThreadPost
from chalicelib.domain.hours import LOOK_AHEAD
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import OwnPost
from chalicelib.domain.state import State
from chalicelib.ports import Cancelled, Row, Write
from chalicelib.steps.answered import answer_body, wait_writes
from chalicelib.steps.cases import Act, CasePorts, recorded
from chalicelib.steps.casework import NATIVE, put_case
from chalicelib.steps.decide import DecidePorts
from chalicelib.steps.done import Contended, Done, new_id
from chalicelib.steps.promises import ending
from chalicelib.steps.records import happened, next_number
from chalicelib.steps.rows import Standing, from_row
from chalicelib.steps.said import Said, said_row
from chalicelib.steps.threads import put_thread

ATTEMPTS = 4


def note_own_post(post: OwnPost, ports: DecidePorts, now: datetime) -> Done:
    """Nothing for an echo of ours; for a person's answer: the case is theirs, and the thread knows what they said."""
    for _ in range(ATTEMPTS):
        places = _places(post)
        rows = ports.store.read(list(places.values()))
        if _is_echo(post, rows.get(places["state"]), ports):
            return Done("-", "echo")
        thread = from_row(Thread, rows[places["thread"]]) if places["thread"] in rows else Thread()
        if any(said.by == "person" and said.text == post.text for said in thread.posts):
            return Done("-", "already-noted")
        writes = [_said(post, thread, places["thread"], now), _said_row(post, now)]
        taken = "-"
        if post.reply_to_user is not None:
            before = from_row(Case, rows[places["case"]]) if places["case"] in rows else None
            case = _taken(post, before, places["case"], ports, now)
            taken = case.id
            writes += [put_case(case, places["case"], before.version if before else 0), *_record(post, case, ports, now)]
            writes += _answered(before, post, ports, now) if before is not None else []
        if not isinstance(ports.store.commit(writes), Cancelled):
            return Done(taken, "taken-natively")
    raise Contended(post.platform)


def _places(post: OwnPost) -> dict[str, Key]:
    answered = post.reply_to_post or post.post_id
    return {
        "state": keys.state(post.platform, answered, post.account),
        "case": keys.case(post.platform, post.account, post.reply_to_user or f"post:{post.post_id}"),
        "thread": keys.thread(post.platform, post.thread_id or f"post:{answered}"),
    }


def _is_echo(post: OwnPost, row: Row | None, ports: DecidePorts) -> bool:
    """Ours if it is the post that we recorded, or, while its answer is still out, if it says what we reserved."""
    if row is None:
        return False
    standing = from_row(Standing, row)
    if standing.state is State.POSTED:
        return standing.posted_id == post.post_id
    if standing.state not in (State.SENDING, State.HUMAN) or standing.attempt == 0:
        return False
    place = Key("private", standing.id, sort_key("decision"))
    beside = ports.store.read([place]).get(place, {})
    return (beside.get("reservation") or {}).get("text") == post.text


def _said(post: OwnPost, thread: Thread, place: Key, now: datetime) -> Write:
    said = ThreadPost(at=post.created_at or now, by="person", text=post.text)
    return put_thread(place, thread, (*thread.posts, said))


def _said_row(post: OwnPost, now: datetime) -> Write:
    person = keys.person(post.platform, post.reply_to_user or "").partition
    said = Said(at=post.created_at or now, by="person", text=post.text, person=person)
    return said_row(post.platform, post.account, post.post_id, said)


def _taken(post: OwnPost, before: Case | None, place: Key, ports: DecidePorts, now: datetime) -> Case:
    if before is not None and before.status != "closed":
        return replace(before, version=before.version + 1, status="taken", owner=before.owner or NATIVE)
    return Case(
        version=1 + (before.version if before else 0),
        id=new_id(ports.entropy),
        brand="unknown",
        conversation=place.partition,
        status="taken",
        owner=NATIVE,
        reason="answered-natively",
        department="social-care",
        priority=4,
        opened=now,
        due=now + LOOK_AHEAD,
        mentions=(),
    )


def _answered(case: Case, post: OwnPost, ports: DecidePorts, now: datetime) -> list[Write]:
    """An answer on the platform itself stops the clock as any other does, and ends the promises of the case."""
    act = Act(id=f"native#{post.post_id}", actor=Actor(type="person", id=NATIVE), at=now)
    body = answer_body(case, "noted", now, ports.store, "answered-natively")
    private: dict[str, Json] = {"post_id": post.post_id, "text": post.text}
    written = recorded(case, "replied", act, body, private, CasePorts(store=ports.store, entropy=ports.entropy))
    return [*ending(case, act.actor, now, ports.store, ports.entropy), *wait_writes(case, body, now), *written.writes()]


def _record(post: OwnPost, case: Case, ports: DecidePorts, now: datetime) -> list[Write]:
    number = next_number(ports.store, case.id, "taken", post.post_id) or 0
    person = keys.person(post.platform, post.reply_to_user or "").partition
    return happened(
        id=case.id,
        kind="taken",
        number=number,
        at=now,
        brand=case.brand,
        actor=Actor(type="person", id=NATIVE),
        body={"state": case.status, "reason": "answered-natively"},
        private={"post_id": post.post_id, "text": post.text},
        salt=ports.entropy(32),
        person=person,
    ).writes()
