"""What a step says when it is through, and how it says that it must be run again."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import envelope
from chalicelib.domain.announcement import Announcement
from chalicelib.domain.decision import Outcome
from chalicelib.domain.facts import Case
from chalicelib.ports import Queue
from chalicelib.steps.rows import Standing

LONGEST_DELAY_S = 900
"""What a queue can hold back (SQS: 15 minutes); a reply due later comes back early and is held again."""


class Contended(Exception):
    """Somebody else kept changing the same rows. Nothing is lost: the queue brings the work back."""


@dataclass(frozen=True, slots=True)
class Trace:
    """How a notice reached its step: how often the queue delivered it, which secret signed it, what the log calls it by."""

    receive_count: int = 1
    secret: str = "current"
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What a step did, in slugs and ids only: one log line.

    ``correlation`` is what the log calls the delivery by, ``since`` when it came (for an announcement: was ordered).
    """

    id: str
    did: str
    rule: str = ""
    correlation: str = ""
    since: datetime | None = None


def new_id(entropy: Callable[[int], bytes]) -> str:
    """A record id: 80 random bits in base 32. It says nothing about the mention."""
    return base64.b32encode(entropy(10)).decode().lower()


def order_reply(standing: Standing, replies: Queue, now: datetime, correlation: str = "") -> None:
    """Queue the post for the end of the hold."""
    wait = 0 if standing.post_after is None else max(0, round((standing.post_after - now).total_seconds()))
    order = envelope.Order(
        schema=envelope.SCHEMA,
        id=standing.id,
        platform=standing.platform,
        root=standing.root,
        account=standing.account,
        author=standing.author,
        correlation=correlation,
    )
    replies.send(envelope.pack(order), delay_s=min(wait, LONGEST_DELAY_S))


LEAST_URGENT = 4


@dataclass(frozen=True, slots=True)
class News:
    """What is told of a mention beside its case: its record id, its outcome, and the rule with its words."""

    record: str
    outcome: Outcome
    rule: str
    why: str


def order_announcement(case: Case, news: News, announcements: Queue, now: datetime) -> None:
    """Queue that people are told. An acknowledged mention is told as the least urgent there is: the machine speaks first."""
    order = Announcement(
        schema=envelope.SCHEMA,
        record=news.record,
        case=case.id,
        version=case.version,
        brand=case.brand,
        priority=LEAST_URGENT if news.outcome is Outcome.ACKNOWLEDGE else case.priority,
        department=case.department,
        outcome=news.outcome.value,
        rule=news.rule,
        why=news.why,
        due=case.due,
        at=now,
    )
    announcements.send(envelope.pack(order))
