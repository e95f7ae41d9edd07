"""Replies on Facebook and Instagram: what is sent, what the Graph API's answers mean, and the sandbox doing its worst."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import urllib3
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
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Secrets
from chalicelib.http_client import PooledHttp
from chalicelib.local.sandbox import BEHAVIOURS, Sandbox
from chalicelib.platforms import facebook, instagram
from chalicelib.platforms.contract import Platform
from tests.platforms.webhook_kit import NOW, answer, reservation, webhook

TOKEN = "100-" + "t" * 40
KEYS = Secrets((TOKEN,))
PLATFORMS: dict[str, Platform] = {"facebook": facebook.PLATFORM, "instagram": instagram.PLATFORM}
POST = {"facebook": "5000_5001", "instagram": "5001"}
BOTH = pytest.mark.parametrize("name", PLATFORMS)
PATIENT_S, SHORT_S = 5.0, 0.3
"""The short one only where no answer will ever come: on a busy machine even a prompt one takes its time."""


def wanted(name: str, **changes: Any) -> Reservation:
    return reservation(**{"platform": name, "post_id": POST[name], "text": "Seen & <noted> – we are on it.", **changes})


def error(status: int, code: object, subcode: int = 0, **headers: str) -> HttpResponse:
    return answer(status, {"error": {"code": code, "error_subcode": subcode, "message": "m", "fbtrace_id": "f"}}, **headers)


def test_a_reply_on_facebook_is_a_comment_and_its_token_is_not_in_the_address() -> None:
    request = facebook.PLATFORM.post_request(wanted("facebook"), facebook.PLATFORM.endpoint or "", KEYS, NOW, "n")
    assert (request.method, request.url) == ("POST", "https://graph.facebook.com/v25.0/5000_5001/comments")
    assert parse_qs(request.body.decode()) == {"message": ["Seen & <noted> – we are on it."]}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert TOKEN not in repr(request) + request.url


def test_a_reply_on_instagram_goes_under_the_comment() -> None:
    request = instagram.PLATFORM.post_request(wanted("instagram"), "https://graph.instagram.com/v25.0", KEYS, NOW, "n")
    assert request.url == "https://graph.instagram.com/v25.0/5001/replies"
    assert parse_qs(request.body.decode()) == {"message": ["Seen & <noted> – we are on it."]}


@BOTH
def test_a_look_up_asks_for_who_wrote_what_and_carries_no_token(name: str) -> None:
    request = PLATFORMS[name].lookup_request(wanted(name), "https://g", KEYS, NOW, "n")
    query = parse_qs(urlsplit(request.url).query)
    assert (request.method, request.body) == ("GET", b"")
    assert query["fields"] == ["id,from,message" if name == "facebook" else "id,from,text"]
    assert ("order" in query) == (name == "facebook")
    assert TOKEN not in request.url


@BOTH
@pytest.mark.parametrize("secret", [(), ("",), ("short",), ("a" * 30 + "\r\nX-Evil: 1",), ("verify token with spaces!",)])
def test_unusable_credentials_say_what_is_missing_and_show_nothing(name: str, secret: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=f"posting/{name}/<account>") as raised:
        PLATFORMS[name].post_request(wanted(name), "https://g", Secrets(secret), NOW, "n")
    assert "X-Evil" not in str(raised.value)


@BOTH
def test_nothing_but_an_id_of_meta_is_put_into_an_address(name: str) -> None:
    for post in ("../me", "5001/likes?", "", "5001:reaction:200"):
        with pytest.raises(ValueError, match="no id of Meta"):
            PLATFORMS[name].post_request(wanted(name, post_id=post), "https://g", KEYS, NOW, "n")


@BOTH
@pytest.mark.parametrize(
    ("carried", "outcome"),
    [
        (answer(200, {"id": "5001_9001"}), Posted("5001_9001")),
        (answer(200, {"id": 9001}), Posted("9001")),
        (answer(200, {"success": True}), Undecided("no-post-id")),
        (answer(200), Undecided("no-post-id")),
        (error(400, 190), Refused("auth-dead")),
        (error(401, 190), Refused("auth-dead")),
        (error(400, 100, 33), Refused("gone")),
        (error(400, 803), Refused("gone")),
        (error(400, 100), Refused("refused")),
        (error(403, 10), Refused("not-permitted")),
        (error(403, 200), Refused("not-permitted")),
        (error(400, 299), Refused("not-permitted")),
        (error(400, 368), Refused("abuse-flag")),
        (error(400, 506), Refused("duplicate")),
        (error(400, 32), NotYet("throttled", 60)),
        (error(403, 4, retry_after="7"), NotYet("throttled", 7)),
        (error(429, 4), NotYet("throttled", 60)),
        (error(400, 1), Undecided("graph-1")),
        (error(400, 2), Undecided("graph-2")),
        (error(400, 987654), Undecided("graph-987654")),
        (error(400, True), Undecided("http-400")),
        (error(400, "190"), Undecided("http-400")),
        (error(500, 2), Undecided("http-500")),
        (error(500, 190), Undecided("http-500")),
        (answer(400), Undecided("http-400")),
        (answer(302, {"id": "9001"}), Undecided("http-302")),
        (NeverSent("refused"), NotYet("connection", 5)),
        (MaybeSent("timeout"), Undecided("maybe-sent")),
    ],
)
def test_only_an_id_is_a_post_and_only_a_code_that_says_so_is_a_no(name: str, carried: Carried, outcome: object) -> None:
    assert PLATFORMS[name].read_outcome(carried) == outcome


def test_no_text_of_the_answer_gets_into_the_outcome() -> None:
    assert facebook.PLATFORM.read_outcome(error(400, 10**400)) == Undecided("graph-" + "1" + "0" * 33)


@BOTH
@given(status=st.integers(100, 599), body=st.binary(max_size=60), headers=st.dictionaries(st.just("retry-after"), st.text()))
def test_any_answer_gives_a_value_and_garbage_is_never_posted(
    name: str, status: int, body: bytes, headers: dict[str, str]
) -> None:
    response = HttpResponse(status=status, headers=headers, body=body)
    assert not isinstance(PLATFORMS[name].read_outcome(response), Posted)
    assert isinstance(PLATFORMS[name].read_lookup(wanted(name), response), (NotFound, Undecided))


@BOTH
@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, Posted("9001")),
        ({"id": 9001}, Posted("9001")),
        ({"from": {"id": 100}}, Posted("9001")),
        ({"from": {"id": "987", "username": "TelLine"}}, Posted("9001")),
        ({"from": {"id": "987", "username": "gil.m"}}, NotFound()),
        ({"from": None}, NotFound()),
        ({"words": "Something else"}, NotFound()),
        ({"words": 7}, NotFound()),
        ({"id": "a b"}, NotFound()),
    ],
)
def test_our_reply_is_found_by_account_and_words(name: str, changes: dict[str, Any], found: object) -> None:
    text = {"facebook": "message", "instagram": "text"}[name]
    row = {"id": "9001", "from": {"id": "100"}, "words": "Seen &amp; <noted> – we are on it.", **changes}
    row[text] = row.pop("words")
    assert PLATFORMS[name].read_lookup(wanted(name), answer(200, {"data": [{}, 7, row]})) == found


@BOTH
@pytest.mark.parametrize(
    ("carried", "found"),
    [
        (answer(200, {"data": []}), NotFound()),
        (answer(200, {"data": [], "paging": {"next": "https://g/more"}}), Undecided("more-pages")),
        (answer(200, {"data": 7}), Undecided("unreadable")),
        (answer(200), Undecided("unreadable")),
        (error(400, 100, 33), Undecided("http-400")),
        (NeverSent("x"), Undecided("not-sent")),
        (MaybeSent("x"), Undecided("not-sent")),
    ],
)
def test_a_look_up_that_shows_nothing_proves_nothing_more(name: str, carried: Carried, found: object) -> None:
    assert PLATFORMS[name].read_lookup(wanted(name), carried) == found


class World:
    """A started sandbox with the real client before it."""

    def __init__(self, sandbox: Sandbox, http: PooledHttp) -> None:
        self.sandbox, self.http = sandbox, http

    def post(self, name: str, timeout_s: float) -> object:
        request = PLATFORMS[name].post_request(wanted(name), f"{self.sandbox.url}/{name}", KEYS, NOW, "n")
        return PLATFORMS[name].read_outcome(self.http.send(request, timeout_s))

    def look(self, name: str) -> object:
        request = PLATFORMS[name].lookup_request(wanted(name), f"{self.sandbox.url}/{name}", KEYS, NOW, "n")
        return PLATFORMS[name].read_lookup(wanted(name), self.http.send(request, PATIENT_S))


@pytest.fixture
def world() -> Iterator[World]:
    sandbox, http = Sandbox(lambda: NOW), PooledHttp()
    sandbox.start()
    yield World(sandbox, http)
    http.close()
    sandbox.stop()


OURS = Posted("7000000000000000001")
OUTCOMES = {
    "ok": (OURS, True),
    "apply-and-lose": (Undecided("maybe-sent"), True),
    "throttle": (NotYet("throttled", 60), False),
    "time-out": (Undecided("maybe-sent"), False),
    "apply-and-time-out": (Undecided("maybe-sent"), True),
    "server-error": (Undecided("http-500"), False),
    "apply-and-server-error": (Undecided("http-500"), True),
    "refuse": (Refused("not-permitted"), False),
    "gone": (Refused("gone"), False),
    "duplicate": (Refused("duplicate"), False),
}


def test_every_behaviour_is_tried_here() -> None:
    assert BEHAVIOURS.keys() == OUTCOMES.keys()


@BOTH
@pytest.mark.parametrize("behaviour", OUTCOMES)
def test_the_sandbox_misbehaves_as_meta_would_and_the_look_up_tells_what_is_public(
    world: World, name: str, behaviour: str
) -> None:
    outcome, public = OUTCOMES[behaviour]
    world.sandbox.script(POST[name], behaviour)
    assert world.post(name, SHORT_S if "time-out" in behaviour else PATIENT_S) == outcome
    assert [(post.platform, post.account, post.in_reply_to, post.text) for post in world.sandbox.posts] == (
        [(name, "100", POST[name], wanted(name).text)] if public else []
    )
    assert world.look(name) == (OURS if public else NotFound())


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("POST", "/facebook/5001/comments", "", 401),
        ("GET", "/facebook/5001/comments", "", 401),
        ("POST", "/facebook/5001/comments", f"Bearer {TOKEN}", 400),
        ("POST", "/facebook/5001/replies", f"Bearer {TOKEN}", 404),
        ("GET", "/instagram/5001/comments", f"Bearer {TOKEN}", 404),
    ],
)
def test_a_request_of_the_wrong_shape_posts_nothing(world: World, method: str, path: str, token: str, status: int) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", **({"authorization": token} if token else {})}
    body = b"text=not-a-message" if method == "POST" else None
    with urllib3.PoolManager(retries=False) as pool:
        assert pool.request(method, world.sandbox.url + path, body=body, headers=headers).status == status
    assert world.sandbox.posts == []


def test_no_webhook_is_a_handshake_by_accident() -> None:
    assert facebook.PLATFORM.handshake(webhook(method="GET"), KEYS) is None
