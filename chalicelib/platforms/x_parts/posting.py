"""Posting a reply on X, and finding it again: ``POST /2/tweets`` and the account's own timeline.

Source: X API v2 (OpenAPI 2.167): there is no idempotency key, so an unknown outcome is looked up, never sent again.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

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
from chalicelib.platforms.reading import answers, fields
from chalicelib.platforms.x_parts.post import ID

_TOKENS = ("consumer_key", "consumer_secret", "token", "token_secret")
_LEADING_NAMES = re.compile(r"\A(?:@\w{1,15}\s+)+")
_REFUSALS = (
    ("duplicate", re.compile(r"duplicate content", re.IGNORECASE)),
    ("gone", re.compile(r"deleted or not visible", re.IGNORECASE)),
    ("abuse-flag", re.compile(r"automated|suspended|temporarily locked|spam", re.IGNORECASE)),
)
"""What the ``detail`` of a 403 says, and what that means. A 403 with any other words is ``not-permitted``."""


def post_request(reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str) -> HttpRequest:
    """The reply under the reserved post. Raises ValueError where the credentials are unusable."""
    body = {"text": reservation.text, "reply": {"in_reply_to_tweet_id": reservation.post_id}}
    return signed("POST", f"{endpoint}/2/tweets", json.dumps(body).encode(), credentials, now, nonce)


def lookup_request(reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str) -> HttpRequest:
    """The account's posts since the post that was answered. Raises ValueError where the credentials are unusable."""
    query = urlencode(
        {
            "since_id": reservation.post_id,
            "max_results": "100",
            "tweet.fields": "referenced_tweets,author_id,created_at,text,in_reply_to_user_id",
        }
    )
    url = f"{endpoint}/2/users/{quote(reservation.account, safe='')}/tweets?{query}"
    return signed("GET", url, b"", credentials, now, nonce)


def read_outcome(carried: Carried) -> PostOutcome:
    """What X's answer means. Only a 201 with an id is a post; what is not understood may be one."""
    response = answers.common_outcome(carried)
    if not isinstance(response, HttpResponse):
        return response
    if response.status in (200, 201):
        found = fields.identifier(ID, answers.document(response), "data", "id")
        return Posted(found.value) if isinstance(found, Known) else Undecided("no-post-id")
    if response.status == 403 or response.status in answers.REFUSED:
        return Refused(_refusal(response))
    return Undecided(f"http-{response.status}")


def read_lookup(reservation: Reservation, carried: Carried) -> LookUp:
    """Our reply: by the account, under the post, with the same words (X may put names before them)."""
    if not isinstance(carried, HttpResponse) or carried.status != 200:
        return Undecided(f"http-{carried.status}" if isinstance(carried, HttpResponse) else "not-sent")
    document = answers.document(carried)
    if not isinstance(document, dict) or not isinstance(document.get("data", []), list):
        return Undecided("unreadable")
    for row in document.get("data", []):
        found = fields.identifier(ID, row, "id")
        if isinstance(found, Known) and _is_ours(row, reservation):
            return Posted(found.value)
    more = fields.find(document, "meta", "next_token")
    return Undecided("more-pages") if isinstance(more, str) else NotFound()


def _is_ours(row: Any, reservation: Reservation) -> bool:
    references = fields.rows(row, "referenced_tweets")
    answered = (
        [fields.find(one, "id") for one in references if fields.find(one, "type") == "replied_to"]
        if isinstance(references, list)
        else []
    )
    text = fields.find(row, "text")
    return (
        fields.find(row, "author_id") == reservation.account
        and reservation.post_id in answered
        and isinstance(text, str)
        and answers.same_text(_LEADING_NAMES.sub("", text), _LEADING_NAMES.sub("", reservation.text))
    )


def _refusal(response: HttpResponse) -> str:
    detail = fields.find(answers.document(response), "detail")
    found = detail if isinstance(detail, str) else ""
    reason = next((reason for reason, pattern in _REFUSALS if pattern.search(found)), None)
    return reason or ("not-permitted" if response.status == 403 else "refused")


def signed(method: str, url: str, body: bytes, credentials: Secrets, now: datetime, nonce: str) -> HttpRequest:
    """The request with OAuth 1.0a user context (RFC 5849, HMAC-SHA1): a JSON body is not part of what is signed."""
    # The receiver imports this file too and never posts: it should not pay for the import.
    from oauthlib.oauth1 import SIGNATURE_HMAC_SHA1, Client  # noqa: PLC0415

    keys = _credentials(credentials)
    client = Client(
        client_key=keys["consumer_key"],
        client_secret=keys["consumer_secret"],
        resource_owner_key=keys["token"],
        resource_owner_secret=keys["token_secret"],
        signature_method=SIGNATURE_HMAC_SHA1,
        nonce=nonce,
        timestamp=str(int(now.timestamp())),
    )
    headers = {"Content-Type": "application/json"} if body else {}
    signed_url, signed, _body = client.sign(url, http_method=method, headers=headers)
    named = {str(name).lower(): str(value) for name, value in signed.items()}
    return HttpRequest(method=method, url=signed_url, headers={"accept": "application/json", **named}, body=body)


def _credentials(credentials: Secrets) -> dict[str, str]:
    try:
        found = json.loads(credentials.values[0])
        keys = {name: found[name] for name in _TOKENS}
    except (IndexError, KeyError, TypeError, ValueError):
        keys = {}
    if not keys or not all(isinstance(key, str) and key for key in keys.values()):
        raise ValueError(f"the secret posting/x/<account> must be a JSON object with the texts {', '.join(_TOKENS)}")
    return keys
