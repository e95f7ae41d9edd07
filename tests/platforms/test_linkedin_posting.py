"""Comments on LinkedIn in the name of an organization: what is sent, and what the answers mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.outcome import (
    Carried,
    HttpResponse,
    MaybeSent,
    NeverSent,
    NotFound,
    NotYet,
    Posted,
    Refused,
    Undecided,
)
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.linkedin import PLATFORM
from tests.platforms.webhook_kit import NOW, answer, reservation

KEYS = Secrets(("AQ" + "t" * 40,))
COMMENT, POST = "urn:li:comment:(urn:li:activity:5000,5001)", "urn:li:activity:5000"
OURS = "urn:li:comment:(urn:li:activity:5000,9001)"
WANTED = reservation(platform="linkedin", post_id=COMMENT)


def row(**changes: Any) -> dict[str, Any]:
    text = {"text": WANTED.text}
    return {"commentUrn": OURS, "id": "9001", "actor": "urn:li:organization:100", "message": text, **changes}


def test_a_reply_to_a_comment_stands_under_it_in_the_name_of_the_page() -> None:
    request = PLATFORM.post_request(WANTED, "https://api.linkedin.com", KEYS, NOW, "n")
    encoded = "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A5000%2C5001%29"
    assert (request.method, request.url) == ("POST", f"https://api.linkedin.com/rest/socialActions/{encoded}/comments")
    assert json.loads(request.body) == {
        "actor": "urn:li:organization:100",
        "object": POST,
        "message": {"text": WANTED.text},
        "parentComment": COMMENT,
    }
    assert request.headers["authorization"] == f"Bearer {KEYS.values[0]}"
    assert request.headers["linkedin-version"].isdigit()
    assert request.headers["x-restli-protocol-version"] == "2.0.0"
    assert KEYS.values[0] not in repr(request) + request.url


def test_a_reply_to_a_post_has_no_comment_above_it() -> None:
    request = PLATFORM.post_request(reservation(post_id="urn:li:share:5010"), "https://l", KEYS, NOW, "n")
    body = json.loads(request.body)
    assert body["object"] == "urn:li:share:5010"
    assert "parentComment" not in body


def test_a_look_up_asks_for_the_comments_under_the_post() -> None:
    request = PLATFORM.lookup_request(WANTED, "https://l", KEYS, NOW, "n")
    assert (request.method, request.body) == ("GET", b"")
    assert request.url.endswith("/comments?start=0&count=100")


@pytest.mark.parametrize("secret", [(), ("",), ("short",), ("a" * 30 + "\r\nX-Evil: 1",)])
def test_unusable_credentials_say_what_is_missing_and_show_nothing(secret: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="posting/linkedin/<account>") as raised:
        PLATFORM.post_request(WANTED, "https://l", Secrets(secret), NOW, "n")
    assert "X-Evil" not in str(raised.value)


@pytest.mark.parametrize("post", ["5001", "urn:li:comment:(activity:5000,5001)", f"{POST}:reaction:7", f"{POST}/../x", ""])
def test_nothing_but_the_one_spelling_of_a_post_is_put_into_an_address(post: str) -> None:
    with pytest.raises(ValueError, match="no name of LinkedIn"):
        PLATFORM.post_request(reservation(post_id=post), "https://l", KEYS, NOW, "n")


@pytest.mark.parametrize(
    ("carried", "outcome"),
    [
        (answer(201, {"commentUrn": "urn:li:comment:(activity:5000,9001)"}), Posted(OURS)),
        (answer(201, {"id": "x"}, x_restli_id="9001"), Posted("9001")),
        (answer(201, None, x_restli_id="urn:li:comment:(activity:5000,9001)"), Posted(OURS)),
        (answer(201, {"commentUrn": "urn:li:person:9"}, x_restli_id="<b>"), Undecided("no-post-id")),
        (answer(201), Undecided("no-post-id")),
        (answer(401), Refused("auth-dead")),
        (answer(403), Refused("not-permitted")),
        (answer(404), Refused("gone")),
        (answer(409), Refused("duplicate")),
        (answer(422), Refused("refused")),
        (answer(429, retry_after="7"), NotYet("throttled", 7)),
        (answer(408), Undecided("http-408")),
        (answer(500), Undecided("http-500")),
        (answer(302), Undecided("http-302")),
        (NeverSent("refused"), NotYet("connection", 5)),
        (MaybeSent("timeout"), Undecided("maybe-sent")),
    ],
)
def test_only_a_named_comment_is_a_post(carried: Carried, outcome: object) -> None:
    assert PLATFORM.read_outcome(carried) == outcome


@pytest.mark.parametrize(
    ("carried", "found"),
    [
        (answer(200, {"elements": [7, {}, row()]}), Posted(OURS)),
        (answer(200, {"elements": [row(actor="urn:li:organization:101")]}), NotFound()),
        (answer(200, {"elements": [row(actor="urn:li:person:100")]}), NotFound()),
        (answer(200, {"elements": [row(message={"text": "else"})]}), NotFound()),
        (answer(200, {"elements": [row(message="text")]}), NotFound()),
        (answer(200, {"elements": [row(commentUrn="x")]}), NotFound()),
        (answer(200, {"elements": [], "paging": {"total": 3}}), Undecided("more-pages")),
        (answer(200, {"elements": [{}] * 100}), Undecided("more-pages")),
        (answer(200, {"elements": [{}] * 99}), NotFound()),
        (answer(200, {"elements": 7}), Undecided("unreadable")),
        (answer(200), Undecided("unreadable")),
        (answer(503), Undecided("http-503")),
        (NeverSent("x"), Undecided("not-sent")),
    ],
)
def test_our_comment_is_found_by_organization_and_words(carried: Carried, found: object) -> None:
    assert PLATFORM.read_lookup(WANTED, carried) == found


@given(st.integers(100, 599), st.binary(max_size=60), st.dictionaries(st.sampled_from(["retry-after", "date"]), st.text()))
def test_any_answer_gives_a_value_and_garbage_is_never_posted(status: int, body: bytes, headers: dict[str, str]) -> None:
    response = HttpResponse(status=status, headers=headers, body=body)
    assert not isinstance(PLATFORM.read_outcome(response), Posted)
    assert isinstance(PLATFORM.read_lookup(WANTED, response), (NotFound, Undecided))
