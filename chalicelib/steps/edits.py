"""An edit never earns a second reply; while the first is held, the new words must earn it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.audit.record import sort_key
from chalicelib.domain import keys
from chalicelib.domain.codec import decode
from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import NOT_ASKED, Case, Facts, Person, Thread
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.domain.state import State
from chalicelib.policy.deciding.decide import decide
from chalicelib.ports import Cancelled, Write
from chalicelib.steps.casework import case_for, put_case
from chalicelib.steps.closing import Ending, ending_writes, put_standing
from chalicelib.steps.decide import DecidePorts, resume
from chalicelib.steps.done import Contended, Done, News, order_announcement
from chalicelib.steps.optout import silencing
from chalicelib.steps.recognise import recognised
from chalicelib.steps.records import followed, next_number
from chalicelib.steps.rows import Standing, fact_of, from_row

ATTEMPTS = 4


def note_edit(mention: Mention, standing: Standing, ports: DecidePorts, limits: Limits, now: datetime) -> Done:
    """Record an edit of a decided mention. A held reply stays only if the new words earn it with the same topic."""
    for _ in range(ATTEMPTS):
        number = next_number(ports.store, standing.id, "edited", mention.post_id)
        if number is None:
            return resume(standing, ports, now)
        state, place = keys.state(mention.platform, mention.root_id, mention.account), _case_place(mention)
        first = Key("private", standing.id, sort_key("decision"))
        person = keys.person(mention.platform, keys.author_of(mention))
        thread = keys.thread(mention.platform, keys.thread_of(mention))
        rows = ports.store.read([state, first, place, keys.pointer(), person, thread])
        standing = from_row(Standing, rows[state])
        loaded = ports.bundles.named_by(rows.get(keys.pointer()))
        facts = decode(Facts, rows[first]["half"]["facts"])
        edited = replace(facts, mention=mention, now=now, posting_at=now + limits.hold, premise=None, ordinary=NOT_ASKED)
        edited = replace(edited, signals=ports.signals(mention))
        again = decide(recognised(edited, loaded.bundle, limits, ports.recogniser), loaded.bundle, limits)
        kept = standing.state is not State.RESERVED or _still_earned(again, rows[first]["reservation"])
        case = from_row(Case, rows[place]) if place in rows else None
        joined = None
        writes = list(_writes(mention, standing, again, kept, number, ports, now))
        if case is not None and again.outcome is not Outcome.IGNORE and case.status != "closed":
            brand = loaded.brand_of(mention.platform, mention.account)
            joined = case_for(case, again, record=standing.id, brand=brand, key=place, now=now)
            writes.append(put_case(joined, place, case.version))
        if again.outcome is Outcome.HUMAN:
            who = fact_of(Person, rows, person, Known(Person()), now)
            writes += silencing(again, (person, who), (thread, fact_of(Thread, rows, thread, Known(Thread()), now)))
        if not isinstance(ports.store.commit(writes), Cancelled):
            if case is not None and joined is not None and (not kept or joined.priority < case.priority):
                news = News(record=standing.id, outcome=Outcome.HUMAN, rule=again.rule, why=again.why)
                order_announcement(joined, news, ports.announcements, now)
            return Done(standing.id, "edit-noted" if kept else "edited-to-human", again.rule)
    raise Contended(standing.id)


def _writes(
    mention: Mention,
    standing: Standing,
    again: Decision,
    kept: bool,
    number: int,
    ports: DecidePorts,
    now: datetime,
) -> list[Write]:
    record = followed(
        standing,
        "edited",
        number=number,
        at=now,
        salt=ports.entropy(32),
        body={"state": standing.state.value, "outcome": again.outcome.value, "rule": again.rule, "kept": kept},
        private={"post_id": mention.post_id, "text": getattr(mention.text, "value", None)},
    )
    if not kept:
        return [*ending_writes(standing, Ending(state=State.HUMAN, reason="edited"), now, ports.entropy), *record.writes()]
    if standing.state is State.RESERVED:
        renewed = replace(standing, version=standing.version + 1)
        return [put_standing(standing, renewed), *record.writes()]
    return record.writes()


def _still_earned(again: Decision, reservation: object) -> bool:
    topic = reservation.get("topic") if isinstance(reservation, dict) else None
    return again.outcome is Outcome.ACKNOWLEDGE and again.topic == topic


def _case_place(mention: Mention) -> Key:
    return keys.case(mention.platform, mention.account, keys.author_of(mention))
