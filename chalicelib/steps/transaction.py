"""The one transaction that decides a mention: record, state, case, locks and budgets, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.decision import Outcome
from chalicelib.domain.fact import Known, value_of
from chalicelib.domain.facts import Acknowledged, Budget, Case, Facts, ThreadPost
from chalicelib.domain.keys import Key
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.state import State, move
from chalicelib.ports import Absent, AbsentOrBefore, Below, Equals, Put, Update, Write
from chalicelib.steps.around import Circumstances
from chalicelib.steps.casework import beside, case_for, put_case
from chalicelib.steps.gather import HOUR, Places
from chalicelib.steps.judge import Judgement, word_expiry
from chalicelib.steps.optout import silencing
from chalicelib.steps.records import decided, terminal
from chalicelib.steps.rows import USED, Standing, budget_row, to_row, unchanged
from chalicelib.steps.tally import counted
from chalicelib.steps.threads import put_thread
from chalicelib.voice.compose import Composed

KEPT_ACKNOWLEDGEMENTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The writes in order; ``word_place`` says which condition means "word lost".

    ``case`` is what waits for a person once they are written, None for an ignored mention. ``claims`` are written before them,
    each by itself and at half the price: what is claimed by a decision that is never written does no harm.
    """

    standing: Standing
    case: Case | None
    claims: tuple[Write, ...]
    writes: tuple[Write, ...]
    word_place: int | None


def plan_of(
    judgement: Judgement, facts: Facts, places: Places, around: Circumstances, taken: frozenset[str], salts: tuple[bytes, bytes]
) -> Plan:
    """Everything that deciding writes. ``salts`` are two fresh 32-byte values, for the decision and its end."""
    outcome = judgement.decision.outcome
    reservation = _reservation(judgement, facts, around) if outcome is Outcome.ACKNOWLEDGE else None
    standing = _standing(facts, around, outcome, reservation)
    records = [decided(judgement, facts, around, reservation, taken, salts[0])]
    if reservation is None:
        records.append(terminal(standing, outcome=outcome.value, reason=judgement.decision.rule, at=around.now, salt=salts[1]))
    writes: list[Write] = [Put(places.state, to_row(standing, key=places.state, due=standing.settle_at), when=(Absent(),))]
    writes += [write for record in records for write in record.writes()]
    case = None
    if outcome is not Outcome.IGNORE:
        case, answering = _answering(judgement, facts, places, around)
        writes.append(answering)
    if outcome is Outcome.HUMAN:
        writes += silencing(judgement.decision, (places.person, facts.person), (places.thread, facts.thread))
    word_place = None
    if reservation is not None and judgement.composed is not None:
        word_place = len(writes)
        writes += _speaking(judgement, judgement.composed, facts, places, around, reservation)
    return Plan(
        standing=standing,
        case=case,
        claims=_claims(judgement, facts, places, around),
        writes=tuple(writes),
        word_place=word_place,
    )


def _claims(judgement: Judgement, facts: Facts, places: Places, around: Circumstances) -> tuple[Write, ...]:
    """The reply lock of the root post, and who speaks of what.

    An accepted mention is always decided in the end, so the account that holds the lock will answer, whoever of its processes
    claimed it. A mention that is tallied twice is the same person. What goes to a person although a sister answers needs no lock.
    """
    outcome, account, holder = judgement.decision.outcome, facts.mention.account, value_of(facts.holder, None)
    if outcome is Outcome.IGNORE:
        return ()
    lock = [Put(places.lock, {"account": account}, when=(Absent(),))]
    if holder == account or (holder is not None and outcome is Outcome.HUMAN):
        lock = []
    if around.brand is None:
        return tuple(lock)
    return (*lock, counted(facts.mention, judgement.decision, around.brand.id, around.id, around.now))


def _standing(facts: Facts, around: Circumstances, outcome: Outcome, reservation: Reservation | None) -> Standing:
    mention = facts.mention
    after = {Outcome.ACKNOWLEDGE: State.RESERVED, Outcome.HUMAN: State.HUMAN, Outcome.IGNORE: State.IGNORED}[outcome]
    return Standing(
        id=around.id,
        state=move(None, after),
        version=1,
        platform=mention.platform,
        account=mention.account,
        root=mention.root_id,
        post_id=mention.post_id,
        brand=around.brand.id if around.brand else "unknown",
        author=keys.author_of(mention),
        thread=keys.thread_of(mention),
        post_after=facts.posting_at if reservation else None,
        deadline=reservation.deadline if reservation else None,
        settle_at=facts.posting_at + around.limits.lease if reservation else None,
    )


def _reservation(judgement: Judgement, facts: Facts, around: Circumstances) -> Reservation:
    """The frozen right to post; raises AssertionError where the decision could not have been an acknowledgement."""
    mention, composed, brand = facts.mention, judgement.composed, around.brand
    assert composed is not None
    assert brand is not None
    assert isinstance(mention.created_at, Known)
    assert isinstance(mention.author.id, Known)
    account = next(one for one in brand.accounts if (one.platform, one.id) == (mention.platform, mention.account))
    return Reservation(
        id=around.id,
        platform=mention.platform,
        account=mention.account,
        handle=account.handle,
        post_id=mention.post_id,
        author_id=mention.author.id.value,
        thread=keys.thread_of(mention),
        topic=judgement.decision.topic or "",
        text=composed.text,
        wordings=composed.marks,
        deadline=mention.received_at + around.limits.deadline,
        fresh_until=mention.created_at.value + around.limits.freshness,
        due=judgement.due.due if judgement.due else None,
    )


def _answering(judgement: Judgement, facts: Facts, places: Places, around: Circumstances) -> tuple[Case, Write]:
    """The case that every mention which is not ignored opens or joins.

    Beside a case row that cannot be read it opens one of its own: a person must see it all the same.
    """
    before = facts.case.value if isinstance(facts.case, Known) else None
    place = places.case if isinstance(facts.case, Known) else beside(places.case, around.id)
    case = case_for(
        before,
        judgement.decision,
        record=around.id,
        brand=around.brand,
        key=place,
        now=around.now,
        promised=judgement.due.due if judgement.due else None,
    )
    return case, put_case(case, place, before.version if before else 0)


def _speaking(
    judgement: Judgement, composed: Composed, facts: Facts, places: Places, around: Circumstances, reservation: Reservation
) -> list[Write]:
    """The lock on the word (first), the budget with its cursor, and what the person and the thread have now had."""
    expires = iso(reservation.deadline + word_expiry(around.limits))
    assert isinstance(facts.person, Known)
    assert isinstance(facts.thread, Known)
    person, thread = facts.person.value, facts.thread.value
    had = Acknowledged(at=around.now, thread=reservation.thread, opening=composed.opening, due=reservation.due)
    said = ThreadPost(at=around.now, by="machine", text=composed.text)
    return [
        Put(keys.word(composed.lock), {"expires": expires, "id": around.id}, when=(AbsentOrBefore("expires", iso(around.now)),)),
        _spend(judgement, composed, facts, places.budget, around.now),
        Put(
            places.person,
            to_row(
                replace(
                    person,
                    version=person.version + 1,
                    acknowledged=(*person.acknowledged, had)[-KEPT_ACKNOWLEDGEMENTS:],
                ),
                key=places.person,
            ),
            when=unchanged(person.version),
        ),
        put_thread(places.thread, thread, (*thread.posts, said), acknowledgements=1),
    ]


def _spend(judgement: Judgement, composed: Composed, facts: Facts, key: Key, now: datetime) -> Write:
    """One acknowledgement of this hour's budget, and the cursor moved on: the count is a condition, the cursor a hint."""
    assert isinstance(facts.budget, Known)
    assert judgement.decision.limit is not None
    rule, hour, budget = judgement.decision.rule, iso(now)[:HOUR], facts.budget.value
    if budget.hour == hour:
        return Update(
            key,
            set={"cursor": composed.next_cursor},
            add={USED + rule: 1},
            when=(Equals("hour", hour), Below(USED + rule, judgement.decision.limit.per_hour)),
        )
    fresh = Budget(hour=hour, used={rule: 1}, cursor=composed.next_cursor)
    return Put(key, budget_row(fresh), when=(Equals("hour", budget.hour),) if budget.hour else (Absent(),))
