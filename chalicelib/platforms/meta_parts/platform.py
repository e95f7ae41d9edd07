"""What Facebook Pages and Instagram do alike: the door, the envelopes and the Graph API; they differ in what is given here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified
from chalicelib.platforms.contract import Keeping
from chalicelib.platforms.meta_parts import door, envelope, graph


@dataclass(slots=True, kw_only=True)
class Meta:
    """See the contract. A secret is the app secret, or ``verify:`` and the handshake's token; posting is by an access token.

    ``about`` is what a body's ``object`` says, ``reader`` reads one change, ``edge`` is where the Graph API takes replies.
    """

    name: str
    about: str
    reader: envelope.Reader
    edge: str
    length_limit: int
    not_offered: frozenset[str]
    keeping: Keeping
    endpoint: str | None = graph.ENDPOINT

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """The challenge, where the verify token is ours."""
        return door.handshake(webhook, secrets)

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """The MAC over the raw body under a live app secret."""
        return door.verify(webhook, secrets)

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """Everything that the body says about our accounts."""
        return envelope.read(verified, self.about, self.name, self.reader)

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The reply under the reserved post or comment; raises ValueError where the credentials are unusable."""
        return graph.post_request(reservation, self.edge, endpoint, credentials)

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of the reply."""
        return graph.read_outcome(carried)

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The newest replies under it; raises ValueError where the credentials are unusable."""
        return graph.lookup_request(reservation, self.edge, endpoint, credentials)

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our reply among them, or that it is not there."""
        return graph.read_lookup(reservation, carried)
