"""LinkedIn organizations: the challenge, the signature with its own prefix, social action notifications, comments as replies.

Sources: LinkedIn documentation, "Webhook validation" (challenge within 3 s, ``X-LI-Signature``), and ``linkedin_parts``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified
from chalicelib.platforms.contract import Keeping, Platform
from chalicelib.platforms.linkedin_parts import notifications, posting
from chalicelib.platforms.linkedin_parts.keeping import LinkedInKeeping
from chalicelib.platforms.reading.document import parse
from chalicelib.platforms.signing.mac import live_keys, matching

MINIMUM_BYTES = 16
"""Shortest client secret that counts: LinkedIn has given out random ones of 16 characters, too many to guess."""

_HEADER = "x-li-signature"
_PREFIX = b"hmacsha256="
_CHALLENGE = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def signature(key: bytes, body: bytes) -> bytes:
    """What the header holds: the MAC in hex of a prefix and the body. The prefix is signed, and is not in the header."""
    return _mac(key, _PREFIX + body)


def challenge_answer(key: bytes, code: str) -> str:
    """The JSON that LinkedIn expects for ``code``."""
    return json.dumps({"challengeCode": code, "challengeResponse": _mac(key, code.encode()).decode()})


class LinkedIn:
    """See the contract. A secret is a client secret; posting is by an access token of a member who may speak for the page."""

    endpoint: str | None = "https://api.linkedin.com"
    length_limit = 1_250
    not_offered = frozenset(
        {
            "language",
            "author.name",
            "author.followers",
            "author.verified",
            "author.created_at",
            "author.bot",
            "history",
            "open_ticket",
            "channels_tried",
        }
    )

    keeping: Keeping = LinkedInKeeping()

    needs_attestation = True
    """LinkedIn's user agreement (8.2) forbids comments by automated methods: people answer, unless a deployment may more."""

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """The answer to ``GET ?challengeCode=…``, signed with the newest secret.

        Only a UUID is signed. The code of a challenge is signed without the prefix: one that began with it would be a body.
        """
        code = webhook.query.get("challengeCode")
        if webhook.method != "GET" or code is None:
            return None
        if not _CHALLENGE.fullmatch(code):
            return Rejected("challenge-malformed")
        keys = _keys(secrets)
        if not keys or keys[0][0] != "current":
            return Rejected("no-secret")
        return Answer(200, "application/json", challenge_answer(keys[0][1], code))

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """The MAC under a live client secret. LinkedIn signs no time: replays end at the mention's key and its freshness."""
        presented = webhook.headers.get(_HEADER)
        if presented is None:
            return Rejected("signature-missing")
        keys = _keys(secrets)
        if not keys:
            return Rejected("no-secret")
        matched = matching(keys, [presented.encode("utf-8", "replace")], lambda key: signature(key, webhook.body))
        return Rejected("signature") if matched is None else Verified(webhook, matched)

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """Everything that the body says about our organizations."""
        document = parse(verified.webhook.body)
        return document if isinstance(document, Unreadable) else notifications.read(document, verified)

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The comment under the reserved post or comment; raises ValueError where the credentials are unusable."""
        return posting.post_request(reservation, endpoint, credentials)

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of the comment."""
        return posting.read_outcome(carried)

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The comments under the post; raises ValueError where the credentials are unusable."""
        return posting.lookup_request(reservation, endpoint, credentials)

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our comment among them, or that it is not there."""
        return posting.read_lookup(reservation, carried)


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).hexdigest().encode()


def _keys(live: Secrets) -> tuple[tuple[str, bytes], ...]:
    return live_keys([value.encode() for value in live.values], MINIMUM_BYTES)


PLATFORM: Platform = LinkedIn()
