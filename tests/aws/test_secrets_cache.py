"""How long a secret is kept, and what is asked for when."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.aws.calls import Pace
from chalicelib.aws.secrets import FRESH_S, ManagedSecrets, secret_id
from chalicelib.ports import Unavailable
from tests.aws.test_calls import Scripted, refused


class Kept(Scripted):
    """Secrets Manager with one secret, whose clock the test moves."""

    now = 0.0

    def source(self) -> ManagedSecrets:
        return ManagedSecrets(self, "ackguard/live/", Pace(deadline_s=0, clock=lambda: self.now, sleep=lambda _: None))


def test_a_secret_is_asked_for_once_in_its_time_and_again_after_it() -> None:
    client = Kept({"SecretString": "value"})
    source = client.source()
    for _ in range(3):
        assert source.get("webhook/x").values == ("value", "value")
    client.now = FRESH_S - 0.001
    source.get("webhook/x")
    assert [(call["SecretId"], call["VersionStage"]) for call in client.calls] == [
        ("ackguard/live/webhook/x", "AWSCURRENT"),
        ("ackguard/live/webhook/x", "AWSPREVIOUS"),
    ]
    client.now = FRESH_S
    source.get("webhook/x")
    assert len(client.calls) == 4


def test_a_secret_past_its_time_is_never_used_because_nobody_answers() -> None:
    client = Kept({"SecretString": "old"}, {"SecretString": "older"}, refused("InternalServiceError", 500))
    source = client.source()
    source.get("webhook/x")
    client.now = FRESH_S
    with pytest.raises(Unavailable):
        source.get("webhook/x")


def test_a_secret_that_this_lambda_may_not_read_is_none_of_its_own() -> None:
    assert Kept(refused("AccessDeniedException")).source().get("webhook/x").values == ()


def test_names_from_outside_cannot_fill_the_memory() -> None:
    source: Any = Kept(refused("ResourceNotFoundException")).source()
    for number in range(1000):
        assert source.get(f"posting/x/{number}").values == ()
    assert len(source._kept) <= 64


def test_every_name_has_an_id_of_its_own_in_the_letters_that_aws_has() -> None:
    assert secret_id("webhook/x") == "webhook/x"
    assert secret_id("posting/linkedin/urn:li:organization:1") == "posting/linkedin/urn=3Ali=3Aorganization=3A1"
    assert len({secret_id(name) for name in ("a:b", "a=3Ab", "a=3ab", "aé", "a\u0065\u0301")}) == 5
