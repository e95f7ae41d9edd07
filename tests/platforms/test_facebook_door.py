"""Who is believed at the door that Facebook and Instagram share: vectors, live secrets, a handshake."""

from __future__ import annotations

import ast
import json
import string
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.webhook import Answer, Rejected, Secrets, Verified
from chalicelib.platforms.contract import Platform
from chalicelib.platforms.meta_parts import door
from chalicelib.registry import members
from tests.platforms.webhook_kit import NOW, webhook

VECTORS = {
    one["id"]: one
    for one in json.loads((Path(__file__).parents[1] / "vectors/meta_and_linkedin.json").read_text())["vectors"]
    if "linkedin" not in one["id"]
}
META = {name: one for name, one in members("chalicelib.platforms", "PLATFORM").items() if name in ("facebook", "instagram")}
BOTH = pytest.mark.parametrize("platform", META.values(), ids=META)
HEADER = "x-hub-signature-256"
FIRST, SECOND, THIRD = (letter * 32 for letter in "abc")
BODY = b'{"object":"page","entry":[{"id":"100","changes":[]}]}'
ASKED = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "meatyhamhock"}


def signed(secret: str, body: bytes = BODY) -> str:
    return door.signature(secret.encode(), body).decode()


def verify(platform: Platform, header: str | None, *secrets: str, body: bytes = BODY) -> Verified | Rejected:
    headers = {} if header is None else {HEADER: header}
    return platform.verify(webhook(body, headers), Secrets(secrets), NOW, timedelta(minutes=5))


def shake(platform: Platform, *secrets: str, **changes: str) -> Answer | Rejected | None:
    query = {**ASKED, **{name.replace("__", "."): value for name, value in changes.items()}}
    return platform.handshake(webhook(query=query, method="GET"), Secrets(secrets))


@pytest.mark.parametrize("vector", [one for one in VECTORS.values() if "body" in one], ids=lambda one: one["id"])
def test_published_vectors_are_reproduced(vector: dict[str, Any]) -> None:
    assert door.signature(vector["secret"].encode(), vector["body"].encode()).decode() == vector["headers"][HEADER]


def test_a_body_that_was_parsed_and_written_again_is_another_body() -> None:
    vector = VECTORS["meta-event-derived-escaped-unicode"]
    again = json.dumps(json.loads(vector["body"]), ensure_ascii=False).encode()
    assert door.signature(vector["secret"].encode(), again).decode() != vector["headers"][HEADER]


@BOTH
def test_either_live_secret_is_believed_and_no_third(platform: Platform) -> None:
    assert verify(platform, signed(FIRST), FIRST, SECOND) == Verified(webhook(BODY, {HEADER: signed(FIRST)}), "current")
    older = verify(platform, signed(SECOND), f"verify:{THIRD}", FIRST, SECOND)
    assert isinstance(older, Verified)
    assert older.secret == "previous"
    assert verify(platform, signed(THIRD), FIRST, SECOND, THIRD) == Rejected("signature")


@BOTH
def test_the_token_of_the_handshake_signs_nothing(platform: Platform) -> None:
    for key in (FIRST, f"verify:{FIRST}"):
        assert verify(platform, signed(key), f"verify:{FIRST}") == Rejected("no-secret")


@BOTH
def test_no_header_no_secret_or_a_guessable_secret_is_never_believed(platform: Platform) -> None:
    assert verify(platform, None, FIRST) == Rejected("signature-missing")
    assert verify(platform, signed("")) == Rejected("no-secret")
    assert verify(platform, signed(""), "") == Rejected("no-secret")
    assert verify(platform, signed("s" * 23), "s" * 23) == Rejected("no-secret")


@BOTH
def test_the_old_sha1_header_proves_nothing(platform: Platform) -> None:
    found = platform.verify(webhook(BODY, {"x-hub-signature": signed(FIRST)}), Secrets((FIRST,)), NOW, timedelta(minutes=5))
    assert found == Rejected("signature-missing")


@BOTH
@given(place=st.integers(0, len(BODY) - 1), change=st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_refused(platform: Platform, place: int, change: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= change
    assert verify(platform, signed(FIRST), FIRST, body=bytes(changed)) == Rejected("signature")


@BOTH
@given(header=st.text(), body=st.binary())
def test_any_header_and_any_body_give_a_value(platform: Platform, header: str, body: bytes) -> None:
    assert isinstance(verify(platform, header, FIRST, body=body), Rejected)


@BOTH
def test_the_challenge_is_echoed_to_whoever_knows_the_token(platform: Platform) -> None:
    vector = VECTORS["meta-verify-handshake-docs"]
    expected = Answer(200, "text/plain", "1158201444")
    assert vector["expected_response_body"] == "1158201444"
    assert shake(platform, FIRST, f"verify:{vector['verify_token']}") == expected
    assert shake(platform, "verify:newer", "verify:meatyhamhock") == expected


@BOTH
def test_a_wrong_or_missing_token_gets_nothing(platform: Platform) -> None:
    assert shake(platform, "verify:other") == Rejected("verify-token")
    assert shake(platform, "verify:meatyhamhock", hub__verify_token="") == Rejected("verify-token")
    assert shake(platform, "verify:", hub__verify_token="") == Rejected("no-secret")
    assert shake(platform, "meatyhamhock") == Rejected("no-secret")
    assert shake(platform, "verify:meatyhamhock", hub__mode="unsubscribe") is None
    assert platform.handshake(webhook(query=ASKED), Secrets(("verify:meatyhamhock",))) is None


@BOTH
@given(challenge=st.text(max_size=200) | st.sampled_from(["<script>", "1\n", "a" * 129, "", "٣", "--", "_"]))
def test_nothing_that_could_be_markup_is_echoed(platform: Platform, challenge: str) -> None:
    found = shake(platform, "verify:meatyhamhock", hub__challenge=challenge)
    if set(challenge) <= set(string.ascii_letters + string.digits + "-_") and 0 < len(challenge) <= 128:
        assert found == Answer(200, "text/plain", challenge)
    else:
        assert found == Rejected("challenge-malformed")


def test_tokens_and_signatures_are_compared_in_constant_time() -> None:
    tree = ast.parse(Path(str(door.__file__)).read_text())
    for name in ("handshake", "verify"):
        function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)
        assert "matching" in {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        compared = [ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Compare)]
        assert not [one for one in compared if "presented ==" in one or "== presented" in one or "signature" in one]
