"""What a sink file offers, and how the answer of any HTTP sink is read."""

from __future__ import annotations

from chalicelib.domain.address import may_send_to as may_send_to
from chalicelib.domain.announcement import GONE, Refused, Retry, Telling, Told
from chalicelib.domain.outcome import Carried, HttpResponse
from chalicelib.ports import Sink as Sink

NOT_NOW = frozenset({408, 425, 429})
"""Statuses below 500 that ask for patience (RFC 9110 §15.5.9, RFC 8470 §5.2, RFC 6585 §4)."""

LONGEST_WAIT_S = 900


def read_answer(carried: Carried) -> Telling:
    """2xx is told; 429 and its kin, 5xx and a lost answer are tried again; a redirect and any other 4xx is a refusal.

    A lost answer is tried again because hearing twice is better than never hearing; a receiver knows the repeat by its id.
    """
    if not isinstance(carried, HttpResponse):
        return Retry()
    if 200 <= carried.status < 300:
        return Told()
    if carried.status in NOT_NOW or carried.status >= 500:
        return Retry(_asked_for(carried))
    if carried.status == 410:
        return Refused(GONE)
    return Refused("redirect" if carried.status < 400 else f"status-{carried.status}")


def _asked_for(response: HttpResponse) -> int:
    """Whole seconds of ``Retry-After`` (RFC 9110 §10.2.3; its date form counts as not said), at most what a queue can hold."""
    asked = response.headers.get("retry-after", "")
    return min(int(asked), LONGEST_WAIT_S) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
