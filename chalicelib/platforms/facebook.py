"""Facebook Pages: the handshake, the signature, feed, mention and ratings changes, replies as comments by the Graph API.

Sources: Meta for Developers, webhooks and Page webhook reference (Graph API 25.0), and ``meta_parts``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified
from chalicelib.platforms.contract import Platform
from chalicelib.platforms.meta_parts import door, envelope, feed, graph, values


class Facebook:
    """See the contract. A secret is the app secret, or ``verify:`` and the token of the handshake; posting is by a Page token."""

    endpoint: str | None = graph.ENDPOINT
    length_limit = 8_000
    not_offered = values.NOT_OFFERED

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """The challenge, where the verify token is ours."""
        return door.handshake(webhook, secrets)

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """The MAC over the raw body under a live app secret."""
        return door.verify(webhook, secrets)

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """Everything that the body says about our Pages."""
        return envelope.read(verified, "page", "facebook", feed.read)

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The comment under the reserved post or comment; raises ValueError where the credentials are unusable."""
        return graph.post_request(reservation, "comments", endpoint, credentials)

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of the comment."""
        return graph.read_outcome(carried)

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The newest comments under the post; raises ValueError where the credentials are unusable."""
        return graph.lookup_request(reservation, "comments", endpoint, credentials)

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our comment among them, or that it is not there."""
        return graph.read_lookup(reservation, carried)


PLATFORM: Platform = Facebook()
