"""The AWS backend keeps every contract, over the wire."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.aws.artefacts import S3Artefacts
from chalicelib.aws.calls import Pace
from chalicelib.aws.key import KmsSigner
from chalicelib.aws.queues import SqsQueue
from chalicelib.aws.secrets import FRESH_S, ManagedSecrets
from chalicelib.aws.store import DynamoStore
from tests.aws import places
from tests.aws.deployment import Client
from tests.contracts.artefacts import ArtefactsContract
from tests.contracts.queue import QueueContract
from tests.contracts.secrets import SecretsContract
from tests.contracts.signer import SignerContract
from tests.contracts.store import StoreContract


class TestDynamoStore(StoreContract):
    @pytest.fixture
    def store(self, client: Client) -> DynamoStore:
        return DynamoStore(client("dynamodb"), places.tables(client("dynamodb")))


@dataclass(frozen=True)
class Taken:
    receipt: str
    id: str
    body: str
    receive_count: int


class SqsBench:
    """The consumer's side, as Lambda's poller has it."""

    def __init__(self, sqs: Any) -> None:
        self._sqs = sqs
        self._url, self._dead = places.queue(sqs)
        self.queue = SqsQueue(sqs, self._url)

    def receive(self, max_n: int = 10, visibility_s: int = 30) -> Sequence[Taken]:
        return self._receive(self._url, max_n, visibility_s)

    def delete(self, receipt: str) -> None:
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=receipt)

    def wait(self, span: timedelta) -> None:
        time.sleep(span.total_seconds())

    def dead(self) -> Sequence[Taken]:
        return self._receive(self._dead, 10, 30)

    def _receive(self, url: str, max_n: int, visibility_s: int) -> Sequence[Taken]:
        answer = self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=max_n,
            VisibilityTimeout=visibility_s,
            AttributeNames=["ApproximateReceiveCount"],
        )
        return [
            Taken(
                receipt=one["ReceiptHandle"],
                id=one["MessageId"],
                body=one["Body"],
                receive_count=int(one["Attributes"]["ApproximateReceiveCount"]),
            )
            for one in answer.get("Messages", [])
        ]


class TestSqsQueue(QueueContract):
    @pytest.fixture
    def bench(self, client: Client) -> SqsBench:
        return SqsBench(client("sqs"))


class TestS3Artefacts(ArtefactsContract):
    @pytest.fixture
    def artefacts(self, client: Client) -> S3Artefacts:
        return S3Artefacts(client("s3"), places.bucket(client("s3")))


class TestKmsSigner(SignerContract):
    @pytest.fixture
    def signer(self, client: Client) -> KmsSigner:
        return KmsSigner(client("kms"), places.signing_key(client("kms")), "sealer")


class ManagedBench:
    """An operator who waits out the cache after a rotation, as the runbook says."""

    def __init__(self, secretsmanager: Any) -> None:
        self._secretsmanager = secretsmanager
        self._prefix = places.fresh("ackguard") + "/"
        self._now = 0.0
        self._count = 0
        self.source = ManagedSecrets(secretsmanager, self._prefix, Pace(clock=lambda: self._now))
        secretsmanager.create_secret(Name=f"{self._prefix}webhook/x", SecretString="first-of-all-the-secrets-there-are")
        secretsmanager.create_secret(Name=f"{self._prefix}posting/x/1001", SecretString="not a grant yet")

    def rotate(self, name: str) -> str:
        self._count += 1
        fresh = f"rotated-{self._count}-and-long-enough-for-a-platform"
        self._secretsmanager.put_secret_value(SecretId=f"{self._prefix}{name}", SecretString=fresh)
        self._now += FRESH_S
        return fresh


class TestManagedSecrets(SecretsContract):
    @pytest.fixture
    def bench(self, client: Client) -> ManagedBench:
        return ManagedBench(client("secretsmanager"))

    def test_another_lambda_has_the_old_secret_until_its_time_is_over_and_the_new_one_from_then_on(self, client: Client) -> None:
        """Why the old grant of an account is ended five minutes after the new one was put, and not before."""
        bench, now = ManagedBench(client("secretsmanager")), 0.0
        (old,) = bench.source.get("webhook/x").values
        other = ManagedSecrets(client("secretsmanager"), bench._prefix, Pace(clock=lambda: now))
        assert other.get("webhook/x").values == (old,)
        new = bench.rotate("webhook/x")
        now = FRESH_S - 1
        assert other.get("webhook/x").values == (old,)
        now = FRESH_S
        assert other.get("webhook/x").values == (new, old)
