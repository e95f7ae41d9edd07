"""Standard queues on SQS: the sending side; what is received, Lambda brings."""

from __future__ import annotations

from typing import Any

from chalicelib.aws.calls import Calls, Pace, Refusal
from chalicelib.ports import Queue

_BODY_BYTES = 1024 * 1024
_DELAY_S = 900
_INVALID = frozenset({"InvalidMessageContents", "InvalidParameterValue"})


class SqsQueue(Queue):
    """One queue by its URL. An attempt whose answer was lost is repeated, so a body may arrive twice: at least once."""

    def __init__(self, client: Any, url: str, pace: Pace | None = None) -> None:
        self._calls = Calls(client, pace or Pace())
        self._url = url

    def send(self, body: str, delay_s: int = 0) -> None:
        """See ``Queue``. Raises ValueError for what SQS takes not: an empty body, over 1 MiB, a delay outside 0 to 900 s."""
        if not 1 <= len(body.encode()) <= _BODY_BYTES:
            raise ValueError(f"a body has 1 to {_BODY_BYTES} bytes")
        if not 0 <= delay_s <= _DELAY_S:
            raise ValueError(f"a delay is 0 to {_DELAY_S} seconds, not {delay_s}")
        try:
            self._calls("send_message", QueueUrl=self._url, MessageBody=body, DelaySeconds=delay_s)
        except Refusal as refusal:
            if refusal.code in _INVALID:
                raise ValueError("a body has only characters that XML has: write JSON in ASCII") from None
            raise
