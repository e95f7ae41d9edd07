"""One case and one announcement for what is wrong with an account: people are told once, and again only after they closed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from chalicelib.domain import keys
from chalicelib.domain.account import Account, Brand
from chalicelib.domain.decision import Outcome
from chalicelib.domain.facts import Case
from chalicelib.ports import Cancelled, Queue, Store
from chalicelib.steps.casework import due_of, put_case
from chalicelib.steps.done import Done, News, new_id, order_announcement
from chalicelib.steps.records import WATCHER, happened
from chalicelib.steps.rows import from_row

PRIORITY = 1

WHY: Mapping[str, str] = MappingProxyType(
    {
        "webhook-missing": "The platform knows no webhook of ours: no mention arrives.",
        "webhook-invalid": "The platform has stopped using our webhook: no mention arrives.",
        "subscription-missing": "The platform no longer tells us of this account: no mention arrives.",
        "token-dead": "The platform refuses the token of this account: nothing can be posted.",
        "token-ends": "The token of this account ends within a week and could not be renewed.",
        "no-mentions": "Nobody has mentioned this account for five times as long as usual.",
        "machine-post-unknown": "The account said something in the machine's words that the ledger does not know.",
        "nobody-can-tell": "For six hours the platform has not said whether it still hears us.",
    }
)
"""Everything that an account is watched for. The keys are the reasons in log lines, records and announcements."""


def alarm(
    reason: str,
    account: Account,
    brand: Brand,
    store: Store,
    announcements: Queue,
    entropy: Callable[[int], bytes],
    now: datetime,
) -> Done:
    """Open the one case for this reason, write its record and tell people; nothing where that case is open."""
    place = keys.alarm(account.platform, account.id, reason)
    row = store.read([place]).get(place)
    before = from_row(Case, row) if row is not None else None
    if before is not None and before.status != "closed":
        return Done(before.id, "alarm-goes-on", reason)
    case = Case(
        version=1 + (before.version if before else 0),
        id=new_id(entropy),
        brand=brand.id,
        conversation=place.partition,
        status="open",
        owner=None,
        reason=reason,
        department=":".join(brand.surge_departments),
        priority=PRIORITY,
        opened=now,
        due=due_of(brand, PRIORITY, now),
        mentions=(),
    )
    written = happened(
        id=case.id,
        kind="alarm",
        at=now,
        brand=brand.id,
        actor=WATCHER,
        body={"platform": account.platform, "reason": reason, "departments": list(brand.surge_departments)},
        salt=entropy(32),
    )
    if isinstance(store.commit([put_case(case, place, before.version if before else 0), *written.writes()]), Cancelled):
        return Done(case.id, "contended", reason)
    news = News(record=case.id, outcome=Outcome.HUMAN, rule=reason, why=WHY[reason])
    for department in brand.surge_departments:
        order_announcement(replace(case, department=department), news, announcements, now)
    return Done(case.id, "alarm", reason)
