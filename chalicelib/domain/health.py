"""Whether a platform still hears and obeys us: what it is asked, what its answers mean, and a token that it renewed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union

from chalicelib.domain.outcome import HttpRequest
from chalicelib.domain.webhook import Secrets


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets of one account: ``posting`` speaks for it, ``keeping`` asks about it and renews that one. Each may be empty."""

    posting: Secrets
    keeping: Secrets


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. ``name``: webhook | subscription | token."""

    name: str
    request: HttpRequest


@dataclass(frozen=True, slots=True)
class Sound:
    """What was asked about stands. ``ends`` is when it will not any more, None where it has no end of its own."""

    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ill:
    """The platform says clearly that something is wrong.

    ``reason``: webhook-missing | webhook-invalid | subscription-missing | token-dead.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell: no answer, or one that is not understood. ``why`` is a slug without any of its text."""

    why: str


Health = Union[Sound, Ill, Unclear]


@dataclass(frozen=True, slots=True)
class Renewed:
    """A new posting secret; the one before stays good until it has worked. ``ends`` as in ``Sound``."""

    secret: str
    ends: datetime | None

    def __repr__(self) -> str:
        """A secret is never printed."""
        return f"Renewed(ends={self.ends})"
