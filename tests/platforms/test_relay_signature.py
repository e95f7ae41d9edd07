"""Who is believed as a relay: the published vectors of Standard Webhooks, malformed headers, the time window."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.webhook import Rejected, Secrets, Verified
from chalicelib.platforms.relay import PLATFORM
from chalicelib.platforms.signing import standard
from tests.platforms.webhook_kit import NOW, webhook

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/x_and_standard_webhooks.json").read_text())["vectors"]
STANDARD = [vector for vector in VECTORS if vector["id"].startswith("standard-")]
FIRST, SECOND = ("whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"a", b"b"))
TOLERANCE = timedelta(minutes=5)


def verify(headers: dict[str, str], *secrets: str, body: bytes = b"{}", now: datetime = NOW) -> Verified | Rejected:
    return PLATFORM.verify(webhook(body, headers), Secrets(secrets), now, TOLERANCE)


@pytest.mark.parametrize("vector", STANDARD, ids=[vector["id"] for vector in STANDARD])
def test_published_vectors_are_judged_as_published(vector: dict[str, Any]) -> None:
    secret = vector.get("public_key", vector["secret"])
    at = datetime.fromtimestamp(vector["now"], timezone.utc)
    found = verify(vector["headers"], secret, body=vector["body"].encode(), now=at)
    assert isinstance(found, Verified) == (vector["expect"] == "valid")


def test_what_we_sign_is_believed_and_the_delivery_is_named() -> None:
    found = verify(standard.sign(SECOND, "dlv_1", NOW, b"{}"), FIRST, SECOND)
    assert isinstance(found, Verified)
    assert (found.secret, found.delivery_id) == ("previous", "dlv_1")


@pytest.mark.parametrize(
    ("seconds", "believed"), [(0, True), (300, True), (-300, True), (301, False), (-301, False), (31_536_000, False)]
)
def test_the_signed_time_must_be_near(seconds: int, believed: bool) -> None:
    found = verify(standard.sign(FIRST, "dlv_1", NOW, b"{}"), FIRST, now=NOW + timedelta(seconds=seconds))
    assert isinstance(found, Verified) == believed
    assert believed or found == Rejected("timestamp")


def test_a_wrong_signature_is_told_before_a_wrong_time() -> None:
    headers = {**standard.sign(FIRST, "dlv_1", NOW - timedelta(days=9), b"{}"), "webhook-id": "dlv_2"}
    assert verify(headers, FIRST) == Rejected("signature")


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_every_header_is_needed_once(name: str) -> None:
    headers = standard.sign(FIRST, "dlv_1", NOW, b"{}")
    assert verify({key: value for key, value in headers.items() if key != name}, FIRST) == Rejected("signature-missing")
    assert isinstance(verify({**headers, name: f"{headers[name]},{headers[name]}"}, FIRST), Rejected)


@pytest.mark.parametrize(
    ("name", "value"),
    [("webhook-id", "a.b"), ("webhook-id", ""), ("webhook-id", "a" * 129), ("webhook-timestamp", "1e9"),
     ("webhook-timestamp", "-1"), ("webhook-timestamp", "١٢٣"), ("webhook-timestamp", "1" * 13),
     ("webhook-signature", "v1,A " * 16 + "v1,A"),
     ("webhook-signature", "v" * 4097)],
)  # fmt: skip
def test_malformed_headers_are_refused(name: str, value: str) -> None:
    assert verify({**standard.sign(FIRST, "dlv_1", NOW, b"{}"), name: value}, FIRST) == Rejected("signature-malformed")


def _as_text(prefix: str, length: int) -> str:
    return prefix + base64.b64encode(b"a" * length).decode()


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_!!",
        "plain-secret-of-enough-length",
        _as_text("whsec_", 23),
        _as_text("whsec_", 65),
        _as_text("whpk_", 31),
    ],
)
def test_an_unusable_secret_verifies_nothing(secret: str) -> None:
    assert verify(standard.sign(FIRST, "dlv_1", NOW, b"{}"), secret) == Rejected("no-secret")
    with pytest.raises(ValueError, match="whsec_"):
        standard.sign(secret, "dlv_1", NOW, b"")


def test_an_unusable_newest_secret_keeps_its_place() -> None:
    found = verify(standard.sign(SECOND, "dlv_1", NOW, b"{}"), "whsec_!!", SECOND)
    assert isinstance(found, Verified)
    assert found.secret == "previous"


@given(st.text(), st.text(), st.text(), st.binary())
def test_any_headers_and_any_body_give_a_value(delivery: str, stamp: str, listed: str, body: bytes) -> None:
    public = "whpk_" + base64.b64encode(b"\x01" * 32).decode()
    headers = {"webhook-id": delivery, "webhook-timestamp": stamp, "webhook-signature": listed}
    assert isinstance(verify(headers, FIRST, public, body=body), Rejected)


@given(st.lists(st.binary(min_size=60, max_size=68), max_size=4), st.binary(min_size=32, max_size=32))
def test_any_ed25519_bytes_give_a_value(signatures: list[bytes], key: bytes) -> None:
    listed = " ".join("v1a," + base64.b64encode(one).decode() for one in signatures)
    headers = {**standard.sign(FIRST, "dlv_1", NOW, b"{}"), "webhook-signature": listed}
    assert verify(headers, "whpk_" + base64.b64encode(key).decode()) == Rejected("signature")
