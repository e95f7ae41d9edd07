"""Who is believed on LinkedIn: the vectors, the prefix that is signed, live secrets, and a challenge that signs no body."""

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
from chalicelib.platforms import linkedin
from chalicelib.platforms.linkedin import PLATFORM, challenge_answer, signature
from tests.platforms.webhook_kit import NOW, webhook

VECTORS = {
    one["id"]: one
    for one in json.loads((Path(__file__).parents[1] / "vectors/meta_and_linkedin.json").read_text())["vectors"]
    if "linkedin" in one["id"]
}
HEADER = "x-li-signature"
FIRST, SECOND, THIRD = "test-client-secret", "b" * 30, "c" * 30
BODY = b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[]}'
CODE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"


def signed(secret: str, body: bytes = BODY) -> str:
    return signature(secret.encode(), body).decode()


def verify(header: str | None, *secrets: str, body: bytes = BODY) -> Verified | Rejected:
    headers = {} if header is None else {HEADER: header}
    return PLATFORM.verify(webhook(body, headers), Secrets(secrets), NOW, timedelta(minutes=5))


def shake(code: str, *secrets: str, method: str = "GET") -> Answer | Rejected | None:
    return PLATFORM.handshake(webhook(query={"challengeCode": code}, method=method), Secrets(secrets))


@pytest.mark.parametrize("id", [id for id, one in VECTORS.items() if "body" in one])
def test_the_prefix_is_signed_with_the_body_and_is_not_in_the_header(id: str) -> None:
    vector: dict[str, Any] = VECTORS[id]
    found = verify(vector["headers"][HEADER], vector["secret"], body=vector["body"].encode())
    assert isinstance(found, Verified if vector["expect"] == "valid" else Rejected)
    assert verify("hmacsha256=" + vector["headers"][HEADER], vector["secret"], body=vector["body"].encode()) == Rejected(
        "signature"
    )


def test_the_challenge_of_the_vectors_is_answered() -> None:
    vector = VECTORS["linkedin-challenge-derived"]
    found = shake(vector["message"], vector["secret"])
    assert isinstance(found, Answer)
    assert (found.status, found.content_type) == (200, "application/json")
    assert json.loads(found.body) == vector["expected_response"]
    documented = VECTORS["linkedin-challenge-docs-NO-SECRET"]["expected_response"]
    assert json.loads(found.body).keys() == documented.keys()
    assert len(json.loads(found.body)["challengeResponse"]) == len(documented["challengeResponse"])


def test_the_challenge_is_answered_with_the_newest_secret_only() -> None:
    assert shake(CODE, SECOND, FIRST) == Answer(200, "application/json", challenge_answer(SECOND.encode(), CODE))
    assert shake(CODE) == Rejected("no-secret")
    assert shake(CODE, "short", FIRST) == Rejected("no-secret")
    assert shake(CODE, FIRST, method="POST") is None
    assert PLATFORM.handshake(webhook(method="GET"), Secrets((FIRST,))) is None


@given(st.text(max_size=80) | st.just("hmacsha256=" + BODY.decode()) | st.sampled_from([CODE + "\n", "hmacsha256=", CODE[:-1]]))
def test_the_challenge_signs_nothing_that_is_believed_as_a_body(code: str) -> None:
    """Without this anybody could ask for ``hmacsha256={a forged body}`` as a challenge and send the answer as its signature."""
    assert shake(code, FIRST) == Rejected("challenge-malformed")


def test_either_live_secret_is_believed_and_no_third() -> None:
    assert verify(signed(FIRST), FIRST, SECOND) == Verified(webhook(BODY, {HEADER: signed(FIRST)}), "current")
    older = verify(signed(SECOND), FIRST, SECOND)
    assert isinstance(older, Verified)
    assert older.secret == "previous"
    assert verify(signed(THIRD), FIRST, SECOND, THIRD) == Rejected("signature")


def test_no_header_no_secret_or_a_guessable_secret_is_never_believed() -> None:
    assert verify(None, FIRST) == Rejected("signature-missing")
    assert verify(signed("")) == Rejected("no-secret")
    assert verify(signed(""), "") == Rejected("no-secret")
    assert verify(signed("s" * 15), "s" * 15) == Rejected("no-secret")


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_one_changed_byte_of_the_body_is_refused(place: int, change: int) -> None:
    changed = bytearray(BODY)
    changed[place] ^= change
    assert verify(signed(FIRST), FIRST, body=bytes(changed)) == Rejected("signature")


@given(st.text(), st.binary())
def test_any_header_and_any_body_give_a_value(header: str, body: bytes) -> None:
    assert isinstance(verify(header, FIRST, body=body), Rejected)


def test_signatures_are_compared_in_constant_time() -> None:
    tree = ast.parse(Path(str(linkedin.__file__)).read_text())
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "verify")
    assert "matching" in {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    compared = [ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.Compare)]
    assert not [one for one in compared if "signature" in one or "== presented" in one or "presented ==" in one]


def test_people_answer_on_linkedin_unless_a_deployment_may_more() -> None:
    assert linkedin.LinkedIn.needs_attestation is True
