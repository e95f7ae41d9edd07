"""What a platform file offers. Total functions: any bytes give a value, never an exception."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from chalicelib.domain.health import Health, Keys, Probe, Renewed, Unclear
from chalicelib.domain.notice import Notice, OwnPost
from chalicelib.domain.outcome import Carried, HttpRequest, LookUp, PostOutcome
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Secrets, Unreadable, Verified


class Keeping(Protocol):
    """How one platform is asked whether it still hears and obeys us, sans-I/O like posting. Asking never changes anything."""

    asks: tuple[str, ...]
    """The names of all its probes, in their order, whatever keys there are; empty where there is nothing to ask."""

    def probes(self, account: str, endpoint: str, keys: Keys, now: datetime, nonce: str) -> tuple[Probe, ...]:
        """Everything that can be asked with these keys; a key that is empty or unusable asks nothing."""

    def read_probe(self, name: str, account: str, carried: Carried) -> Health:
        """What the answer to the probe ``name`` means; anything not understood is ``Unclear``."""

    def renewal(self, account: str, endpoint: str, keys: Keys) -> HttpRequest | None:
        """The request for a new posting secret, None where there is nothing to renew or no key for it.

        Only for platforms where the old secret stays good: one that dies when the new one is made would be lost with its answer.
        """

    def read_renewal(self, carried: Carried, now: datetime) -> Renewed | Unclear:
        """The new posting secret."""

    def own_posts(
        self, account: str, endpoint: str, keys: Keys, since: datetime, now: datetime, nonce: str
    ) -> HttpRequest | None:
        """The request for what the account made public since then, None where the platform has no such list."""

    def read_own_posts(self, account: str, carried: Carried, now: datetime) -> tuple[OwnPost, ...] | Unclear:
        """Its newest posts; the platform may have more."""


class Platform(Protocol):
    """One platform. The file ends with ``PLATFORM: Platform = ...``; its name is the file's name."""

    endpoint: str | None
    """Base URL of the platform's own API; None where only a deployment knows where replies go."""

    length_limit: int
    """The longest reply in characters."""

    not_offered: frozenset[str]
    """Facts that this platform never gives, by their names in ``domain.notice`` (``author.followers``, ``history``, ...)."""

    keeping: Keeping
    """How to ask whether it still hears us."""

    def handshake(self, webhook: RawWebhook, secrets: Secrets) -> Answer | Rejected | None:
        """The answer to a subscription challenge; None where the request is not one."""

    def verify(self, webhook: RawWebhook, secrets: Secrets, now: datetime, tolerance: timedelta) -> Verified | Rejected:
        """Check the signature over the raw bytes in constant time with every live secret, then the signed time."""

    def notices(self, verified: Verified) -> tuple[Notice, ...] | Unreadable:
        """Everything that the body says. A part that cannot be read is a ``Misread`` in the tuple; an empty tuple is fine."""

    def post_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The request that posts the reply under ``reservation.post_id``, never top level."""

    def read_outcome(self, carried: Carried) -> PostOutcome:
        """What became of ``post_request``; anything not understood is ``Undecided``."""

    def lookup_request(
        self, reservation: Reservation, endpoint: str, credentials: Secrets, now: datetime, nonce: str
    ) -> HttpRequest:
        """The request that finds our reply when its outcome is unknown."""

    def read_lookup(self, reservation: Reservation, carried: Carried) -> LookUp:
        """Our reply (same account, same post, same text), or that it was not found, or that nobody can tell."""
