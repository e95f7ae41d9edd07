"""The bus hears of a case by one signed entry, and a refusal of the entry is not taken for a yes."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from chalicelib.domain.announcement import Refused, Retry, Telling, Told
from chalicelib.domain.outcome import HttpRequest, HttpResponse, MaybeSent
from chalicelib.domain.webhook import Secrets
from chalicelib.sinks.eventbridge import SINK
from tests.sinks.kit import order

NOW = datetime(2026, 11, 22, 9, 0, 5, tzinfo=timezone.utc)
BUS = "https://events.eu-central-1.amazonaws.com/ackguard"
ROLE = {"key": "AKIAIOSFODNN7EXAMPLE", "secret": "wJalrXUtnFEMI/K7MDENG", "token": "session-token", "region": "eu-central-1"}
KEYS = Secrets((json.dumps(ROLE),))


def asked(keys: Secrets = KEYS, address: str | None = BUS) -> HttpRequest:
    request = SINK.request(order(), address, keys, NOW)
    assert isinstance(request, HttpRequest)
    return request


@pytest.mark.parametrize("token", ["session-token", None])
def test_it_is_signed_as_botocore_signs_it(token: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    role = {name: value for name, value in ROLE.items() if name != "token" or token}
    request = asked(Secrets((json.dumps(role),)))
    same = AWSRequest(method="POST", url=request.url, data=request.body)
    for name in ("content-type", "x-amz-target"):
        same.headers[name] = request.headers[name]
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW)
    SigV4Auth(Credentials(ROLE["key"], ROLE["secret"], token), "events", "eu-central-1").add_auth(same)
    assert same.headers["X-Amz-Date"] == request.headers["x-amz-date"]
    assert same.headers["Authorization"] == request.headers["authorization"]


def test_one_entry_goes_to_the_bus_of_the_address_and_tells_nobodys_words() -> None:
    request = asked()
    assert request.url == "https://events.eu-central-1.amazonaws.com/"
    (entry,) = json.loads(request.body)["Entries"]
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == ("ackguard", "case.opened", "ackguard")
    assert json.loads(entry["Detail"])["id"] == order().id
    assert ROLE["secret"] not in repr(request)


@pytest.mark.parametrize("address", [None, "https://events.eu-central-1.amazonaws.com/", "http://events.example/bus"])
def test_without_an_address_or_a_bus_nothing_is_sent(address: str | None) -> None:
    assert SINK.request(order(), address, KEYS, NOW) == Refused("address")


@pytest.mark.parametrize(
    "keys",
    [Secrets(()), Secrets(("x",)), Secrets(('{"key": "a"}',)), Secrets(('{"key": "a\\r\\n", "secret": "b", "region": "c"}',))],
)
def test_without_credentials_nothing_is_sent(keys: Secrets) -> None:
    assert SINK.request(order(), BUS, keys, NOW) == Refused("secret")


def answer(status: int, document: Any) -> HttpResponse:
    return HttpResponse(status=status, headers={}, body=json.dumps(document).encode())


@pytest.mark.parametrize(
    ("carried", "means"),
    [
        (answer(200, {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}), Told()),
        (answer(200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}), Retry()),
        (answer(200, {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "MalformedDetail"}]}), Refused("not-taken")),
        (answer(200, {"FailedEntryCount": 1, "Entries": []}), Retry()),
        (answer(200, "nonsense"), Retry()),
        (answer(400, {"__type": "com.amazonaws#ThrottlingException"}), Retry()),
        (answer(400, {"__type": "ExpiredTokenException"}), Retry()),
        (answer(400, {"__type": "AccessDeniedException"}), Refused("status-400")),
        (answer(503, {}), Retry()),
        (MaybeSent("timeout"), Retry()),
    ],
)
def test_an_answer_means(carried: Any, means: Telling) -> None:
    assert SINK.read(carried) == means
