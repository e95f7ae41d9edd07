"""Tell people of a mention again: whoever decided or posted may have died before they were told, or things changed since."""

from __future__ import annotations

from datetime import datetime

from chalicelib.audit.record import sort_key
from chalicelib.domain import keys
from chalicelib.domain.decision import Outcome
from chalicelib.domain.keys import Key
from chalicelib.domain.state import State
from chalicelib.ports import Queue, Store
from chalicelib.steps.casework import beside, case_holding
from chalicelib.steps.done import News, order_announcement
from chalicelib.steps.rows import Standing


def tell_again(standing: Standing, store: Store, announcements: Queue, now: datetime, fell_through: str | None = None) -> None:
    """Announce the case of a decided mention as it is now; nothing where nobody waits any more.

    ``fell_through`` is why an acknowledgement that was decided did not go out: people were told of it as the least urgent.
    """
    if standing.state is State.IGNORED:
        return
    place, half = (
        keys.case(standing.platform, standing.account, standing.author),
        Key("private", standing.id, sort_key("decision")),
    )
    rows = store.read([place, beside(place, standing.id), half])
    case = case_holding(standing.id, place, rows)
    if case is None or case.status == "closed":
        return
    decision = rows.get(half, {}).get("half", {}).get("decision", {})
    spoken = standing.state is not State.HUMAN and decision.get("outcome") == Outcome.ACKNOWLEDGE.value
    news = News(
        record=standing.id,
        outcome=Outcome.ACKNOWLEDGE if spoken else Outcome.HUMAN,
        rule=fell_through or str(decision.get("rule", case.reason)),
        why="The acknowledgement could not go out." if fell_through else str(decision.get("why", "")),
    )
    order_announcement(case, news, announcements, now)
