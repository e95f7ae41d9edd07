"""What every platform's answer to a request has in common: when to come back, and the statuses that mean the same everywhere."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.domain.outcome import Carried, HttpResponse, MaybeSent, NeverSent, NotYet, PostOutcome, Refused, Undecided
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.reading.document import parse
from chalicelib.platforms.reading.times import http_date

LONGEST_WAIT_S = 900
"""The longest delay that a queue accepts, and the acknowledgement's deadline."""

DEFAULT_WAIT_S = 60
CONNECTION_WAIT_S = 5
REFUSED = frozenset({400, 402, 404, 405, 413, 415, 422})
"""A clean no that is about the request itself."""


def common_outcome(carried: Carried) -> PostOutcome | HttpResponse:
    """The outcome where every platform agrees, else the response for the platform to read."""
    match carried:
        case NeverSent():
            return NotYet("connection", CONNECTION_WAIT_S)
        case MaybeSent():
            return Undecided("maybe-sent")
        case HttpResponse(status=429):
            return NotYet("throttled", wait_s(carried.headers))
        case HttpResponse(status=401):
            return Refused("auth-dead")
    return carried


def wait_s(headers: Mapping[str, str]) -> int:
    """Seconds to wait, 1 to 900: ``retry-after`` (RFC 9110 §10.2.3) first, then the epoch of X's ``x-rate-limit-reset``.

    There is no clock here: an absolute time counts from the answer's own ``date``.
    """
    asked, reset, date = (headers.get(name, "").strip() for name in ("retry-after", "x-rate-limit-reset", "date"))
    answered = http_date(date)
    seconds: int | None = None
    if _number(asked):
        seconds = int(asked)
    elif answered is not None and (until := http_date(asked)) is not None:
        seconds = (until - answered) // timedelta(seconds=1)
    elif answered is not None and _number(reset):
        seconds = int(reset) - int(answered.timestamp())
    return DEFAULT_WAIT_S if seconds is None else max(1, min(seconds, LONGEST_WAIT_S))


def document(response: HttpResponse) -> Any:
    """The JSON of an answer; None where it is none."""
    found = parse(response.body)
    return None if isinstance(found, Unreadable) else found


def same_text(first: str, second: str) -> bool:
    """Whether two texts are one, once entities such as ``&amp;`` are undone and Unicode is composed (NFC)."""
    return _plain(first) == _plain(second)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", html.unescape(text)).strip()


def _number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
