"""The envelopes of Meta, taken apart into changes: ``entry[].changes[]``, flat ``entry[].field``, and private messaging.

Sources: Meta for Developers, webhook reference of Page and Instagram; "Webhook notification examples" of the Instagram
platform (flat entries, lists at the top); Messenger platform (``messaging``, ``standby``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.domain.fact import Fact, Known, Unknown, value_of
from chalicelib.domain.notice import Misread, Notice, OwnPost
from chalicelib.domain.webhook import Unreadable, Verified
from chalicelib.platforms.meta_parts.values import identifier, moment
from chalicelib.platforms.reading import fields
from chalicelib.platforms.reading.document import parse
from chalicelib.platforms.reading.misread import misread

MOST = 1_000
"""Parts of one webhook at most: Meta batches no more."""

_PRIVATE = ("messaging", "standby")
_PRIVATE_ID = re.compile(r"[A-Za-z0-9_.:$=-]{1,300}")
_TEST = Known("0")
"""The account in what Meta's dashboard sends to try an endpoint out."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change that a webhook tells about an account of ours. ``value`` is Unknown where the change has none.

    ``sent`` is when Meta says that it sent the entry, in whole seconds.
    """

    platform: str
    account: str
    field: str
    value: Any
    sent: Fact[datetime]
    verified: Verified

    def misread(self, reason: str) -> Misread:
        """The notice where the change cannot be read."""
        return _misread(self.platform, reason, self.verified, {"field": self.field, "value": _shown(self.value)})


Reader = Callable[[Change], tuple[Notice, ...]]


def read(verified: Verified, about: str, platform: str, reader: Reader) -> tuple[Notice, ...] | Unreadable:
    """Every notice of the webhook, in its order. ``about`` is what its ``object`` says where it says anything."""
    document = parse(verified.webhook.body)
    if isinstance(document, Unreadable):
        return document
    deliveries = document if isinstance(document, list) else [document]
    entries: list[Any] = []
    for delivery in deliveries:
        found = fields.rows(delivery, "entry")
        if isinstance(found, Unknown) or fields.find(delivery, "object") not in (about, Unknown("missing")):
            return Unreadable("unknown-type")
        entries += found
    if not entries:
        return Unreadable("no-entries")
    if len(entries) > MOST or sum(map(_size, entries)) > MOST:
        return Unreadable("too-many")
    return tuple(notice for entry in entries for notice in _notices(entry, platform, verified, reader))


def _size(entry: Any) -> int:
    return sum(len(found) for name in ("changes", *_PRIVATE) if isinstance(found := fields.rows(entry, name), list))


def _notices(entry: Any, platform: str, verified: Verified, reader: Reader) -> Iterator[Notice]:
    account = identifier(entry, "id")
    if account == _TEST:
        return
    private = isinstance(entry, dict) and any(name in entry for name in _PRIVATE)
    if private:
        yield from _private(entry, platform, value_of(account, ""), verified)
    parts = _parts(entry)
    if parts is None or not (parts or private):
        yield _misread(platform, "unknown-envelope", verified, _public(entry))
    for part in parts or ():
        name = fields.find(part, "field")
        if not isinstance(account, Known) or not isinstance(name, str):
            yield _misread(platform, "no-field" if isinstance(account, Known) else "no-account", verified, part)
        else:
            yield from reader(Change(platform, account.value, name, fields.find(part, "value"), moment(entry, "time"), verified))


def _parts(entry: Any) -> list[Any] | None:
    """The changes of an entry, whichever way it holds them; None where it holds them in none that we know."""
    changes = fields.rows(entry, "changes")
    if changes == Unknown("malformed"):
        return None
    flat = [entry] if fields.find(entry, "field") != Unknown("missing") else []
    return [*(changes if isinstance(changes, list) else ()), *flat]


def _private(entry: dict[str, Any], platform: str, account: str, verified: Verified) -> Iterator[Notice]:
    """What matters of private conversations, which are none of our business: that we wrote one, that Meta punished us.

    An echo is the account writing to a person: whoever did that has the conversation. Its words stay private.
    """
    for row in [row for name in _PRIVATE if isinstance(found := fields.rows(entry, name), list) for row in found]:
        if isinstance(row, dict) and {"policy-enforcement", "policy_enforcement"} & row.keys():
            yield _misread(platform, "policy-enforcement", verified, row)
            continue
        ours = any(fields.find(row, *path) is True for path in (("message", "is_echo"), ("message", "is_self"), ("is_self",)))
        id = fields.identifier(_PRIVATE_ID, row, "message", "mid")
        if ours and account and isinstance(id, Known):
            yield OwnPost(
                platform=platform,
                account=account,
                post_id=id.value,
                text="",
                reply_to_post=None,
                reply_to_user=fields.or_none(identifier(row, "recipient", "id")),
                thread_id=None,
                created_at=None,
                delivery_id=None,
                received_at=verified.webhook.received_at,
            )


def _misread(platform: str, reason: str, verified: Verified, part: Any) -> Misread:
    return misread(platform, reason, verified, json.dumps(part).encode())


def _public(entry: Any) -> Any:
    """The entry without private conversations: a person who looks at what could not be read has no business there."""
    return {name: value for name, value in entry.items() if name not in _PRIVATE} if isinstance(entry, dict) else entry


def _shown(value: Any) -> Any:
    return None if isinstance(value, Unknown) else value
