"""A post that is gone gets no reply: a deletion seen first is remembered, one seen in the hold ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain import keys
from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.facts import Case
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Author, Deletion, Form, Mention
from chalicelib.domain.state import State
from chalicelib.ports import Cancelled, Write
from chalicelib.steps.casework import put_case
from chalicelib.steps.closing import Ending, ending_writes
from chalicelib.steps.decide import DecidePorts, decide_mention
from chalicelib.steps.done import Contended, Done, Trace
from chalicelib.steps.records import followed, next_number
from chalicelib.steps.rows import Standing, from_row

ATTEMPTS = 4
GONE = "mention-gone"


def note_deletion(deletion: Deletion, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace) -> Done:
    """End a mention that has no reply yet as ignored; note the deletion where it came too late."""
    place = keys.state(deletion.platform, deletion.root_id, deletion.account)
    for _ in range(ATTEMPTS):
        row = ports.store.read([place]).get(place)
        if row is None:
            done = decide_mention(ghost_of(deletion), ports, limits, now, trace, premise=GONE)
            if done.did == State.IGNORED.value:
                return done
            continue
        standing = from_row(Standing, row)
        if standing.state is State.IGNORED:
            return Done(standing.id, "already-decided")
        if standing.state is State.RESERVED:
            writes = [
                *ending_writes(standing, Ending(state=State.IGNORED, reason=GONE), now, ports.entropy),
                *_closed_case(standing, ports),
            ]
        else:
            number = next_number(ports.store, standing.id, "deleted", deletion.post_id)
            if number is None:
                return Done(standing.id, "already-decided")
            writes = followed(
                standing,
                "deleted",
                number=number,
                at=now,
                salt=ports.entropy(32),
                body={"state": standing.state.value, "reason": GONE},
                private={"post_id": deletion.post_id},
            ).writes()
        if not isinstance(ports.store.commit(writes), Cancelled):
            return Done(standing.id, "deletion-noted")
    raise Contended(deletion.root_id)


def _closed_case(standing: Standing, ports: DecidePorts) -> list[Write]:
    """Nobody need wait for a case that holds nothing but the post that is gone."""
    place = keys.case(standing.platform, standing.account, standing.author)
    row = ports.store.read([place]).get(place)
    if row is None:
        return []
    case = from_row(Case, row)
    if case.status != "open" or case.mentions != (standing.id,):
        return []
    return [put_case(replace(case, version=case.version + 1, status="closed"), place, case.version)]


def ghost_of(gone: Deletion) -> Mention:
    """A mention of which only its place is known: nobody can say any more what it said."""
    lost = Unknown("deleted")
    return Mention(
        platform=gone.platform,
        account=gone.account,
        post_id=gone.post_id,
        root_id=gone.root_id,
        delivery_id=gone.delivery_id,
        received_at=gone.received_at,
        created_at=lost,
        text=lost,
        author=Author(
            id=Known(gone.author_id) if gone.author_id else lost,
            handle=lost,
            name=lost,
            followers=lost,
            verified=lost,
            created_at=lost,
            bot=lost,
        ),
        language=lost,
        summoned=lost,
        form=Form.POST,
        edited=False,
        thread_id=lost,
        reply_to_post=None,
        reply_to_user=None,
        media=lost,
        tagged=(),
        history=NotOffered(),
        open_ticket=NotOffered(),
        channels_tried=NotOffered(),
    )
