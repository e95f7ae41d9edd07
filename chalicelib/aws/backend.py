"""The whole backend of one deployment, each part made when a Lambda first asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from chalicelib.aws.artefacts import S3Artefacts
from chalicelib.aws.clients import client
from chalicelib.aws.key import KmsSigner
from chalicelib.aws.queues import SqsQueue
from chalicelib.aws.secrets import ManagedSecrets
from chalicelib.aws.store import DynamoStore
from chalicelib.settings import BUCKET, KEY_PUBLISHER, KEY_SEALER, QUEUE, SECRETS_PREFIX, TABLE


class AwsBackend:
    """``places`` says where the parts are (setting → name, URL or id); a part without a place raises KeyError."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    @cached_property
    def store(self) -> DynamoStore:
        """The tables that this Lambda is told of."""
        return DynamoStore(client("dynamodb"), self._named(TABLE))

    @cached_property
    def queues(self) -> Mapping[str, SqsQueue]:
        """The queues that this Lambda is told of, by their names."""
        return {name.replace("_", "-"): SqsQueue(client("sqs"), url) for name, url in self._named(QUEUE).items()}

    @cached_property
    def artefacts(self) -> S3Artefacts:
        """The bucket of bundles and checkpoints."""
        return S3Artefacts(client("s3"), self._places[BUCKET])

    @cached_property
    def secrets(self) -> ManagedSecrets:
        """The secrets of the deployment; the policy of each Lambda says which it may read."""
        return ManagedSecrets(client("secretsmanager"), self._places[SECRETS_PREFIX])

    @cached_property
    def sealer(self) -> KmsSigner:
        """The key of the sealer."""
        return KmsSigner(client("kms"), self._places[KEY_SEALER], "ackguard-sealer")

    @cached_property
    def publisher(self) -> KmsSigner:
        """The key of the publisher: a Lambda reads its public half only."""
        return KmsSigner(client("kms"), self._places[KEY_PUBLISHER], "ackguard-publisher")

    def _named(self, prefix: str) -> dict[str, str]:
        return {name.removeprefix(prefix).lower(): at for name, at in self._places.items() if name.startswith(prefix)}
