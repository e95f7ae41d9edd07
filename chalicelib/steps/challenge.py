"""Let a second bundle judge the same facts after the live decision is written: recorded, never sent, never in the way."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain import keys
from chalicelib.domain.codec import Json, encode
from chalicelib.domain.decision import Decision
from chalicelib.domain.facts import Facts
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.ports import Recogniser, Row, Store
from chalicelib.steps.around import Circumstances
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.judge import judge
from chalicelib.steps.recognise import recognised
from chalicelib.steps.records import MACHINE, Written, happened

FAILED = "failed"
"""The outcome on record where the challenger could not be loaded or broke down."""


@dataclass(frozen=True, slots=True)
class Observer:
    """What judging beside the live policy needs: where challengers lie, and the recogniser, which may not have been asked."""

    bundles: Bundles
    recogniser: Recogniser


def challenge(
    pointer: Row, facts: Facts, live: Decision, around: Circumstances, observer: Observer, store: Store, salt: bytes
) -> None:
    """Record what the challenger that ``pointer`` names would have done.

    Never raises, and comes last: the live decision is committed and its work is queued. If the Lambda dies in here, the
    mention comes back, is found decided, and the challenger is not asked again.
    """
    if facts.premise is not None:
        return
    sha256 = str(pointer["challenger"])
    try:
        written = _judged(sha256, facts, live, around, observer, salt)
        store.commit(written.writes())
    except Exception:
        return  # the challenger is an observer: whatever happens to its record, the mention is decided


def _judged(sha256: str, facts: Facts, live: Decision, around: Circumstances, observer: Observer, salt: bytes) -> Written:
    decision, reason = None, ""
    try:
        loaded = observer.bundles.of(sha256)
        if isinstance(loaded.bundle, Broken):
            reason = loaded.bundle.reason
        else:
            asked = recognised(facts, loaded.bundle, around.limits, observer.recogniser)
            decision = judge(asked, loaded, around.limits).decision
    except Exception as error:
        reason = f"error-{type(error).__name__.lower()}"
    return _record(sha256, decision, reason, facts, live, around, salt)


def _record(
    sha256: str,
    decision: Decision | None,
    reason: str,
    facts: Facts,
    live: Decision,
    around: Circumstances,
    salt: bytes,
) -> Written:
    body: dict[str, Json] = {
        "sha256": f"sha256:{sha256}",
        "outcome": decision.outcome.value if decision else FAILED,
        "rule": decision.rule if decision else None,
        "live": live.outcome.value,
        "reason": reason or None,
    }
    person = keys.person(facts.mention.platform, keys.author_of(facts.mention)).partition
    return happened(
        id=around.id,
        kind="challenged",
        at=around.now,
        brand=around.brand.id if around.brand else "unknown",
        actor=MACHINE,
        body=body,
        private={"decision": encode(decision)} if decision else None,
        salt=salt,
        person=person,
    )
