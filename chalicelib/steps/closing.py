"""End a reservation, or move it on: every write of a state after the decision goes through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.codec import Json
from chalicelib.domain.state import TERMINAL, State, move
from chalicelib.ports import Put, Write
from chalicelib.steps.records import terminal
from chalicelib.steps.rows import Standing, to_row, unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a mention ends: where it goes and why. ``looked_up`` says that the platform was asked what became of the post."""

    state: State
    reason: str
    looked_up: bool = False
    posted_id: str | None = None


OUTCOMES = {State.POSTED: "acknowledge", State.HUMAN: "human", State.IGNORED: "ignore"}


def moved(standing: Standing, after: State, **changes: object) -> Standing:
    """``standing`` in its next state; raises IllegalMove where the table has no such move."""
    return replace(standing, state=move(standing.state, after), version=standing.version + 1, **changes)  # type: ignore[arg-type]


def put_standing(before: Standing, after: Standing) -> Write:
    """The write of a state, if it is still the one that was read; what has ended leaves the due-time index."""
    assert (after.settle_at is None) == (after.state in TERMINAL)
    return Put(after.key, to_row(after, key=after.key, due=after.settle_at), when=unchanged(before.version))


def ending_writes(
    before: Standing, ending: Ending, now: datetime, entropy: Callable[[int], bytes], private: Mapping[str, Json] | None = None
) -> Sequence[Write]:
    """State and terminal record of an end: the state comes first in the transaction."""
    after = moved(before, ending.state, posted_id=ending.posted_id, lease_until=None, settle_at=None)
    record = terminal(
        after,
        outcome=OUTCOMES[ending.state],
        reason=ending.reason,
        at=now,
        salt=entropy(32),
        looked_up=ending.looked_up,
        private=private,
    )
    return [put_standing(before, after), *record.writes()]
