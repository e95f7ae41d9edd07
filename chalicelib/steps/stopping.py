"""Whatever may stop a reserved reply at the last moment: pure, asked right before the intent."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.facts import Case, Control
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.state import State
from chalicelib.steps.casework import NATIVE
from chalicelib.steps.closing import Ending


def stop_for(reservation: Reservation, control: Control | None, case: Case | None, now: datetime) -> Ending | None:
    """Why the reply may not go out, None if it may. A record that is missing or unreadable (None) stops it."""
    if case is not None and case.owner == NATIVE:
        return Ending(state=State.IGNORED, reason="answered-natively")
    why = _late(reservation, now) or _switched_off(reservation, control) or _taken(reservation, case)
    return Ending(state=State.HUMAN, reason=why) if why else None


def _late(reservation: Reservation, now: datetime) -> str | None:
    if now > reservation.deadline:
        return "late"
    return "stale" if now > reservation.fresh_until else None


def _switched_off(reservation: Reservation, control: Control | None) -> str | None:
    if control is None:
        return "control-unreadable"
    if control.mode != "live":
        return "not-live"
    if any(scope in ("all", "brand", "account", f"topic:{reservation.topic}") for scope in control.paused):
        return "paused"
    return "wording-withdrawn" if set(control.withdrawn) & set(reservation.wordings) else None


def _taken(reservation: Reservation, case: Case | None) -> str | None:
    """A person has it, or the author wrote again: the reply was earned by words that are no longer the last ones."""
    if case is None:
        return "case-unreadable"
    if case.status != "open" or case.owner is not None:
        return "taken-by-a-person"
    return None if case.mentions[-1:] == (reservation.id,) else "author-wrote-again"
