"""The replies door of a relay: one signed POST per reply, one signed GET to find it again (``docs/relay.md``)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from urllib.parse import quote

from chalicelib.domain.codec import iso
from chalicelib.domain.fact import Known, Unknown
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
from chalicelib.platforms.reading import answers, fields
from chalicelib.platforms.relay_parts.body import ID
from chalicelib.platforms.signing import standard

_REFUSALS = {403: "not-permitted", 404: "gone", 410: "gone"}


def post_request(reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str) -> HttpRequest:
    """``POST {endpoint}``. The idempotency key and the delivery id are the reservation: a retry is the same reply.

    Raises ValueError where the credentials are unusable. ``nonce`` is not needed: the reservation is the nonce.
    """
    body = {
        "type": "reply.create",
        "timestamp": iso(now),
        "data": {
            "platform": reservation.platform.removeprefix("relay:"),
            "account": reservation.account,
            "in_reply_to": reservation.post_id,
            "text": reservation.text,
            "idempotency_key": reservation.id,
        },
    }
    return _signed("POST", endpoint, json.dumps(body).encode(), _delivery(reservation.id), credentials, now)


def lookup_request(reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str) -> HttpRequest:
    """``GET {endpoint}?in_reply_to=…``, signed over the empty body. Raises ValueError where the credentials are unusable."""
    joined = "&" if "?" in endpoint else "?"
    url = f"{endpoint}{joined}in_reply_to={quote(reservation.post_id, safe='')}"
    return _signed("GET", url, b"", _delivery(nonce), credentials, now)


def read_outcome(carried: Carried) -> PostOutcome:
    """What the relay's answer means. A 409 with an id is our own earlier reply under the same idempotency key."""
    response = answers.common_outcome(carried)
    if not isinstance(response, HttpResponse):
        return response
    if 200 <= response.status < 300 or response.status == 409:
        found = fields.identifier(ID, answers.document(response), "id")
        return Posted(found.value) if isinstance(found, Known) else Undecided("no-post-id")
    if response.status in _REFUSALS or response.status in answers.REFUSED:
        return Refused(_REFUSALS.get(response.status, "refused"))
    return Undecided(f"http-{response.status}")


def read_lookup(reservation: Reservation, carried: Carried) -> LookUp:
    """Our reply in the list of replies under the post: by the account, with the same words."""
    if not isinstance(carried, HttpResponse) or carried.status != 200:
        return Undecided(f"http-{carried.status}" if isinstance(carried, HttpResponse) else "not-sent")
    found = answers.document(carried)
    if not isinstance(found, list):
        return Undecided("unreadable")
    for row in found:
        post_id = fields.identifier(ID, row, "id")
        if isinstance(post_id, Known) and _is_ours(row, reservation):
            return Posted(post_id.value)
    return NotFound()


def _is_ours(row: Any, reservation: Reservation) -> bool:
    text, under = fields.find(row, "text"), fields.find(row, "in_reply_to")
    return (
        fields.find(row, "account") == reservation.account
        and under in (Unknown("missing"), reservation.post_id)
        and isinstance(text, str)
        and answers.same_text(text, reservation.text)
    )


def _delivery(wanted: str) -> str:
    """``wanted``, or its hash where it has characters that a delivery id must not have."""
    return wanted if standard.ID.fullmatch(wanted) else hashlib.sha256(wanted.encode("utf-8", "replace")).hexdigest()


def _signed(method: str, url: str, body: bytes, delivery: str, credentials: Secrets, now: datetime) -> HttpRequest:
    if not credentials.values:
        raise ValueError("there is no secret for the replies door of this relay: store one as 'whsec_' + base64")
    headers = {"accept": "application/json", **standard.sign(credentials.values[0], delivery, now, body)}
    return HttpRequest(
        method=method, url=url, headers=headers | ({"content-type": "application/json"} if body else {}), body=body
    )
