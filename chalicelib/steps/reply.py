"""A person's own public reply: the intent on record, one call, the outcome on record. What is not known is never tried again.

It is carried out by whoever a person started, with the posting secrets; a pause does not stop it, because people go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.codec import Json
from chalicelib.domain.fact import value_of
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.domain.outcome import HttpRequest, NotYet, Posted, PostOutcome, Refused
from chalicelib.domain.reservation import Reservation
from chalicelib.ports import Absent, Cancelled, Condition, Equals, Put, Row, Write
from chalicelib.steps.answered import answer_body, answered, said_writes, unsaid_writes, wait_writes
from chalicelib.steps.cases import ATTEMPTS, Act, CasePorts, forced, may, mention_of, person_of, recorded, taken_since
from chalicelib.steps.casework import put_case
from chalicelib.steps.done import Contended, new_id
from chalicelib.steps.post import PostPorts
from chalicelib.steps.promises import ending
from chalicelib.steps.rows import from_row
from chalicelib.steps.said import Said, said_row

NOT_POSTED = "not-posted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied:
    """What became of a reply.

    ``did``: posted | not-posted | unknown | said-before | nothing-to-answer | too-long, or as ``Acted``. ``reason`` is a slug of
    the platform, of what is missing, or of what an earlier try of the same words came to; ``limit`` the longest reply.
    """

    did: str
    case: Case | None = None
    since: datetime | None = None
    reason: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a person says, and what they were told of it before they sent it.

    ``closest_percent`` is how like the closest post of the account it is (None: there was none), ``starter`` what became of
    the starters (unedited | edited | none), ``topic`` that of the mention, ``because`` why it is sent although it is a repeat.
    """

    text: str
    closest_percent: int | None = None
    starter: str | None = None
    topic: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Intent:
    place: Key
    act: Act
    case: Case
    mention: Mention
    draft: Draft


def act_of(case_id: str, text: str, actor: Actor, at: datetime, by_force: str | None = None) -> Act:
    """The act of saying ``text`` in one case. Its id follows from both: the same words are never sent twice by a second try."""
    name = hashlib.sha256(f"{case_id}\n{text}".encode()).hexdigest()
    return Act(id=f"reply#{name}", actor=actor, at=at, by_force=by_force)


def reply(place: Key, act: Act, draft: Draft, handle: str, ports: PostPorts, limits: Limits) -> Replied:
    """Post ``draft`` under the latest mention of the case, as the account ``handle``; the case is theirs from the intent on.

    Raises Contended before anything was sent, ``ports.Unavailable`` where nobody can say what was written.
    """
    for _ in range(ATTEMPTS):
        rows = ports.store.read([place, act.marker])
        if place not in rows:
            return Replied(did="no-case")
        case = from_row(Case, rows[place])
        refused = _refused(case, act, rows.get(act.marker), ports)
        mention = mention_of(case.mentions[-1], ports.store) if case.mentions else None
        if refused is None and mention is None:
            refused = Replied(did="nothing-to-answer", case=case)
        if refused is not None or mention is None:
            return refused or Replied(did="nothing-to-answer", case=case)
        intent = _Intent(place=place, act=act, case=case, mention=mention, draft=draft)
        request = _request(intent, handle, ports, limits)
        if isinstance(request, Replied):
            return request
        sending = _intend(intent, rows.get(act.marker), ports)
        if sending is not None:
            carried = ports.http.send(request, limits.platform_timeout.total_seconds())
            return _finish(sending, ports.platform_of(mention.platform).read_outcome(carried), ports)
    raise Contended(act.id)


def _refused(case: Case, act: Act, marker: Row | None, ports: PostPorts) -> Replied | None:
    """Why this reply may not start; None where it may."""
    if marker is not None and marker.get("status") != NOT_POSTED:
        return Replied(did="said-before", case=case, reason=str(marker.get("status")))
    if case.status == "closed":
        return Replied(did="is-closed", case=case)
    if not may(case, act):
        return Replied(did="not-yours", case=case, since=taken_since(case, ports.store))
    return None


def _request(intent: _Intent, handle: str, ports: PostPorts, limits: Limits) -> HttpRequest | Replied:
    mention, case, at = intent.mention, intent.case, intent.act.at
    try:
        longest = ports.platform_of(mention.platform).length_limit
    except KeyError:
        return Replied(did="nothing-to-answer", case=case)
    if len(intent.draft.text) > longest:
        return Replied(did="too-long", case=case, limit=longest)
    reservation = Reservation(
        id=new_id(ports.entropy),
        platform=mention.platform,
        account=mention.account,
        handle=handle,
        post_id=mention.post_id,
        author_id=value_of(mention.author.id, ""),
        thread=keys.thread_of(mention),
        topic="",
        text=intent.draft.text,
        wordings=(),
        deadline=at + limits.lease,
        fresh_until=at + limits.lease,
        due=None,
    )
    request = ports.request_for(reservation, at)
    return Replied(did=NOT_POSTED, case=case, reason=request) if isinstance(request, str) else request


def _intend(intent: _Intent, marker: Row | None, ports: PostPorts) -> _Intent | None:
    """The durable intent: from here on the case is theirs and the same words are never sent again. None for a lost race."""
    act, before = intent.act, intent.case
    after = replace(before, version=before.version + 1, status="taken", owner=act.actor.id)
    when: tuple[Condition, ...] = (Equals("status", NOT_POSTED),) if marker is not None else (Absent(),)
    draft = intent.draft
    private: dict[str, Json] = {"text": draft.text, "why": act.by_force, "because": draft.because}
    body: dict[str, Json] = {
        "reason": "by-hand",
        "forced": forced(before, act),
        "closest_percent": draft.closest_percent,
        "starter": draft.starter,
        "topic": draft.topic,
    }
    writes = [
        put_case(after, intent.place, before.version),
        Put(act.marker, {"status": "sending"}, when=when),
        *recorded(before, "replying", act, body, private, _case_ports(ports)).writes(),
        *said_writes(intent.mention, intent.draft.text, act.at, ports.store),
    ]
    return None if isinstance(ports.store.commit(writes), Cancelled) else replace(intent, case=after)


def _finish(intent: _Intent, outcome: PostOutcome, ports: PostPorts) -> Replied:
    """Put on record what became of the call, whoever else writes to the case meanwhile."""
    status, reason = _told(outcome)
    for _ in range(ATTEMPTS):
        case = from_row(Case, ports.store.read([intent.place])[intent.place])
        if not isinstance(ports.store.commit(_outcome_writes(intent, case, status, reason, outcome, ports)), Cancelled):
            return Replied(did=status, case=case, reason=reason)
    raise Contended(intent.act.id)


def _told(outcome: PostOutcome) -> tuple[str, str | None]:
    if isinstance(outcome, Posted):
        return "posted", None
    if isinstance(outcome, (Refused, NotYet)):
        return NOT_POSTED, outcome.reason
    return "unknown", None


def _outcome_writes(
    intent: _Intent, case: Case, status: str, reason: str | None, outcome: PostOutcome, ports: PostPorts
) -> Sequence[Write]:
    act = intent.act
    private: dict[str, Json] = {"text": intent.draft.text}
    writes: list[Write] = [Put(act.marker, {"status": status}, when=(Equals("status", "sending"),))]
    body = answer_body(case, status, act.at, ports.store, reason)
    if isinstance(outcome, Posted):
        private["post_id"] = outcome.post_id
        writes += [put_case(answered(case, act), intent.place, case.version), *wait_writes(case, body, act.at)]
        writes += ending(case, act.actor, act.at, ports.store, ports.entropy)
    if status == NOT_POSTED:
        writes += unsaid_writes(intent.mention, intent.draft.text, ports.store)
    else:
        said = Said(at=act.at, by="person", text=intent.draft.text, person=person_of(case).partition)
        writes.append(said_row(intent.mention.platform, intent.mention.account, act.id, said))
    return [*writes, *recorded(case, "replied", act, body, private, _case_ports(ports)).writes()]


def _case_ports(ports: PostPorts) -> CasePorts:
    return CasePorts(store=ports.store, entropy=ports.entropy)
