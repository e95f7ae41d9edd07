"""Decide one mention: gather, judge, one transaction; whoever loses reads the state and goes on from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.domain import keys
from chalicelib.domain.codec import instant
from chalicelib.domain.decision import Decision
from chalicelib.domain.fact import Fact, value_of
from chalicelib.domain.facts import NO_SIGNALS, Control, Facts
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.domain.state import State
from chalicelib.ports import Cancelled, Queue, Recogniser, Row, Store
from chalicelib.steps.around import Circumstances
from chalicelib.steps.bundles import Bundles, Loaded
from chalicelib.steps.challenge import Observer, challenge
from chalicelib.steps.done import Contended, Done, News, Trace, new_id, order_announcement, order_reply
from chalicelib.steps.gather import Gathered, gather, places_of
from chalicelib.steps.judge import Judgement, judge
from chalicelib.steps.pointer import WENT_BACK
from chalicelib.steps.recent import Recent
from chalicelib.steps.recognise import Nobody, recognised
from chalicelib.steps.rows import Standing
from chalicelib.steps.telling import tell_again
from chalicelib.steps.transaction import Plan, plan_of
from chalicelib.voice.compose import RUN, upcoming

ATTEMPTS = 8
"""How often a lost race is run again before the queue brings the mention back later."""

SPREAD = 8
"""Losers of a word lock choose among this many free words, so that they do not meet again at the next one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePorts:
    """What deciding may touch: the store, the two queues after it, the bundle and fresh randomness. It cannot post."""

    store: Store
    replies: Queue
    announcements: Queue
    bundles: Bundles
    entropy: Callable[[int], bytes]
    signals: Callable[[Mention], Fact[Mapping[str, str]]] = lambda mention: NO_SIGNALS
    """What is computed of a mention beside the rules; whatever does not answer in time makes it unknown."""
    recent: Recent = field(default_factory=Recent)
    """What this process saw of the rows that decisions share."""
    recogniser: Recogniser = field(default_factory=Nobody)
    challengers: Bundles | None = None
    """Where the policy comes from that is judged beside the one in force; None where nobody asks for one."""


def decide_mention(
    mention: Mention, ports: DecidePorts, limits: Limits, now: datetime, trace: Trace, premise: str | None = None
) -> Done:
    """One decision for one mention, whoever else tries; raises Contended or ``ports.Unavailable`` to be run again."""
    record = new_id(ports.entropy)
    for _ in range(ATTEMPTS):
        gathered, loaded = _gathered(mention, ports, limits, now)
        if gathered.standing is not None:
            return resume(gathered.standing, ports, now, trace.correlation)
        around = Circumstances(
            id=record,
            brand=loaded.brand_of(mention.platform, mention.account),
            now=now,
            limits=limits,
            policy_sha256=loaded.sha256,
            engine=ports.bundles.engine,
            secret=trace.secret,
            receive_count=trace.receive_count,
            correlation=trace.correlation,
        )
        facts = replace(gathered.facts, premise=premise, signals=ports.signals(mention))
        facts = recognised(facts, loaded.bundle, limits, ports.recogniser)
        settled = _commit(facts, loaded, around, ports)
        if settled is not None:
            done, live = settled
            if ports.challengers is not None and gathered.pointer and gathered.pointer.get("challenger"):
                observer = Observer(ports.challengers, ports.recogniser)
                challenge(gathered.pointer, facts, live, around, observer, ports.store, ports.entropy(32))
            return done
    raise Contended(record)


def _commit(facts: Facts, loaded: Loaded, around: Circumstances, ports: DecidePorts) -> tuple[Done, Decision] | None:
    """Judge and write, again only while nothing but the word was lost; None when the facts themselves have moved on."""
    taken, left = frozenset[str](), frozenset[str]()
    places = places_of(facts.mention, around.brand)
    for _ in range(ATTEMPTS):
        judgement = judge(facts, loaded, around.limits, taken, left)
        salts = (ports.entropy(32), ports.entropy(32))
        plan = plan_of(judgement, facts, places, around, taken, salts)
        # whatever may lose this race is read anew after it
        ports.recent.forget(write.key for write in plan.writes)
        if not taken and any(isinstance(ports.store.commit([claim]), Cancelled) for claim in plan.claims):
            return None
        result = ports.store.commit(plan.writes)
        if not isinstance(result, Cancelled):
            return _finished(plan, judgement, ports, around), judgement.decision
        if plan.word_place is None or result.places != {plan.word_place}:
            return None
        held, left = _held_words(judgement, value_of(facts.control, Control(version=0, mode="halted")), ports, around.now)
        taken |= held | left
    return None


def resume(standing: Standing, ports: DecidePorts, now: datetime, correlation: str = "") -> Done:
    """A mention that is decided already: its case is told again, a reply that still waits is queued again, the rest is done."""
    tell_again(standing, ports.store, ports.announcements, now)
    if standing.state is State.RESERVED:
        order_reply(standing, ports.replies, now, correlation)
        return Done(standing.id, "queued-again")
    return Done(standing.id, "already-decided")


def _gathered(mention: Mention, ports: DecidePorts, limits: Limits, now: datetime) -> tuple[Gathered, Loaded]:
    """The facts, with rows and bundle that belong together: a pointer that moved means a second look."""

    def seen(loaded: Loaded) -> Gathered:
        brand = loaded.brand_of(mention.platform, mention.account)
        return gather(mention, brand, ports.store, ports.recent, now, limits)

    loaded = ports.bundles.last
    gathered = seen(loaded)
    current = ports.bundles.named_by(gathered.pointer)
    if current.bundle == WENT_BACK:  # perhaps only kept from before somebody published
        ports.recent.forget([keys.pointer()])
        current = ports.bundles.named_by(seen(current).pointer)
    return (gathered, loaded) if current is loaded else (seen(current), current)


def _finished(plan: Plan, judgement: Judgement, ports: DecidePorts, around: Circumstances) -> Done:
    decision = judgement.decision
    if plan.case is not None:
        news = News(record=plan.standing.id, outcome=decision.outcome, rule=decision.rule, why=decision.why)
        order_announcement(plan.case, news, ports.announcements, around.now)
    if plan.standing.state is State.RESERVED:
        order_reply(plan.standing, ports.replies, around.now, around.correlation)
    return Done(plan.standing.id, plan.standing.state.value, decision.rule)


def _held_words(
    judgement: Judgement, control: Control, ports: DecidePorts, now: datetime
) -> tuple[frozenset[str], frozenset[str]]:
    """After a lost word: which of the next hundred are held, and a few of the free ones, which are left to other losers."""
    composed, voice = judgement.composed, judgement.voice
    assert composed is not None
    assert voice is not None
    following = [lock for _, lock in upcoming(voice, composed.next_cursor, RUN, frozenset(control.withdrawn))]
    rows = ports.store.read([keys.word(lock) for lock in following])
    held = {lock for lock in following if _is_held(rows.get(keys.word(lock)), now)}
    free = [lock for lock in following if lock not in held]
    left = free[: ports.entropy(1)[0] % min(SPREAD, len(free))] if free else []
    return frozenset({composed.lock, *held}), frozenset(left)


def _is_held(row: Row | None, now: datetime) -> bool:
    return row is not None and instant(str(row["expires"])) >= now
