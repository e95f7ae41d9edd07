"""Posting a comment in the name of an organization, and finding it again.

Source: LinkedIn Marketing documentation, Comments API (``/rest/socialActions``). There is no idempotency key, so an unknown
outcome is looked up, never sent again.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from chalicelib.domain.fact import Known
from chalicelib.domain.outcome import (
    Carried,
    HttpRequest,
    HttpResponse,
    LookUp,
    NotFound,
    Posted,
    PostOutcome,
    Refused,
    Undecided,
)
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.linkedin_parts import urns
from chalicelib.platforms.reading import answers, fields

VERSION = "202608"
"""The API's month (``LinkedIn-Version``). LinkedIn turns each off after about a year: this one around August 2027."""

TOKEN = re.compile(r"[A-Za-z0-9_.=~+/-]{20,2000}")
_NUMBER = re.compile(r"[0-9]{1,25}")
_REFUSALS = {403: "not-permitted", 404: "gone", 409: "duplicate", 410: "gone"}
_PAGE = 100


def post_request(reservation: Reservation, endpoint: str, credentials: Secrets) -> HttpRequest:
    """The comment under the reserved post or comment. Raises ValueError where the credentials or the post are unusable."""
    url = _address(reservation, endpoint)
    body: dict[str, Any] = {
        "actor": urns.organization_urn(reservation.account),
        "object": urns.thread_of(reservation.post_id),
        "message": {"text": reservation.text},
    }
    if urns.is_comment(reservation.post_id):
        body["parentComment"] = reservation.post_id
    sent = {**headers(credentials), "content-type": "application/json"}
    return HttpRequest(method="POST", url=url, headers=sent, body=json.dumps(body).encode())


def lookup_request(reservation: Reservation, endpoint: str, credentials: Secrets) -> HttpRequest:
    """The comments under the post. Raises ValueError as ``post_request``."""
    url = f"{_address(reservation, endpoint)}?start=0&count={_PAGE}"
    return HttpRequest(method="GET", url=url, headers=headers(credentials))


def read_outcome(carried: Carried) -> PostOutcome:
    """What LinkedIn's answer means. Only a 201 that names the comment is a post; what is not understood may be one."""
    response = answers.common_outcome(carried)
    if not isinstance(response, HttpResponse):
        return response
    if response.status in (200, 201):
        return _named(response)
    if response.status in _REFUSALS or response.status in answers.REFUSED:
        return Refused(_REFUSALS.get(response.status, "refused"))
    return Undecided(f"http-{response.status}")


def _named(response: HttpResponse) -> PostOutcome:
    """The comment's URN as the webhook will spell it, else the number that LinkedIn puts into a header."""
    urn = urns.post(answers.document(response), "commentUrn")
    if isinstance(urn, Known):
        return Posted(urn.value)
    header = response.headers.get("x-restli-id", "")
    number = urns.one_spelling(header) or (header if _NUMBER.fullmatch(header) else None)
    return Undecided("no-post-id") if number is None else Posted(number)


def read_lookup(reservation: Reservation, carried: Carried) -> LookUp:
    """Our comment: by the organization, with the same words, under the post that we asked about."""
    if not isinstance(carried, HttpResponse) or carried.status != 200:
        return Undecided(f"http-{carried.status}" if isinstance(carried, HttpResponse) else "not-sent")
    document = answers.document(carried)
    rows = fields.rows(document, "elements")
    if not isinstance(rows, list):
        return Undecided("unreadable")
    for row in rows:
        found = urns.post(row, "commentUrn")
        if isinstance(found, Known) and _is_ours(row, reservation):
            return Posted(found.value)
    total = fields.or_none(fields.whole(document, "paging", "total")) or 0
    return Undecided("more-pages") if max(total, len(rows) + (len(rows) >= _PAGE)) > len(rows) else NotFound()


def _is_ours(row: Any, reservation: Reservation) -> bool:
    text = fields.find(row, "message", "text")
    by_us = urns.actor(row, "actor") == Known(reservation.account)
    return by_us and isinstance(text, str) and answers.same_text(text, reservation.text)


def _address(reservation: Reservation, endpoint: str) -> str:
    if urns.one_spelling(reservation.post_id) != reservation.post_id:
        raise ValueError("the post that is answered has no name of LinkedIn's")
    return f"{endpoint}/rest/socialActions/{quote(reservation.post_id, safe='')}/comments"


def headers(credentials: Secrets) -> dict[str, str]:
    """What every request of the API carries. Raises ValueError where the credentials are unusable."""
    token = credentials.values[0] if credentials.values else ""
    if not TOKEN.fullmatch(token):
        raise ValueError("the secret posting/linkedin/<account> must be the access token that LinkedIn gave out")
    return {
        "accept": "application/json",
        "authorization": f"Bearer {token}",
        "linkedin-version": VERSION,
        "x-restli-protocol-version": "2.0.0",
    }
