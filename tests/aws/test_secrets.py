"""What Secrets Manager refuses: a secret that is not there or not ours is none, and only silence is unavailable."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.aws.calls import Pace
from chalicelib.aws.secrets import ManagedSecrets
from chalicelib.domain.limits import Limits
from chalicelib.domain.webhook import RawWebhook
from chalicelib.embedded.memory import START, memory_ports
from chalicelib.platforms.x import PLATFORM as X
from chalicelib.ports import Unavailable
from chalicelib.steps import receive


class Refusing:
    def __init__(self, code: str) -> None:
        self._code = code

    def get_secret_value(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": self._code}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "GetSecretValue")


def source(code: str) -> ManagedSecrets:
    return ManagedSecrets(Refusing(code), "p/", Pace(clock=lambda: 0.0, sleep=lambda _: None, deadline_s=0.0))


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_secret_that_is_not_there_or_not_ours_is_none(code: str) -> None:
    assert source(code).get("webhook/x").values == ()


@pytest.mark.parametrize("code", ["ThrottlingException", "DecryptionFailure", "InternalServiceError"])
def test_a_source_that_cannot_answer_is_unavailable(code: str) -> None:
    with pytest.raises(Unavailable):
        source(code).get("webhook/x")


@pytest.mark.parametrize(("code", "status"), [("AccessDeniedException", 401), ("InternalServiceError", 503)])
def test_a_platform_without_a_secret_of_ours_is_refused_as_on_the_embedded_backend(code: str, status: int) -> None:
    memory = memory_ports()
    ports = receive.ReceivePorts(mentions=memory.mentions, secrets=source(code), platforms={"x": X})
    raw = RawWebhook(platform="x", method="POST", headers={}, query={}, body=b"{}", received_at=START)
    assert receive.run(raw, ports, Limits(), START).answer.status == status
    memory.store.close()
