"""Instagram: the handshake, the signature, comments and mentions in every envelope, replies to comments by the Graph API.

Sources: Meta for Developers, webhooks and Instagram webhook reference (Graph API 25.0), and ``meta_parts``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified
from chalicelib.platforms.contract import Platform
from chalicelib.platforms.meta_parts import comments, door, envelope, graph, values


class Instagram:
    """See the contract. A secret is the app secret, or ``verify:`` and the handshake's token; posting is by an access token."""

    endpoint: str | None = graph.ENDPOINT
    length_limit = 300
    not_offered = values.NOT_OFFERED | {"author.name"}

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """The challenge, where the verify token is ours."""
        return door.handshake(webhook, secrets)

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """The MAC over the raw body under a live app secret."""
        return door.verify(webhook, secrets)

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """Everything that the body says about our accounts."""
        return envelope.read(verified, "instagram", "instagram", comments.read)

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The reply under the reserved comment; raises ValueError where the credentials are unusable."""
        return graph.post_request(reservation, "replies", endpoint, credentials)

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of the reply."""
        return graph.read_outcome(carried)

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The replies under the comment; raises ValueError where the credentials are unusable."""
        return graph.lookup_request(reservation, "replies", endpoint, credentials)

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our reply among them, or that it is not there."""
        return graph.read_lookup(reservation, carried)


PLATFORM: Platform = Instagram()
