"""Who is believed on X: vectors, both headers, two live secrets, and the challenge that must not sign bodies."""

from __future__ import annotations

import ast
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.webhook import Answer, Rejected, Secrets, Verified
from chalicelib.platforms.signing import mac
from chalicelib.platforms.x import PLATFORM, challenge_answer, signature
from tests.platforms.webhook_kit import NOW, webhook

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/x_and_standard_webhooks.json").read_text())["vectors"]
X_VECTORS = [vector for vector in VECTORS if vector["id"].startswith("x-")]
LEGACY, OAUTH2 = "x-twitter-webhooks-signature", "x-twitter-webhooks-signature-oauth2"
FIRST, SECOND, THIRD = (letter * 30 for letter in "abc")
BODY = b'{"for_user_id":"100","follow_events":[]}'
TOLERANCE = timedelta(minutes=5)


def signed(secret: str, body: bytes = BODY) -> str:
    return signature(secret.encode(), body).decode()


def verify(headers: dict[str, str], *secrets: str, body: bytes = BODY) -> Verified | Rejected:
    return PLATFORM.verify(webhook(body, headers), Secrets(secrets), NOW, TOLERANCE)


@pytest.mark.parametrize("vector", X_VECTORS, ids=[vector["id"] for vector in X_VECTORS])
def test_published_vectors_are_reproduced(vector: dict[str, Any]) -> None:
    key = vector["secret"].encode()
    if "message" in vector:
        assert json.loads(challenge_answer(key, vector["message"])) == vector["expected_response"]
    else:
        assert signature(key, vector["body"].encode()).decode() in vector["headers"].values()


@pytest.mark.parametrize("header", [LEGACY, OAUTH2])
def test_either_header_is_believed_under_either_live_secret(header: str) -> None:
    assert verify({header: signed(FIRST)}, FIRST, SECOND) == Verified(webhook(BODY, {header: signed(FIRST)}), "current")
    found = verify({header: signed(SECOND)}, FIRST, SECOND)
    assert isinstance(found, Verified)
    assert found.secret == "previous"


def test_a_third_secret_is_not_live() -> None:
    assert verify({LEGACY: signed(THIRD)}, FIRST, SECOND, THIRD) == Rejected("signature")


def test_where_the_newer_header_is_present_it_alone_decides() -> None:
    assert verify({OAUTH2: "sha256=AAAA", LEGACY: signed(FIRST)}, FIRST) == Rejected("signature")


def test_a_prefixed_secret_keys_one_header_only_and_names_its_place_within_its_kind() -> None:
    secrets = (f"oauth2:{FIRST}", f"consumer:{SECOND}", f"consumer:{THIRD}")
    assert verify({LEGACY: signed(FIRST)}, *secrets) == Rejected("signature")
    assert verify({OAUTH2: signed(SECOND)}, *secrets) == Rejected("signature")
    newest, older = verify({LEGACY: signed(SECOND)}, *secrets), verify({LEGACY: signed(THIRD)}, *secrets)
    assert isinstance(newest, Verified)
    assert isinstance(older, Verified)
    assert (newest.secret, older.secret) == ("current", "previous")


def test_no_header_no_secret_or_a_guessable_secret_is_never_believed() -> None:
    assert verify({}, FIRST) == Rejected("signature-missing")
    assert verify({LEGACY: signed("")}) == Rejected("no-secret")
    assert verify({LEGACY: signed("")}, "") == Rejected("no-secret")
    assert verify({LEGACY: signed("s" * 23)}, "s" * 23) == Rejected("no-secret")


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_refused(place: int, change: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= change
    assert verify({LEGACY: signed(FIRST)}, FIRST, body=bytes(changed)) == Rejected("signature")


@given(st.text(), st.binary())
def test_any_header_and_any_body_give_a_value(header: str, body: bytes) -> None:
    assert isinstance(verify({OAUTH2: header}, FIRST, body=body), Rejected)


def test_the_challenge_is_answered_with_the_newest_secret() -> None:
    asked = webhook(query={"crc_token": "challenge_string"}, method="GET")
    found = PLATFORM.handshake(asked, Secrets((f"oauth2:{FIRST}", SECOND)))
    assert found == Answer(200, "application/json", json.dumps({"response_token": signed(FIRST, b"challenge_string")}))
    assert PLATFORM.handshake(asked, Secrets(())) == Rejected("no-secret")
    assert PLATFORM.handshake(webhook(query={}, method="GET"), Secrets((FIRST,))) is None
    assert PLATFORM.handshake(webhook(query={"crc_token": "a"}), Secrets((FIRST,))) is None


@given(st.text(min_size=1, max_size=600) | st.sampled_from(['{"data":{}}', "123", "true", "a" * 513, "a\n"]))
def test_the_challenge_signs_nothing_that_is_believed_as_a_body(token: str) -> None:
    """X signs tokens as it signs bodies: without this anybody could ask us to sign a forged mention."""
    found = PLATFORM.handshake(webhook(query={"crc_token": token}, method="GET"), Secrets((FIRST,)))
    if isinstance(found, Answer):
        header = json.loads(found.body)["response_token"]
        assert verify({LEGACY: header}, FIRST, body=token.encode()) == Rejected("could-be-a-challenge")


def test_every_mac_is_compared_in_constant_time() -> None:
    """In the syntax tree: no ``==`` on signatures, no way out of the loop over the keys."""
    tree = ast.parse(Path(mac.__file__).read_text())
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "matching")
    calls = {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    assert "hmac.compare_digest" in calls
    loop = next(node for node in function.body if isinstance(node, ast.For))
    assert not [node for node in ast.walk(loop) if isinstance(node, (ast.Return, ast.Break, ast.Continue, ast.Eq))]
    presented = [node for node in ast.walk(loop) if isinstance(node, ast.ListComp)]
    assert presented, "any() over a generator would stop at the first match"
    verifier = ast.parse(Path(str(ROOT / "chalicelib/platforms/x.py")).read_text())
    assert "matching" in {ast.unparse(node.func) for node in ast.walk(verifier) if isinstance(node, ast.Call)}
