"""Immutable named bytes in an S3 bucket."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError

from chalicelib.aws.calls import Calls, Pace, Refusal
from chalicelib.ports import Artefacts

_THERE = frozenset({"PreconditionFailed", "412"})


class S3Artefacts(Artefacts):
    """One object per name, written only where there is none (``If-None-Match: *``).

    How long nobody can remove it is the bucket's own rule (Object Lock with a default retention, set by the deployment): so no
    Lambda needs the right to set one, and a test stage need not keep its objects for years.
    """

    def __init__(self, client: Any, bucket: str, pace: Pace | None = None) -> None:
        self._calls = Calls(client, pace or Pace())
        self._bucket = bucket

    def put(self, name: str, content: bytes) -> None:
        """See ``Artefacts``. Durable when it returns; of two at once with other bytes, one raises ValueError."""
        try:
            self._calls("put_object", Bucket=self._bucket, Key=name, Body=content, IfNoneMatch="*")
        except Refusal as refusal:
            if refusal.code not in _THERE:
                raise
            if self.get(name) != content:
                raise ValueError(f"{name}: stored before with other bytes") from None

    def get(self, name: str) -> bytes | None:
        """See ``Artefacts``. An answer that breaks off is asked for again."""
        patience = self._calls.patience()
        while True:
            try:
                answer = self._calls("get_object", patience, Bucket=self._bucket, Key=name)
                return bytes(answer["Body"].read())
            except Refusal as refusal:
                if refusal.code == "NoSuchKey":
                    return None
                raise
            except BotoCoreError as error:
                patience.wait(f"get_object: {type(error).__name__}")
