"""What AWS puts around a Lambda: its context, the dictionaries that triggers hand it, the meaning of its answer."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.codec import instant
from chalicelib.embedded.queues import Received
from chalicelib.ports import Key, Row

REGION = "local-1"
ACCOUNT = "000000000000"
_TIMEOUT_S = 60

Event = dict[str, Any]


class Context:
    """The Lambda context object, with the names that AWS gives."""

    def __init__(self, app_name: str, name: str) -> None:
        self.function_name = f"{app_name}-local-{name}"
        self.function_version = "$LATEST"
        self.invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.function_name}"
        self.memory_limit_in_mb = 512
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.log_stream_name = "local"
        self.identity = None
        self.client_context = None
        self._ends = time.monotonic() + _TIMEOUT_S

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds of the wall until AWS would end the invocation; nobody ends it here."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


def from_sqs(queue: str, batch: Sequence[Received]) -> Event:
    """What an SQS trigger hands over."""
    return {
        "Records": [
            {
                "messageId": one.id,
                "receiptHandle": one.receipt,
                "body": one.body,
                "attributes": {
                    "ApproximateReceiveCount": str(one.receive_count),
                    "SentTimestamp": str(int(one.sent.timestamp() * 1000)),
                    "SenderId": ACCOUNT,
                },
                "messageAttributes": {},
                "md5OfBody": hashlib.md5(one.body.encode(), usedforsecurity=False).hexdigest(),
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}",
                "awsRegion": REGION,
            }
            for one in batch
        ]
    }


def from_stream(arn: str, rows: Sequence[tuple[int, Key, Row]], now: datetime) -> Event:
    """What a DynamoDB stream with NEW_IMAGE hands over for rows that were inserted; keys are ``partition`` and ``sort``."""
    return {
        "Records": [
            {
                "eventID": uuid.uuid4().hex,
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": REGION,
                "eventSourceARN": arn,
                "dynamodb": {
                    "ApproximateCreationDateTime": int((instant(row["at"]) if "at" in row else now).timestamp()),
                    "Keys": _attributes({"partition": key.partition, "sort": key.sort}),
                    "NewImage": _attributes({**row, "partition": key.partition, "sort": key.sort}),
                    "SequenceNumber": sequence_number(seq),
                    "SizeBytes": len(repr(row)),
                    "StreamViewType": "NEW_IMAGE",
                },
            }
            for seq, key, row in rows
        ]
    }


def sequence_number(seq: int) -> str:
    """A sequence number as DynamoDB writes them: 21 digits."""
    return f"{seq:021d}"


def from_schedule(name: str, at: datetime) -> Event:
    """What an EventBridge rule hands over."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{name}"],
        "detail": {},
    }


def failed(answer: object, ids: Sequence[str]) -> frozenset[str]:
    """Which records of a batch failed, by a Lambda's answer under ReportBatchItemFailures.

    As AWS documents it ("Using Lambda with Amazon SQS", partial batch responses): nothing, an empty dictionary, and a list
    that is empty or null mean success; a null, empty or unknown id, or anything that is not understood, fails the whole batch.
    """
    everything = frozenset(ids)
    if answer is None:
        return frozenset()
    if not isinstance(answer, Mapping):
        return everything
    failures = answer.get("batchItemFailures")
    if failures is None:
        return frozenset()
    if not isinstance(failures, (list, tuple)):
        return everything
    named = [str(failure.get("itemIdentifier")) if isinstance(failure, Mapping) else "" for failure in failures]
    return frozenset(named) if everything.issuperset(named) else everything


def _attributes(row: Row) -> dict[str, Event]:
    return {name: _attribute(value) for name, value in row.items()}


def _attribute(value: Any) -> Event:
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [_attribute(part) for part in value]}
    return {"M": _attributes(value)}
