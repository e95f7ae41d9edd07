"""X: the Activity API and the older Account Activity API, the challenge, both signature headers, replies by API v2.

Sources: X developer documentation (webhooks, X Activity API, Account Activity API, manage posts) of 2026-08-22.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified
from chalicelib.platforms.contract import Keeping, Platform
from chalicelib.platforms.reading.document import parse
from chalicelib.platforms.signing.mac import MINIMUM_BYTES, base64_sha256, live_keys, matching
from chalicelib.platforms.x_parts import account_activity, activity, posting
from chalicelib.platforms.x_parts.keeping import XKeeping

_HEADERS = {"oauth2": "x-twitter-webhooks-signature-oauth2", "consumer": "x-twitter-webhooks-signature"}
"""Which kind of secret keys which header; where the first is present it alone decides."""

_CHALLENGE = r"[A-Za-z0-9_.~+/=-]{1,512}"
_CHALLENGE_TEXT = re.compile(_CHALLENGE)
_CHALLENGE_BYTES = re.compile(_CHALLENGE.encode())


def signature(key: bytes, content: bytes) -> bytes:
    """``sha256=`` and the MAC in base64: of a body, or of the token of a challenge."""
    return b"sha256=" + base64_sha256(key, content)


def challenge_answer(key: bytes, token: str) -> str:
    """The JSON that X expects for ``token``."""
    return json.dumps({"response_token": signature(key, token.encode()).decode()})


class X:
    """See the contract. A secret is the text X gave, or that text after ``oauth2:`` or ``consumer:`` to key one header only."""

    endpoint: str | None = "https://api.x.com"
    length_limit = 280
    not_offered = frozenset({"history", "open_ticket", "channels_tried"})
    keeping: Keeping = XKeeping()

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """The answer to ``GET ?crc_token=…``, signed with the newest secret.

        X signs a token as it signs a body, so anybody could have a body signed by asking for it as a token: a token is
        answered only if it cannot be a body, and ``verify`` refuses every body that could be a token.
        """
        token = webhook.query.get("crc_token")
        if webhook.method != "GET" or token is None:
            return None
        if not _CHALLENGE_TEXT.fullmatch(token):
            return Rejected("challenge-malformed")
        key = _newest(secrets)
        if len(key) < MINIMUM_BYTES:
            return Rejected("no-secret")
        return Answer(200, "application/json", challenge_answer(key, token))

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """The MAC over the raw body. X signs no time: replays end at the mention's key and its freshness."""
        kind = next((kind for kind, name in _HEADERS.items() if name in webhook.headers), None)
        if kind is None:
            return Rejected("signature-missing")
        keys = live_keys(_keyed(secrets, kind))
        if not keys:
            return Rejected("no-secret")
        presented = webhook.headers[_HEADERS[kind]].encode("utf-8", "replace")
        matched = matching(keys, [presented], lambda key: signature(key, webhook.body))
        if matched is None:
            return Rejected("signature")
        if _CHALLENGE_BYTES.fullmatch(webhook.body):
            return Rejected("could-be-a-challenge")
        return Verified(webhook, matched)

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """Everything that the body says, in whichever of the two shapes."""
        document = parse(verified.webhook.body)
        if isinstance(document, Unreadable):
            return document
        if not isinstance(document, dict):
            return Unreadable("not-an-object")
        if "data" in document:
            return activity.read(document, verified)
        return account_activity.read(document, verified)

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The reply under the reserved post; raises ValueError where the credentials are unusable."""
        return posting.post_request(reservation, endpoint, credentials, now, nonce)

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of the reply."""
        return posting.read_outcome(carried)

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The account's own timeline since the post; raises ValueError where the credentials are unusable."""
        return posting.lookup_request(reservation, endpoint, credentials, now, nonce)

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our reply in the timeline, or that it is not there."""
        return posting.read_lookup(reservation, carried)


def _kind_and_key(value: str) -> tuple[str | None, bytes]:
    prefix, colon, rest = value.partition(":")
    return (prefix, rest.encode()) if colon and prefix in _HEADERS else (None, value.encode())


def _keyed(live: Secrets, kind: str) -> list[bytes]:
    """The keys of one header, newest first: those of its kind and those of none."""
    pairs = [_kind_and_key(value) for value in live.values]
    return [key for found, key in pairs if found in (kind, None)]


def _newest(live: Secrets) -> bytes:
    """The newest key of any kind, empty where there is none."""
    return _kind_and_key(live.values[0])[1] if live.values else b""


PLATFORM: Platform = X()
