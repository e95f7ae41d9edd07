"""Carry out what somebody did at a desk: each action once by its id, each with a record, none of them silent."""

from __future__ import annotations

from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import DeskAction
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.ports import Absent, Cancelled, Put
from chalicelib.steps.answered import note_reply
from chalicelib.steps.cases import Act, Acted, CasePorts, close, give_back, mention_of, take
from chalicelib.steps.decide import DecidePorts
from chalicelib.steps.done import Contended, Done, new_id
from chalicelib.steps.pause import DESK, PausePorts, Switched, Word, pause, targets_of
from chalicelib.steps.records import happened
from chalicelib.steps.rows import from_row

CASE_ACTS = {"case.taken": take, "case.returned": give_back, "case.closed": close}


class UnknownCase(Exception):
    """The desk speaks of a case that nobody here knows; nothing has been written."""


def carry_out(action: DeskAction, ports: DecidePorts, now: datetime) -> Done:
    """Do what the desk says, as the person it names. A desk never lifts a pause.

    Raises UnknownCase, Contended, or ``ports.Unavailable``; whoever runs it again changes nothing twice.
    """
    act = Act(id=f"desk#{action.action_id}", actor=Actor(type="person", id=f"{DESK}{action.actor}"), at=now)
    if act.marker in ports.store.read([act.marker]):
        return Done("-", "already-done", action.kind)
    if action.kind == "pause":
        return _pause(action, act, ports)
    if action.kind not in ("case.replied", *CASE_ACTS):
        return _noted(action, act, "refused", "only-a-person", ports)
    place, case = _found(action, ports)
    casework = CasePorts(store=ports.store, entropy=ports.entropy)
    if action.case not in (case.id, *case.mentions):
        acted = Acted(did="is-closed")
    elif action.kind == "case.replied":
        acted = note_reply(place, act, action.text, casework)
    else:
        acted = CASE_ACTS[action.kind](place, act, casework)
    return _told(action, act, acted, ports)


def _found(action: DeskAction, ports: DecidePorts) -> tuple[Key, Case]:
    """The conversation that the action means, and its case: the record it names says whose it is. Two reads, never a search.

    The case may be a later one of the same conversation: then the one that was meant is closed.
    """
    mention = mention_of(action.case, ports.store) if action.case else None
    if mention is None:
        raise UnknownCase(action.kind)
    place = keys.case(mention.platform, mention.account, keys.author_of(mention))
    row = ports.store.read([place]).get(place)
    if row is None:
        raise UnknownCase(action.kind)
    return place, from_row(Case, row)


def _told(action: DeskAction, act: Act, acted: Acted, ports: DecidePorts) -> Done:
    """An act that changed the case is on its record; one that did not is put on a record of its own."""
    if acted.did in ("taken", "returned", "closed", "noted"):
        return Done(acted.case.id if acted.case else "-", acted.did, action.kind)
    status = "done" if acted.did == "already" or (acted.did, action.kind) == ("is-closed", "case.closed") else "refused"
    return _noted(action, act, status, acted.did, ports)


def _pause(action: DeskAction, act: Act, ports: DecidePorts) -> Done:
    """Pause what the policy in force names; a scope that it does not name, or no policy, is refused on the record."""
    assert action.scope is not None
    bundle = ports.bundles.in_force(ports.store).bundle
    targets = () if isinstance(bundle, Broken) else targets_of(action.scope, bundle.brands)
    if not targets:
        return _noted(action, act, "refused", "no-such-scope", ports)
    word = Word(actor=act.actor, why=action.why or "", reason="desk")
    done = pause(action.scope, targets, word, PausePorts(store=ports.store, entropy=ports.entropy), act.at)
    if _may_come_back(done):
        raise Contended(done.id)
    return _noted(action, act, "done" if done.complete else "incomplete", "paused", ports)


def _may_come_back(done: Switched) -> bool:
    """Whether the queue should bring the action again: what was busy now may be reached then."""
    return any(one.did in ("unavailable", "contended") for one in done.accounts)


def _noted(action: DeskAction, act: Act, status: str, reason: str, ports: DecidePorts) -> Done:
    """The record of an action that changed no case, and the mark that it was carried out, in one write."""
    id = new_id(ports.entropy)
    written = happened(
        id=id,
        kind="desk",
        at=act.at,
        actor=act.actor,
        body={"asked": action.kind, "status": status, "reason": reason},
        private={"case": action.case, "why": action.why},
        salt=ports.entropy(32),
    )
    marker = Put(act.marker, {"did": reason, "status": status}, when=(Absent(),))
    if isinstance(ports.store.commit([marker, *written.writes()]), Cancelled):
        return Done("-", "already-done", action.kind)
    return Done(id, status, reason)
