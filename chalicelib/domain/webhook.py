"""What arrives over HTTP, before anybody believes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RawWebhook:
    """One HTTP request as received.

    ``headers`` has lower-case names, ``query`` percent-decoded values, ``body`` the exact bytes, ``received_at`` is UTC.
    ``correlation`` is what the log calls this delivery by; it comes from us and says nothing about anybody.
    """

    platform: str
    method: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    received_at: datetime
    correlation: str = ""


@dataclass(frozen=True, slots=True)
class Verified:
    """A webhook whose signature matched; ``secret`` names which live secret did: ``current`` or ``previous``.

    ``delivery_id`` is the platform's id of this delivery, None where the platform gives none before parsing.
    """

    webhook: RawWebhook
    secret: str
    delivery_id: str | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A webhook that we do not believe. ``reason`` is a slug for the metric; the sender is told nothing."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A believed webhook (or a part of it) that we do not understand. ``reason`` is a slug without any of its text."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handshake sends back."""

    status: int
    content_type: str
    body: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """The one or two live secrets of an endpoint, newest first, as text; an empty tuple verifies nothing."""

    values: tuple[str, ...]

    def __repr__(self) -> str:
        """A secret is never printed."""
        return f"Secrets({len(self.values)} live)"

    def named(self) -> tuple[tuple[str, str], ...]:
        """Pairs (``current`` | ``previous``, secret)."""
        return tuple(zip(("current", "previous"), self.values, strict=False))
