"""The end of every poison entry: a decision record, a terminal record and a case, whatever the entry was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from chalicelib.domain import envelope, keys
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Deletion, DeskAction, Mention, Misread, OwnPost
from chalicelib.domain.state import State
from chalicelib.platforms.reading.misread import shown
from chalicelib.ports import Cancelled
from chalicelib.steps import unannounced
from chalicelib.steps.closing import Ending, ending_writes
from chalicelib.steps.decide import DecidePorts, decide_mention
from chalicelib.steps.done import Contended, Done, Trace
from chalicelib.steps.intake import mention_of
from chalicelib.steps.rows import Standing, from_row

T = TypeVar("T")

RESCUED = "rescued"


def run(body: str, ports: DecidePorts, limits: Limits, now: datetime, receive_count: int) -> Done:
    """End one dead letter; raises only when nothing can be written at all, and is then run again without limit."""
    trace = Trace(receive_count=receive_count)
    announcement = _read(envelope.announcement_in, body)
    if announcement is not None:
        return unannounced.end(announcement, ports.store, ports.entropy, now)
    order = _read(envelope.order_in, body)
    if order is not None:
        return _rescue_order(order, body, ports, limits, now, trace)
    return _rescue_notice(body, ports, limits, now, trace)


def _read(reader: Callable[[str], T], body: str) -> T | None:
    try:
        return reader(body)
    except ValueError:
        return None


def _rescue_notice(body: str, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace) -> Done:
    try:
        notice = envelope.notice_in(body).notice
    except ValueError:
        notice = _unreadable(body, "not-a-notice", now)
    if isinstance(notice, Mention):
        return _rescue_mention(notice, body, ports, limits, now, trace)
    if isinstance(notice, (Deletion, OwnPost, DeskAction)):
        notice = _unreadable(body, "not-noted", now)
    return decide_mention(mention_of(notice), ports, limits, now, trace, premise="misread")


def _rescue_mention(mention: Mention, body: str, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace) -> Done:
    try:
        return decide_mention(mention, ports, limits, now, trace, premise=RESCUED)
    except (ValueError, KeyError, AssertionError, Contended):
        unreadable = _unreadable(body, "rows-unreadable", now)
        return decide_mention(mention_of(unreadable), ports, limits, now, trace, premise="misread")


def _rescue_order(order: envelope.Order, body: str, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace) -> Done:
    """An order that never got through: its reservation ends with a person. One that is being sent is settled, not rescued."""
    place = keys.state(order.platform, order.root, order.account)
    row = ports.store.read([place]).get(place)
    if row is None:
        return decide_mention(mention_of(_unreadable(body, "order-without-state", now)), ports, limits, now, trace, "misread")
    standing = from_row(Standing, row)
    if standing.state is not State.RESERVED:
        return Done(standing.id, "nothing-to-rescue")
    writes = ending_writes(standing, Ending(state=State.HUMAN, reason=RESCUED), now, ports.entropy)
    if isinstance(ports.store.commit(writes), Cancelled):
        raise Contended(standing.id)
    return Done(standing.id, State.HUMAN.value, RESCUED)


def _unreadable(body: str, reason: str, now: datetime) -> Misread:
    return Misread(
        platform="queue",
        reason=reason,
        digest=hashlib.sha256(body.encode()).hexdigest(),
        body=shown(body.encode()),
        delivery_id=None,
        received_at=now,
    )
