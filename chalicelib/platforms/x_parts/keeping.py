"""Whether X still hears us: our webhook, our subscription, our grant, and what the account made public.

Source: X API v2 (OpenAPI 2.167): ``GET /2/webhooks`` and ``GET /2/activity/subscriptions`` take the app's own bearer token,
which does not expire; ``GET /2/users/me`` and the timeline take the account's OAuth 1.0a keys, which do not expire either.
"""

from __future__ import annotations

import contextlib
import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.domain.codec import iso
from chalicelib.domain.fact import Known
from chalicelib.domain.health import Health, Ill, Keys, Probe, Sound, Unclear
from chalicelib.domain.notice import OwnPost
from chalicelib.domain.outcome import Carried, HttpRequest
from chalicelib.platforms.reading import fields, health
from chalicelib.platforms.x_parts import posting
from chalicelib.platforms.x_parts.post import ID

_BEARER = re.compile(r"[A-Za-z0-9_.~+/=%-]{20,1000}")
_OURS = "/webhooks/x"
"""How the address of our webhook ends."""

MENTIONS = "post.mention.create"


class XKeeping(health.NothingToKeep):
    """See ``Keeping``. The secret ``keeping/x/<account>`` is the app's bearer token."""

    asks: tuple[str, ...] = ("webhook", "subscription", "token")

    def probes(self, account: str, endpoint: str, keys: Keys, now: datetime, nonce: str) -> tuple[Probe, ...]:
        """Webhook and subscription by the app's token, the grant by the account's."""
        found = []
        bearer = keys.keeping.values[0] if keys.keeping.values else ""
        if _BEARER.fullmatch(bearer):
            headers = {"accept": "application/json", "authorization": f"Bearer {bearer}"}
            for name, path in (("webhook", "/2/webhooks"), ("subscription", "/2/activity/subscriptions?max_results=100")):
                found.append(Probe(name, HttpRequest(method="GET", url=endpoint + path, headers=headers)))
        with contextlib.suppress(ValueError):
            found.append(Probe("token", posting.signed("GET", f"{endpoint}/2/users/me", b"", keys.posting, now, nonce)))
        return tuple(found)

    def read_probe(self, name: str, account: str, carried: Carried) -> Health:
        """See ``Keeping``."""
        document = health.document_of(carried)
        if isinstance(document, Unclear):
            return health.dead_or(carried, document) if name == "token" else document
        match name:
            case "webhook":
                return _webhook(document)
            case "subscription":
                return _subscription(document, account)
        return Sound() if fields.find(document, "data", "id") == account else Unclear("another-account")

    def own_posts(
        self, account: str, endpoint: str, keys: Keys, since: datetime, now: datetime, nonce: str
    ) -> HttpRequest | None:
        """The account's timeline: posts and replies, newest first."""
        query = urlencode(
            {
                "start_time": iso(since)[:19] + "Z",
                "max_results": "100",
                "tweet.fields": "referenced_tweets,author_id,conversation_id,created_at,text,in_reply_to_user_id",
            }
        )
        url = f"{endpoint}/2/users/{quote(account, safe='')}/tweets?{query}"
        try:
            return posting.signed("GET", url, b"", keys.posting, now, nonce)
        except ValueError:
            return None

    def read_own_posts(self, account: str, carried: Carried, now: datetime) -> tuple[OwnPost, ...] | Unclear:
        """See ``Keeping``; an answer without any ``data`` says that there are none."""
        document = health.document_of(carried)
        if isinstance(document, Unclear):
            return document
        listed = _listed(document)
        if listed is None:
            return Unclear("unreadable")
        return tuple(post for row in listed if (post := _own_post(row, account, now)) is not None)


def _listed(document: object) -> list[Any] | None:
    """X leaves ``data`` out where it would be empty."""
    listed = document.get("data", []) if isinstance(document, dict) else None
    return listed if isinstance(listed, list) else None


def _webhook(document: object) -> Health:
    listed = _listed(document)
    if listed is None:
        return Unclear("unreadable")
    ours = [row for row in listed if str(fields.find(row, "url")).split("?")[0].endswith(_OURS)]
    if any(fields.flag(row, "valid") == Known(True) for row in ours):
        return Sound()
    return Ill("webhook-invalid" if ours else "webhook-missing")


def _subscription(document: object, account: str) -> Health:
    listed = _listed(document)
    if listed is None:
        return Unclear("unreadable")
    for row in listed:
        if fields.find(row, "event_type") == MENTIONS and fields.find(row, "filter", "user_id") == account:
            return Sound()
    more = fields.find(document, "meta", "next_token")
    return Unclear("more-pages") if isinstance(more, str) else Ill("subscription-missing")


def _own_post(row: object, account: str, now: datetime) -> OwnPost | None:
    """A row that cannot be read is nobody's proof of anything."""
    id, text = fields.identifier(ID, row, "id"), fields.text(row, "text")
    if not isinstance(id, Known) or not isinstance(text, Known) or fields.find(row, "author_id") != account:
        return None
    references = fields.rows(row, "referenced_tweets")
    answered = [
        fields.find(one, "id")
        for one in (references if isinstance(references, list) else [])
        if fields.find(one, "type") == "replied_to"
    ]
    return OwnPost(
        platform="x",
        account=account,
        post_id=id.value,
        text=text.value,
        reply_to_post=answered[0] if answered and isinstance(answered[0], str) else None,
        reply_to_user=fields.or_none(fields.identifier(ID, row, "in_reply_to_user_id")),
        thread_id=fields.or_none(fields.identifier(ID, row, "conversation_id")),
        created_at=fields.or_none(fields.moment(row, "created_at")),
        delivery_id=None,
        received_at=now,
    )
