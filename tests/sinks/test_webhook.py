"""The outbound webhook: signed as any Standard Webhooks library verifies, and silent about people."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from chalicelib.domain.announcement import Refused
from chalicelib.domain.outcome import HttpRequest
from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.memory import START
from chalicelib.platforms.signing.standard import verify
from chalicelib.sinks.webhook import SINK
from tests.sinks.kit import order

KEY = bytes(range(32))
SECRET = Secrets(("whsec_" + base64.b64encode(KEY).decode(),))
ADDRESS = "https://desk.example/announcements?brand=1"


def made(**changes: object) -> HttpRequest:
    request = SINK.request(order(**changes), ADDRESS, SECRET, START)
    assert isinstance(request, HttpRequest)
    return request


def test_the_signature_is_standard_webhooks_v1_over_the_raw_body() -> None:
    request = made()
    stamp = request.headers["webhook-timestamp"]
    content = f"{request.headers['webhook-id']}.{stamp}.".encode() + request.body
    right = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{right}"
    assert int(stamp) == int(START.timestamp())
    assert verify(request.headers, request.body, SECRET, START, timedelta(minutes=5)) == ("caseaaaabbbbcccc-3", "current")


def test_a_repeat_has_the_same_id_and_a_later_version_another() -> None:
    assert made().headers["webhook-id"] == made(attempt=5).headers["webhook-id"] == "caseaaaabbbbcccc-3"
    assert made(outcome="acknowledge").headers["webhook-id"] == "caseaaaabbbbcccc-3-acknowledge"
    assert made(version=4).headers["webhook-id"] != made().headers["webhook-id"]


def test_the_body_is_the_documented_one_and_holds_nothing_else() -> None:
    assert json.loads(made().body) == {
        "type": "case.opened",
        "timestamp": "2026-11-21T09:00:00.000Z",
        "data": {
            "case": "caseaaaabbbbcccc",
            "version": 3,
            "brand": "northwind-bank",
            "priority": 0,
            "department": "safety",
            "outcome": "human",
            "rule": "self-harm",
            "why": "Somebody may be in danger.",
            "due": "2026-11-21T09:15:00.000Z",
        },
    }
    assert json.loads(made(record="another-mention").body)["type"] == "case.joined"


@pytest.mark.parametrize(
    ("address", "secret", "why"),
    [
        (None, SECRET, "address"),
        ("http://desk.example/", SECRET, "address"),
        ("https://user:word@desk.example/", SECRET, "address"),
        (ADDRESS, Secrets(()), "secret"),
        (ADDRESS, Secrets(("whsec_c2hvcnQ=",)), "secret"),
    ],
)
def test_without_a_safe_address_and_a_real_secret_nothing_is_sent(address: str | None, secret: Secrets, why: str) -> None:
    assert SINK.request(order(), address, secret, START) == Refused(why)
