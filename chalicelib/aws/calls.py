"""Calls of one AWS client: what may pass is tried again, with full jitter, until a deadline; the rest is told apart."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ParamValidationError,
)

from chalicelib.ports import Unavailable

CANCELLED = "TransactionCanceledException"
_FIRST_S, _LONGEST_S = 0.004, 0.4
"""The pause before the second attempt is up to 4 ms, doubling to 0.4 s: 32 writers of one row all came through with this."""

_PASSING = frozenset(
    {
        "ConditionalRequestConflict",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError)
_PASSING_REASONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})


class Refusal(Unavailable):
    """AWS said no, and would again. An adapter that knows ``code`` gives it a meaning; to all others the port is unavailable.

    ``code`` is AWS's name for why. ``reasons`` are those of a cancelled transaction: one for each write, in its order.
    """

    def __init__(self, operation: str, code: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(f"{operation}: {code}")
        self.code = code
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long one call of a port may go on (seconds), and what it waits by.

    No attempt begins after ``deadline_s``, so a call ends at most one time-out of the client after it.
    """

    deadline_s: float = 5.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random


class Patience:
    """What is left of one call's deadline."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._ends = pace.clock() + pace.deadline_s
        self._attempt = 0

    def wait(self, why: str) -> None:
        """Pause before the next attempt; raises Unavailable where that would begin too late."""
        pause = self._pace.chance() * min(_LONGEST_S, _FIRST_S * 2**self._attempt)
        self._attempt += 1
        if self._pace.clock() + pause > self._ends:
            raise Unavailable(f"{why}, {self._attempt} times")
        self._pace.sleep(pause)


class Calls:
    """The operations of one botocore client, as ``calls("get_item", Key=...)``."""

    def __init__(self, client: Any, pace: Pace) -> None:
        self._client = client
        self._pace = pace

    def patience(self) -> Patience:
        """A deadline that several calls share."""
        return Patience(self._pace)

    def __call__(self, operation: str, patience: Patience | None = None, /, **parameters: Any) -> Mapping[str, Any]:
        """The answer. Raises Refusal for a definite no, ValueError for parameters AWS has not, Unavailable for the rest.

        Only calls that may be repeated belong here: each is a read, or carries a token, or is at least once by nature.
        """
        return self._answered(operation, patience or self.patience(), parameters, again=True)

    def once(self, operation: str, /, **parameters: Any) -> Mapping[str, Any]:
        """As a call, but an attempt whose answer was lost is not repeated: it may have been applied, so Unavailable is raised."""
        return self._answered(operation, self.patience(), parameters, again=False)

    def _answered(self, operation: str, patience: Patience, parameters: Mapping[str, Any], again: bool) -> Mapping[str, Any]:
        call = getattr(self._client, operation)
        while True:
            try:
                answer: Mapping[str, Any] = call(**parameters)
                return answer
            except ClientError as error:
                refusal, passing, lost = _read(operation, error)
                if not passing:
                    raise refusal from None
                why = str(refusal)
            except (HTTPClientError, ConnectionError) as error:
                why, lost = f"{operation}: {type(error).__name__}", not isinstance(error, _NEVER_SENT)
            except ParamValidationError:
                raise ValueError(f"{operation}: not the parameters of this operation") from None
            except BotoCoreError as error:
                raise Unavailable(f"{operation}: {type(error).__name__}") from None
            if lost and not again:
                raise Unavailable(f"{why}: nobody knows whether it was applied")
            patience.wait(why)


def _read(operation: str, error: ClientError) -> tuple[Refusal, bool, bool]:
    """What AWS said, whether it may say otherwise soon, and whether what became of the call is lost.

    Its own words stay behind: they may quote a value.
    """
    code = str(error.response.get("Error", {}).get("Code", "unknown"))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    reasons = tuple(str(reason.get("Code", "None")) for reason in error.response.get("CancellationReasons", ()))
    # A set of reasons with a conflict in it is not whole: which other conditions fail is only known without one.
    said_no = code in _PASSING or (code == CANCELLED and not _PASSING_REASONS.isdisjoint(reasons))
    return Refusal(operation, code, reasons), said_no or status >= 500, status >= 500 and not said_no
