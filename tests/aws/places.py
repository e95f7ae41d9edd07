"""Empty tables, queues, buckets and keys, as the template of the deployment has them."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timezone
from typing import Any

from chalicelib.aws.store import DUE_INDEX
from chalicelib.rows import TABLES

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=timezone.utc)

_STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


def fresh(kind: str) -> str:
    """A name that no other test has."""
    return f"{kind}-{uuid.uuid4().hex[:12]}"


def tables(dynamodb: Any, stream: bool = False) -> dict[str, str]:
    """The five tables, empty: their deployed names by ours; ``stream`` turns on that of the ledger."""
    stage = fresh("test")
    for table in TABLES:
        streamed = {"StreamSpecification": _STREAM} if stream and table == "ledger" else {}
        dynamodb.create_table(**table_parameters(table, f"{stage}-{table}"), **streamed)
    return {table: f"{stage}-{table}" for table in TABLES}


def table_parameters(table: str, name: str) -> dict[str, Any]:
    """What ``CreateTable`` wants; the table of due rows has the index."""
    types = {"partition": "S", "sort": "S"}
    index: dict[str, Any] = {}
    if table == "state":
        types |= {"due_shard": "N", "due_at": "S"}
        keys = _keys("due_shard", "due_at")
        index = {
            "GlobalSecondaryIndexes": [{"IndexName": DUE_INDEX, "KeySchema": keys, "Projection": {"ProjectionType": "KEYS_ONLY"}}]
        }
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": _keys("partition", "sort"),
        "AttributeDefinitions": [{"AttributeName": field, "AttributeType": kind} for field, kind in types.items()],
        **index,
    }


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def queue(sqs: Any) -> tuple[str, str]:
    """The URLs of an empty queue and of its dead letters, which take what was received twice."""
    dead = sqs.create_queue(QueueName=fresh("dead"))["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "2"})
    attributes = {"RedrivePolicy": redrive, "MaximumMessageSize": str(1024 * 1024)}
    return sqs.create_queue(QueueName=fresh("queue"), Attributes=attributes)["QueueUrl"], dead


def bucket(s3: Any) -> str:
    """A bucket where nobody can remove an object for a day."""
    name = fresh("bucket")
    place = {"LocationConstraint": s3.meta.region_name}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}}
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule})
    return name


def signing_key(kms: Any, spec: str = "ECC_NIST_EDWARDS25519") -> str:
    """The id of a key that signs."""
    key_id: str = kms.create_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    return key_id
