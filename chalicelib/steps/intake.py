"""What the decide Lambda does with one queue entry: each kind of notice has its one way."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from chalicelib.domain import envelope, keys
from chalicelib.domain.fact import Known
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Deletion, DeskAction, Mention, Misread, Notice, OwnPost
from chalicelib.platforms.reading.misread import shown
from chalicelib.steps.decide import DecidePorts, decide_mention
from chalicelib.steps.deletions import ghost_of, note_deletion
from chalicelib.steps.desk import UnknownCase, carry_out
from chalicelib.steps.done import Done, Trace
from chalicelib.steps.edits import note_edit
from chalicelib.steps.own_posts import note_own_post
from chalicelib.steps.rows import Standing, from_row


def run(body: str, ports: DecidePorts, limits: Limits, now: datetime, receive_count: int) -> Done:
    """Decide what the entry brought; raises ValueError for a body that is no notice (rescue ends it)."""
    entry = envelope.notice_in(body)
    trace = Trace(receive_count=receive_count, secret=entry.secret, correlation=entry.correlation)
    done = _done(entry.notice, ports, limits, now, trace)
    return replace(done, correlation=entry.correlation, since=entry.notice.received_at)


def _done(notice: Notice | DeskAction, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace) -> Done:
    if isinstance(notice, Deletion):
        return note_deletion(notice, ports, limits, now, trace)
    if isinstance(notice, OwnPost):
        return note_own_post(notice, ports, now)
    if isinstance(notice, DeskAction):
        try:
            return carry_out(notice, ports, now)
        except UnknownCase:
            return decide_mention(mention_of(unknown_case(notice)), ports, limits, now, trace, premise="misread")
    if isinstance(notice, Misread):
        return decide_mention(mention_of(notice), ports, limits, now, trace, premise="misread")
    if notice.edited:
        return _edited(notice, ports, limits, now, trace)
    return decide_mention(notice, ports, limits, now, trace)


def _edited(mention: Mention, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace) -> Done:
    place = keys.state(mention.platform, mention.root_id, mention.account)
    row = ports.store.read([place]).get(place)
    if row is None:
        return decide_mention(mention, ports, limits, now, trace)
    return note_edit(mention, from_row(Standing, row), ports, limits, now)


def mention_of(misread: Misread) -> Mention:
    """A webhook that we could not read, as a mention that nobody knows anything about: a person gets its body."""
    place = f"misread:{misread.digest[:32]}"
    gone = Deletion(
        platform=misread.platform,
        account="unknown",
        post_id=place,
        root_id=place,
        author_id=None,
        delivery_id=misread.delivery_id,
        received_at=misread.received_at,
    )
    return replace(ghost_of(gone), text=Known(f"{misread.reason}: {misread.body}"))


def unknown_case(action: DeskAction) -> Misread:
    """What a desk did with a case that nobody here knows: a person has to find out which one was meant."""
    said = f"{action.kind} by {action.actor} of case {action.case}: {action.text or ''}"
    return Misread(
        platform="desk",
        reason="unknown-case",
        digest=hashlib.sha256(f"{action.action_id}\n{said}".encode()).hexdigest(),
        body=shown(said.encode()),
        delivery_id=action.action_id,
        received_at=action.received_at,
    )
