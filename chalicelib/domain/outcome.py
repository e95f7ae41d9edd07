"""What became of an attempt to post, and the HTTP that carried it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Union


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """One request to a platform. ``headers`` may hold credentials: neither it nor ``body`` is ever printed."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    def __repr__(self) -> str:
        """Only what may be logged."""
        return f"HttpRequest({self.method} {self.url.split('?')[0]})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResponse:
    """A complete answer; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class NeverSent:
    """The connection never opened: the platform cannot have seen the request."""

    why: str


@dataclass(frozen=True, slots=True)
class MaybeSent:
    """Something failed after the first byte may have left: the platform may have acted on it."""

    why: str


Carried = Union[HttpResponse, NeverSent, MaybeSent]


@dataclass(frozen=True, slots=True)
class Posted:
    """The reply is public under this post id."""

    post_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform said a clean no: the reply is not public and never will be by this attempt.

    ``reason``: gone | not-permitted | duplicate | auth-dead | abuse-flag | refused.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class NotYet:
    """Definitely not posted (connection never opened, 429); may be tried again after ``retry_after_s`` seconds."""

    reason: str
    retry_after_s: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nobody knows whether the reply is public. It is looked up, never sent again."""

    why: str


PostOutcome = Union[Posted, Refused, NotYet, Undecided]


@dataclass(frozen=True, slots=True)
class NotFound:
    """The look-up worked and shows no such reply. No platform here is an authority for absence: a person decides."""


LookUp = Union[Posted, NotFound, Undecided]
