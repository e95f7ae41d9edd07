"""Post one reserved reply: look, write the intent, look again, call, write the outcome. The only step with posting secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.audit.record import sort_key
from chalicelib.domain import envelope, keys
from chalicelib.domain.account import platform_file
from chalicelib.domain.codec import decode, iso
from chalicelib.domain.facts import Case, Control
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.outcome import HttpRequest, NotYet, Posted, PostOutcome, Refused
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.state import State
from chalicelib.platforms.contract import Platform
from chalicelib.ports import Cancelled, Http, Queue, Row, SecretSource, Store, Write
from chalicelib.steps.closing import Ending, ending_writes, moved, put_standing
from chalicelib.steps.done import Contended, Done, order_reply
from chalicelib.steps.promises import opened
from chalicelib.steps.records import followed
from chalicelib.steps.rows import Standing, from_row
from chalicelib.steps.said import Said, said_row
from chalicelib.steps.stopping import stop_for
from chalicelib.steps.telling import tell_again

D = TypeVar("D")

ATTEMPTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPorts:
    """What posting may touch. It has no bundle: it cannot decide."""

    store: Store
    replies: Queue
    announcements: Queue
    secrets: SecretSource
    http: Http
    platforms: Mapping[str, Platform]
    endpoints: Mapping[str, str]
    entropy: Callable[[int], bytes]

    def platform_of(self, name: str) -> Platform:
        """The file that speaks for a platform (``relay:mastodon`` → ``relay``); raises KeyError where none does."""
        return self.platforms[platform_file(name)]

    def request_for(self, reservation: Reservation, now: datetime, *, look_up: bool = False) -> HttpRequest | str:
        """The request that posts the reply or looks it up, or why there can be none."""
        name = platform_file(reservation.platform)
        try:
            platform = self.platforms[name]
            credentials = self.secrets.get(f"posting/{name}/{reservation.account}")
            endpoint = self.endpoints.get(name) or platform.endpoint
            if not credentials.values or endpoint is None:
                return "no-credentials" if endpoint else "no-endpoint"
            build = platform.lookup_request if look_up else platform.post_request
            return build(reservation, endpoint, credentials, now, self.entropy(16).hex())
        except (KeyError, ValueError, TypeError):
            return "credentials-unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One read of everything that may still stop a reply; None stands for missing or unreadable."""

    standing: Standing
    reservation: Reservation
    control: Control | None
    case: Case | None
    places: tuple[Key, Key]


def run(body: str, ports: PostPorts, limits: Limits, now: datetime) -> Done:
    """Carry out one order; raises ``ports.Unavailable`` or Contended to be run again, which never means a second call."""
    order = envelope.order_in(body)
    return replace(_carried_out(order, ports, limits, now), correlation=order.correlation)


def _carried_out(order: envelope.Order, ports: PostPorts, limits: Limits, now: datetime) -> Done:
    for _ in range(ATTEMPTS):
        ready = _look(order, ports)
        if not isinstance(ready, Ready):
            return _nothing_to_post(ready, order, ports, now)
        if ready.standing.post_after is not None and now < ready.standing.post_after:
            order_reply(ready.standing, ports.replies, now, order.correlation)
            return Done(order.id, "still-held")
        request = ports.request_for(ready.reservation, now)
        ending = stop_for(ready.reservation, ready.control, ready.case, now)
        if ending is None and isinstance(request, str):
            ending = Ending(state=State.HUMAN, reason=request)
        if ending is not None:
            if isinstance(ports.store.commit(ending_writes(ready.standing, ending, now, ports.entropy)), Cancelled):
                continue
            return _ended(ready.standing, ending, ports, now)
        sending = _intend(ready, ports, limits, now)
        if sending is not None and isinstance(request, HttpRequest) and _may_still(ready, sending, ports, now):
            outcome = ports.platform_of(order.platform).read_outcome(
                ports.http.send(request, limits.platform_timeout.total_seconds())
            )
            return _finish(sending, ready.reservation, outcome, ports, now, order.correlation)
    raise Contended(order.id)


def _ended(before: Standing, ending: Ending, ports: PostPorts, now: datetime) -> Done:
    """The reply will not go out: whoever was told that the machine speaks first is told otherwise."""
    tell_again(replace(before, state=ending.state), ports.store, ports.announcements, now, ending.reason)
    return Done(before.id, ending.state.value, ending.reason)


def _nothing_to_post(standing: Standing | None, order: envelope.Order, ports: PostPorts, now: datetime) -> Done:
    """Nothing is reserved any more. Whoever ended it may have died before people were told."""
    if standing is not None and standing.state is State.HUMAN:
        tell_again(standing, ports.store, ports.announcements, now, "not-posted")
    return Done(order.id, "nothing-to-post")


def _look(order: envelope.Order, ports: PostPorts) -> Ready | Standing | None:
    """Everything in one read; the standing alone where nothing is reserved (any more), None where it is another's order."""
    state = keys.state(order.platform, order.root, order.account)
    control = keys.control(order.platform, order.account)
    case = keys.case(order.platform, order.account, order.author)
    private = Key("private", order.id, sort_key("decision"))
    rows = ports.store.read([state, control, case, private])
    if state not in rows:
        return None
    standing = from_row(Standing, rows[state])
    if standing.id != order.id:
        return None
    if standing.state is not State.RESERVED:
        return standing
    return Ready(
        standing=standing,
        reservation=decode(Reservation, rows[private]["reservation"]),
        control=_readable(Control, rows.get(control)),
        case=_readable(Case, rows.get(case)),
        places=(control, case),
    )


def _readable(kind: type[D], row: Row | None) -> D | None:
    try:
        return None if row is None else from_row(kind, row)
    except ValueError:
        return None


def _intend(ready: Ready, ports: PostPorts, limits: Limits, now: datetime) -> Standing | None:
    """The durable, leased intent: on record first, then in the state, if nobody moved that meanwhile (None).

    Two writes by themselves. An attempt that is on record and was never begun says nothing wrong: a call may have followed.
    """
    assert ready.control is not None
    assert ready.standing.settle_at is not None
    lease = now + limits.lease
    sending = moved(
        ready.standing,
        State.SENDING,
        attempt=ready.standing.attempt + 1,
        lease_until=lease,
        settle_at=min(lease, ready.standing.settle_at),
    )
    record = followed(
        sending,
        "intent",
        number=sending.attempt,
        at=now,
        salt=ports.entropy(32),
        body={
            "attempt": sending.attempt,
            "lease_until": iso(lease),
            "deadline": iso(ready.reservation.deadline),
            "control_version": ready.control.version,
        },
    )
    # cancelled: this attempt is on record already, by somebody who died before it began
    ports.store.commit(record.writes())
    return None if isinstance(ports.store.commit([put_standing(ready.standing, sending)]), Cancelled) else sending


def _may_still(ready: Ready, sending: Standing, ports: PostPorts, now: datetime) -> bool:
    """The last look, after the intent: whoever paused or took the case before it is seen here, and the intent is withdrawn.

    Whoever does so later finds the state SENDING. So a state that is not SENDING after a pause says that no reply will start.
    """
    rows = ports.store.read(ready.places)
    control, case = (rows.get(place) for place in ready.places)
    if stop_for(ready.reservation, _readable(Control, control), _readable(Case, case), now) is None:
        return True
    # certainly not posted: reserved again, and the next look ends it
    ports.store.commit([put_standing(sending, moved(sending, State.RESERVED, lease_until=None))])
    return False


def _finish(
    sending: Standing, reservation: Reservation, outcome: PostOutcome, ports: PostPorts, now: datetime, correlation: str
) -> Done:
    """Write what became of the call. An unknown outcome writes nothing: ``settle_stale`` looks it up after the lease."""
    if isinstance(outcome, NotYet):
        again = now + timedelta(seconds=max(1, outcome.retry_after_s))
        if again <= reservation.deadline:
            return _try_later(sending, reservation, again, ports, now, correlation)
    writes = outcome_writes(sending, reservation, outcome, ports.entropy, now)
    if not writes:
        return Done(sending.id, "outcome-unknown")
    made_public(sending, reservation, outcome, ports.store, now)
    if isinstance(ports.store.commit(writes), Cancelled):
        return Done(sending.id, "settled-elsewhere")
    if isinstance(outcome, Posted):
        return Done(sending.id, State.POSTED.value)
    return _ended(sending, Ending(state=State.HUMAN, reason="not-posted"), ports, now)


def outcome_writes(
    sending: Standing,
    reservation: Reservation,
    outcome: PostOutcome,
    entropy: Callable[[int], bytes],
    now: datetime,
    *,
    looked_up: bool = False,
) -> list[Write]:
    """The end of an attempt: posted, or a person; nothing for an unknown outcome."""
    if isinstance(outcome, Posted):
        ending = Ending(state=State.POSTED, reason="posted", looked_up=looked_up, posted_id=outcome.post_id)
        return list(ending_writes(sending, ending, now, entropy, private={"post_id": outcome.post_id}))
    if isinstance(outcome, (Refused, NotYet)):
        reason = f"refused:{outcome.reason}" if isinstance(outcome, Refused) else "late"
        return list(ending_writes(sending, Ending(state=State.HUMAN, reason=reason, looked_up=looked_up), now, entropy))
    return []


def made_public(sending: Standing, reservation: Reservation, outcome: PostOutcome, store: Store, now: datetime) -> None:
    """What follows from a reply that everybody can read: its promise is open, and people are asked before they repeat its words.

    Two writes by themselves, before the outcome is recorded: both hold, whether or not that can be written. A promise that is
    open already was opened by whoever died then.
    """
    if isinstance(outcome, Posted):
        person = keys.person(reservation.platform, reservation.author_id).partition
        said = Said(at=now, by="machine", text=reservation.text, person=person)
        store.commit([opened(sending, reservation, now)])
        store.commit([said_row(reservation.platform, reservation.account, sending.id, said)])


def _try_later(
    sending: Standing, reservation: Reservation, again: datetime, ports: PostPorts, now: datetime, correlation: str
) -> Done:
    """Definitely not posted: the reservation stands again, and the queue brings it back when the platform allows."""
    waiting = moved(sending, State.RESERVED, lease_until=None, post_after=again, settle_at=reservation.deadline)
    if isinstance(ports.store.commit([put_standing(sending, waiting)]), Cancelled):
        return Done(sending.id, "settled-elsewhere")
    order_reply(waiting, ports.replies, now, correlation)
    return Done(sending.id, "tried-later")
