"""Posting a reply through the Graph API, and finding it again. ``edge`` is ``comments`` (Facebook) or ``replies`` (Instagram).

Source: Meta for Developers, Graph API 25.0: object comments, IG comment replies, error handling. There is no idempotency
key, so an unknown outcome is looked up, never sent again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.fact import Known
from chalicelib.domain.outcome import (
    Carried,
    HttpRequest,
    HttpResponse,
    LookUp,
    NotFound,
    NotYet,
    Posted,
    PostOutcome,
    Refused,
    Undecided,
)
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.meta_parts.values import ID, identifier
from chalicelib.platforms.reading import answers, fields

ENDPOINT = "https://graph.facebook.com/v25.0"
"""With the version: an address without one means whatever version is the oldest that still lives."""

TOKEN = re.compile(r"[A-Za-z0-9_.|-]{20,1000}")
_THROTTLED = frozenset({4, 17, 32, 613, 80001, 80002, 80006})
_GONE_SUBCODE = 33
_REFUSALS: Mapping[int, str] = MappingProxyType(
    {
        **dict.fromkeys(range(200, 300), "not-permitted"),
        3: "not-permitted",
        10: "not-permitted",
        102: "auth-dead",
        190: "auth-dead",
        368: "abuse-flag",
        506: "duplicate",
        803: "gone",
    }
)
"""Error code → what it means. Codes 1 and 2 say that Meta does not know either, so they are not here."""


def post_request(reservation: Reservation, edge: str, endpoint: str, credentials: Secrets) -> HttpRequest:
    """The reply under the reserved post. Raises ValueError where the credentials or the post id are unusable."""
    body = urlencode({"message": reservation.text}).encode()
    headers = {**_headers(reservation, credentials), "content-type": "application/x-www-form-urlencoded"}
    return HttpRequest(method="POST", url=_address(reservation, edge, endpoint), headers=headers, body=body)


def lookup_request(reservation: Reservation, edge: str, endpoint: str, credentials: Secrets) -> HttpRequest:
    """The newest replies under the post. Raises ValueError as ``post_request``."""
    shown = {"comments": "id,from,message", "replies": "id,from,text"}[edge]
    order = {"order": "reverse_chronological"} if edge == "comments" else {}
    query = urlencode({"fields": shown, **order, "limit": "100"})
    url = f"{_address(reservation, edge, endpoint)}?{query}"
    return HttpRequest(method="GET", url=url, headers=_headers(reservation, credentials))


def read_outcome(carried: Carried) -> PostOutcome:
    """What Meta's answer means. A clean no is a 4xx with an error code that says so; the status alone says little."""
    response = answers.common_outcome(carried)
    if not isinstance(response, HttpResponse):
        return response
    document = answers.document(response)
    if response.status in (200, 201):
        found = identifier(document, "id")
        return Posted(found.value) if isinstance(found, Known) else Undecided("no-post-id")
    code = fields.find(document, "error", "code")
    if not 400 <= response.status < 500 or type(code) is not int:
        return Undecided(f"http-{response.status}")
    if code in _THROTTLED:
        return NotYet("throttled", answers.wait_s(response.headers))
    if code == 100:
        return Refused("gone" if fields.find(document, "error", "error_subcode") == _GONE_SUBCODE else "refused")
    return Refused(_REFUSALS[code]) if code in _REFUSALS else Undecided(f"graph-{code}"[:40])


def read_lookup(reservation: Reservation, carried: Carried) -> LookUp:
    """Our reply: by the account (or, on Instagram, under its name), with the same words."""
    if not isinstance(carried, HttpResponse) or carried.status != 200:
        return Undecided(f"http-{carried.status}" if isinstance(carried, HttpResponse) else "not-sent")
    document = answers.document(carried)
    rows = fields.rows(document, "data")
    if not isinstance(rows, list):
        return Undecided("unreadable")
    for row in rows:
        found = identifier(row, "id")
        if isinstance(found, Known) and _is_ours(row, reservation):
            return Posted(found.value)
    return Undecided("more-pages") if isinstance(fields.find(document, "paging", "next"), str) else NotFound()


def _is_ours(row: Any, reservation: Reservation) -> bool:
    texts = [fields.find(row, name) for name in ("message", "text")]
    by_account = identifier(row, "from", "id") == Known(reservation.account)
    # An Instagram account has one id as an account and another as an author; its name is the same.
    by_name = fields.find(row, "from", "username") == reservation.handle
    return (by_account or by_name) and any(isinstance(text, str) and answers.same_text(text, reservation.text) for text in texts)


def _address(reservation: Reservation, edge: str, endpoint: str) -> str:
    if not ID.fullmatch(reservation.post_id):
        raise ValueError("the post that is answered has no id of Meta's")
    return f"{endpoint}/{reservation.post_id}/{edge}"


def _headers(reservation: Reservation, credentials: Secrets) -> dict[str, str]:
    """The token travels in a header: an address ends up in logs."""
    token = credentials.values[0] if credentials.values else ""
    if not TOKEN.fullmatch(token):
        raise ValueError(f"the secret posting/{reservation.platform}/<account> must be the access token that Meta gave out")
    return {"accept": "application/json", "authorization": f"Bearer {token}"}
