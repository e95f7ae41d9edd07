"""What answers about our standing have in common, and what a platform says that has nothing to ask."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

from chalicelib.domain.fact import Known
from chalicelib.domain.health import Health, Ill, Keys, Probe, Renewed, Unclear
from chalicelib.domain.notice import OwnPost
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse
from chalicelib.platforms.reading import answers, fields

_LONGEST_S = 366 * 24 * 3600
_LATEST = 253_402_300_799
"""The last second that a date can name."""


def document_of(carried: Carried) -> Any | Unclear:
    """The JSON of a 200; anything else is unclear, and the caller may know better."""
    if not isinstance(carried, HttpResponse):
        return Unclear("no-answer")
    if carried.status != 200:
        return Unclear(f"http-{carried.status}")
    return answers.document(carried)


def is_dead(carried: Carried) -> bool:
    """Whether the platform refuses the token itself."""
    return isinstance(carried, HttpResponse) and carried.status == 401


def from_epoch(node: object, *path: str) -> datetime | None:
    """A time in whole seconds since 1970; 0 and what is no time are None."""
    found = fields.whole(node, *path)
    seconds = found.value if isinstance(found, Known) else 0
    return datetime.fromtimestamp(seconds, timezone.utc) if 0 < seconds <= _LATEST else None


def read_token(document: object, shape: re.Pattern[str], now: datetime) -> Renewed | Unclear:
    """A token by OAuth 2.0 (RFC 6749 §5.1)."""
    if isinstance(document, Unclear):
        return document
    token, seconds = fields.identifier(shape, document, "access_token"), fields.whole(document, "expires_in")
    if not isinstance(token, Known):
        return Unclear("no-token")
    known = isinstance(seconds, Known) and 0 < seconds.value <= _LONGEST_S
    return Renewed(token.value, now + timedelta(seconds=seconds.value) if isinstance(seconds, Known) and known else None)


class NothingToKeep:
    """See ``Keeping``: a platform that has no subscription of ours, no token that ends and no list of posts."""

    asks: tuple[str, ...] = ()

    def probes(self, account: str, endpoint: str, keys: Keys, now: datetime, nonce: str) -> tuple[Probe, ...]:
        """Nothing to ask."""
        return ()

    def read_probe(self, name: str, account: str, carried: Carried) -> Health:
        """Nothing was asked."""
        return Unclear("not-asked")

    def renewal(self, account: str, endpoint: str, keys: Keys) -> HttpRequest | None:
        """Nothing to renew."""
        return None

    def read_renewal(self, carried: Carried, now: datetime) -> Renewed | Unclear:
        """Nothing was renewed."""
        return Unclear("not-asked")

    def own_posts(
        self, account: str, endpoint: str, keys: Keys, since: datetime, now: datetime, nonce: str
    ) -> HttpRequest | None:
        """No list."""
        return None

    def read_own_posts(self, account: str, carried: Carried, now: datetime) -> tuple[OwnPost, ...] | Unclear:
        """Nothing was asked."""
        return Unclear("not-asked")


def dead_or(carried: Carried, why: Unclear) -> Health:
    """``why``, unless the platform refuses the token itself."""
    return Ill("token-dead") if is_dead(carried) else why
