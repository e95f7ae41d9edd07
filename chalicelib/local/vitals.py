"""Signs of life that no port gives, because no Lambda may ask: secrets that are there, what waits, what a Lambda is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, Literal, Protocol

import botocore.session
import urllib3

from chalicelib.aws.calls import Calls, Pace, Refusal
from chalicelib.aws.secrets import secret_id
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.ports import SecretSource, Unavailable

DOOR_S = 5.0
"""Wall seconds that the door may take; a Lambda that was asleep needs some of them."""

_LOOK_BACK = timedelta(minutes=10)

Presence = Literal["there", "missing", "hidden"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is in one queue; ``oldest`` is None where nobody knows."""

    count: int
    oldest: timedelta | None


@dataclass(frozen=True, slots=True)
class Door:
    """What the endpoint answered to a request without a signature, and the time on its answer."""

    status: int
    at: datetime | None


class Vitals(Protocol):
    """What can be seen of a service from beside it, with no secret in sight."""

    def secret(self, name: str) -> Presence:
        """Whether there is a secret of this name; ``hidden`` where we may not even ask."""

    def waiting(self, queue: str) -> Waiting:
        """What is in a queue; raises ``Unavailable``."""

    def door(self) -> Door | None:
        """What the endpoint says to a stranger; None where nobody answers."""

    def told(self) -> Mapping[str, Mapping[str, str]]:
        """What the environment of each Lambda sets for it, by the name of the Lambda in the template; raises ``Unavailable``."""


def knock(url: str) -> Door | None:
    """One request without a signature; the answer has to be a refusal."""
    try:
        answer = urllib3.PoolManager(retries=False, timeout=DOOR_S).request("GET", f"{url}/webhooks/x", redirect=False)
    except urllib3.exceptions.HTTPError:
        return None
    try:
        at = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        at = None
    return Door(answer.status, at.astimezone(timezone.utc) if at and at.tzinfo else None)


class FolderVitals(Vitals):
    """Those of a service on this machine; ``url`` gives where it listens, None while it does not run."""

    def __init__(self, secrets: SecretSource, queues: Mapping[str, SqliteQueue], url: Callable[[], str | None]) -> None:
        self._secrets, self._queues, self._url = secrets, queues, url

    def secret(self, name: str) -> Presence:
        """See ``Vitals``."""
        return "there" if self._secrets.get(name).values else "missing"

    def waiting(self, queue: str) -> Waiting:
        """See ``Vitals``."""
        return Waiting(self._queues[queue].depth(), self._queues[queue].oldest_age())

    def door(self) -> Door | None:
        """See ``Vitals``."""
        url = self._url()
        return knock(url) if url else None

    def told(self) -> Mapping[str, Mapping[str, str]]:
        """See ``Vitals``: one process runs them all, and what it set for itself is not written down."""
        return {}


class StageVitals(Vitals):
    """Those of a deployed stage. Secrets are only described, never read: whoever looks needs no right to see one."""

    def __init__(
        self, prefix: str, queues: Mapping[str, str], url: str, stack: str = "", client: Callable[[str], Any] | None = None
    ) -> None:
        self._prefix, self._queues, self._url, self._stack = prefix, queues, url, stack
        self._client = cache(client or botocore.session.get_session().create_client)

    def secret(self, name: str) -> Presence:
        """See ``Vitals``."""
        try:
            self._calls("secretsmanager")("describe_secret", SecretId=self._prefix + secret_id(name))
        except Refusal as refusal:
            return "missing" if refusal.code == "ResourceNotFoundException" else "hidden"
        return "there"

    def waiting(self, queue: str) -> Waiting:
        """See ``Vitals``; the age is CloudWatch's, some minutes behind."""
        count = self.count(queue)
        return Waiting(count, self._oldest(self._queues[queue].rpartition("/")[2]) if count else timedelta(0))

    def count(self, queue: str) -> int:
        """How many entries are in a queue: visible, held and in flight, about; raises ``Unavailable``."""
        kinds = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed")
        calls = self._calls("sqs")
        found = calls("get_queue_attributes", QueueUrl=self._queues[queue], AttributeNames=list(kinds))["Attributes"]
        return sum(int(found.get(kind, 0)) for kind in kinds)

    def door(self) -> Door | None:
        """See ``Vitals``."""
        return knock(self._url)

    def told(self) -> Mapping[str, Mapping[str, str]]:
        """See ``Vitals``. Lambdas are told where secrets lie, never a secret: whoever looks sees none."""
        calls, found = self._calls("lambda"), {}
        for logical, physical in self._lambdas():
            answer = calls("get_function_configuration", FunctionName=physical)
            set_there = answer.get("Environment", {}).get("Variables", {})
            found[logical] = {name: value for name, value in set_there.items() if name.startswith("ACKGUARD_")}
        return found

    def _lambdas(self) -> Iterator[tuple[str, str]]:
        more: dict[str, str] = {}
        while True:
            page = self._calls("cloudformation")("list_stack_resources", StackName=self._stack, **more)
            for one in page["StackResourceSummaries"]:
                if one["ResourceType"] in ("AWS::Lambda::Function", "AWS::Serverless::Function"):
                    yield one["LogicalResourceId"], one["PhysicalResourceId"]
            if "NextToken" not in page:
                return
            more = {"NextToken": page["NextToken"]}

    def _oldest(self, queue: str) -> timedelta | None:
        now = datetime.now(timezone.utc)
        try:
            found = self._calls("cloudwatch")(
                "get_metric_statistics",
                Namespace="AWS/SQS",
                MetricName="ApproximateAgeOfOldestMessage",
                Dimensions=[{"Name": "QueueName", "Value": queue}],
                StartTime=now - _LOOK_BACK,
                EndTime=now,
                Period=60,
                Statistics=["Maximum"],
            )["Datapoints"]
        except Unavailable:
            return None
        newest = max(found, key=lambda point: point["Timestamp"], default=None)
        return None if newest is None else timedelta(seconds=float(newest["Maximum"]))

    def _calls(self, service: str) -> Calls:
        return Calls(self._client(service), Pace())
