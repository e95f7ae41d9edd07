"""Any relay: the body of ``docs/relay.schema.json`` signed by Standard Webhooks, and a door for replies (``docs/relay.md``)."""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified
from chalicelib.platforms.contract import Keeping, Platform
from chalicelib.platforms.reading.document import parse
from chalicelib.platforms.reading.health import NothingToKeep
from chalicelib.platforms.relay_parts import meaning, replies
from chalicelib.platforms.relay_parts.body import opened
from chalicelib.platforms.signing import standard


class Relay:
    """See the contract. Secrets are ``whsec_…`` (v1) and ``whpk_…`` (v1a); posting is signed with a ``whsec_…``."""

    endpoint: str | None = None
    length_limit = 280
    not_offered: frozenset[str] = frozenset()
    keeping: Keeping = NothingToKeep()

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """Standard Webhooks has no handshake."""
        return None

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """The signature over id, time and raw body, then the time."""
        found = standard.verify(webhook.headers, webhook.body, secrets, now, tolerance)
        return found if isinstance(found, Rejected) else Verified(webhook, secret=found[1], delivery_id=found[0])

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """The one notice of the body."""
        document = parse(verified.webhook.body)
        body = document if isinstance(document, Unreadable) else opened(document)
        return body if isinstance(body, Unreadable) else (meaning.notice(body, verified),)

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The reply under the reserved post; raises ValueError where the credentials are unusable."""
        return replies.post_request(reservation, endpoint, credentials, now, nonce)

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of the reply."""
        return replies.read_outcome(carried)

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The replies under the post; raises ValueError where the credentials are unusable."""
        return replies.lookup_request(reservation, endpoint, credentials, now, nonce)

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our reply among them, or that it is not there."""
        return replies.read_lookup(reservation, carried)


PLATFORM: Platform = Relay()
