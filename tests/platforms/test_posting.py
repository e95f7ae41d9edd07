"""What is sent to post a reply or to find it, and what the answers mean: only a clear answer is ever more than undecided."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from datetime import timezone
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.outcome import (
    Carried,
    HttpRequest,
    HttpResponse,
    MaybeSent,
    NeverSent,
    NotFound,
    NotYet,
    Posted,
    Refused,
    Undecided,
)
from chalicelib.domain.webhook import Secrets, Verified
from chalicelib.platforms import relay, x
from chalicelib.platforms.contract import Platform
from tests.platforms.test_relay_signature import FIRST, TOLERANCE
from tests.platforms.webhook_kit import NOW, answer, reservation, webhook

KEYS = {"consumer_key": "ck", "consumer_secret": "cs", "token": "100-t", "token_secret": "ts"}
ON_X = Secrets((json.dumps(KEYS),))
ON_RELAY = Secrets((FIRST,))
DOOR = "https://relay.example/replies"
RELAYED = reservation(platform="relay:mastodon", account="telline", post_id="at://did:plc:1/post/3k")
BOTH = pytest.mark.parametrize("platform", [x.PLATFORM, relay.PLATFORM], ids=["x", "relay"])


def found_on_x(**changes: Any) -> dict[str, Any]:
    row = {
        "id": "9001",
        "author_id": "100",
        "text": "@gil We have seen this &amp; U\u0308nder way.",
        "referenced_tweets": [{"type": "replied_to", "id": "5001"}],
    }
    return {**row, **changes}


def test_a_reply_on_x_is_signed_by_oauth_1_with_the_nonce_and_time_given() -> None:
    request = x.PLATFORM.post_request(reservation(), "https://api.x.com", ON_X, NOW, "n0nce")
    assert (request.method, request.url) == ("POST", "https://api.x.com/2/tweets")
    assert json.loads(request.body) == {"text": reservation().text, "reply": {"in_reply_to_tweet_id": "5001"}}
    assert request.headers["content-type"] == "application/json"
    header = oauth(request)
    assert (header["oauth_nonce"], header["oauth_timestamp"]) == ("n0nce", str(int(NOW.timestamp())))
    assert (header["oauth_consumer_key"], header["oauth_token"]) == ("ck", "100-t")
    assert header["oauth_signature"] == by_hand(request, header)


def oauth(request: HttpRequest) -> dict[str, str]:
    return {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', request.headers["authorization"])}


def by_hand(request: HttpRequest, header: dict[str, str]) -> str:
    """RFC 5849 §3.4 written out: base string of method, address and sorted parameters; HMAC-SHA1 under both secrets."""
    parts = urlsplit(request.url)
    pairs = [*parse_qsl(parts.query), *((name, value) for name, value in header.items() if name != "oauth_signature")]
    joined = "&".join(sorted(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs))
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    base = "&".join([request.method, quote(address, safe="~"), quote(joined, safe="~")])
    return base64.b64encode(hmac.new(b"cs&ts", base.encode(), hashlib.sha1).digest()).decode()


def test_a_look_up_on_x_asks_for_the_timeline_since_the_post() -> None:
    request = x.PLATFORM.lookup_request(reservation(), "https://api.x.com", ON_X, NOW, "n0nce")
    assert oauth(request)["oauth_signature"] == by_hand(request, oauth(request))
    query = parse_qs(urlsplit(request.url).query)
    assert urlsplit(request.url).path == "/2/users/100/tweets"
    assert (query["since_id"], query["max_results"]) == (["5001"], ["100"])
    assert {"referenced_tweets", "author_id", "text"} <= set(query["tweet.fields"][0].split(","))
    assert (request.method, request.body) == ("GET", b"")


def test_nothing_of_a_request_that_is_secret_is_printed() -> None:
    printed = repr(x.PLATFORM.post_request(reservation(), "https://api.x.com", ON_X, NOW, "n0nce")) + repr(ON_X)
    assert "oauth" not in printed.lower()
    assert "cs" not in printed.replace("tweets", "")


@pytest.mark.parametrize(
    "secret",
    [(), ("",), ("[]",), ('{"consumer_key":"a"}',), (json.dumps({**KEYS, "token": 1}),), (json.dumps({**KEYS, "token": ""}),)],
)
def test_unusable_credentials_say_what_is_missing_and_show_nothing(secret: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="consumer_key, consumer_secret, token, token_secret") as raised:
        x.PLATFORM.post_request(reservation(), "https://api.x.com", Secrets(secret), NOW, "n")
    assert '"a"' not in str(raised.value)
    with pytest.raises(ValueError, match="whsec_"):
        relay.PLATFORM.post_request(RELAYED, DOOR, Secrets(secret), NOW, "n")


def test_a_reply_through_a_relay_carries_its_reservation_twice_and_our_signature() -> None:
    request = relay.PLATFORM.post_request(RELAYED, DOOR, ON_RELAY, NOW, "n0nce")
    assert (request.method, request.url, request.headers["webhook-id"]) == ("POST", DOOR, "01hzy")
    body = json.loads(request.body)
    assert body["type"] == "reply.create"
    assert body["data"] == {
        "platform": "mastodon",
        "account": "telline",
        "in_reply_to": RELAYED.post_id,
        "text": RELAYED.text,
        "idempotency_key": "01hzy",
    }
    believed = relay.PLATFORM.verify(webhook(request.body, dict(request.headers)), ON_RELAY, NOW, TOLERANCE)
    assert isinstance(believed, Verified)


def test_a_look_up_through_a_relay_is_encoded_and_signed_over_nothing() -> None:
    request = relay.PLATFORM.lookup_request(RELAYED, DOOR, ON_RELAY, NOW, "n0nce")
    assert request.url == DOOR + "?in_reply_to=at%3A%2F%2Fdid%3Aplc%3A1%2Fpost%2F3k"
    assert relay.PLATFORM.lookup_request(RELAYED, DOOR + "?a=1", ON_RELAY, NOW, "n").url.startswith(DOOR + "?a=1&in_reply_to=")
    assert (request.method, request.body, request.headers["webhook-id"]) == ("GET", b"", "n0nce")
    assert isinstance(relay.PLATFORM.verify(webhook(b"", dict(request.headers)), ON_RELAY, NOW, TOLERANCE), Verified)


def test_an_id_that_may_not_be_a_delivery_id_is_hashed() -> None:
    ids = [
        relay.PLATFORM.post_request(reservation(id=f"a.{n}"), DOOR, ON_RELAY, NOW, "n").headers["webhook-id"] for n in (1, 1, 2)
    ]
    assert ids[0] == ids[1] != ids[2]
    assert "." not in ids[0]


@BOTH
@pytest.mark.parametrize(
    ("carried", "outcome"),
    [
        (NeverSent("refused"), NotYet("connection", 5)),
        (MaybeSent("timeout"), Undecided("maybe-sent")),
        (answer(401), Refused("auth-dead")),
        (answer(403), Refused("not-permitted")),
        (answer(400), Refused("refused")),
        (answer(201), Undecided("no-post-id")),
        (answer(200, {"data": {}}), Undecided("no-post-id")),
        (answer(408), Undecided("http-408")),
        (answer(500), Undecided("http-500")),
        (answer(503, retry_after="1"), Undecided("http-503")),
        (answer(302), Undecided("http-302")),
        (answer(429, retry_after="7"), NotYet("throttled", 7)),
    ],
)
def test_answers_that_mean_the_same_everywhere(platform: Platform, carried: Carried, outcome: object) -> None:
    assert platform.read_outcome(carried) == outcome


@pytest.mark.parametrize(
    ("carried", "outcome"),
    [
        (answer(201, {"data": {"id": "9001", "text": "t"}}), Posted("9001")),
        (answer(201, {"data": {"id": 9001}}), Undecided("no-post-id")),
        (answer(403, {"detail": "You are not allowed to create a Tweet with duplicate content."}), Refused("duplicate")),
        (answer(403, {"detail": "You attempted to reply to a Tweet that is deleted or not visible to you."}), Refused("gone")),
        (answer(400, {"detail": "You attempted to reply to a Tweet that is deleted or not visible to you."}), Refused("gone")),
        (answer(403, {"detail": "you have not been mentioned or otherwise engaged by the author"}), Refused("not-permitted")),
        (answer(403, {"detail": "This request looks like it might be automated."}), Refused("abuse-flag")),
        (answer(403, {"detail": 7}), Refused("not-permitted")),
        (answer(409, {"id": "9001"}), Undecided("http-409")),
    ],
)
def test_the_answers_of_x(carried: Carried, outcome: object) -> None:
    assert x.PLATFORM.read_outcome(carried) == outcome


@pytest.mark.parametrize(
    ("carried", "outcome"),
    [
        (answer(200, {"id": "a/1"}), Posted("a/1")),
        (answer(202, {"id": "a"}), Posted("a")),
        (answer(409, {"id": "a"}), Posted("a")),
        (answer(409), Undecided("no-post-id")),
        (answer(410), Refused("gone")),
        (answer(404), Refused("gone")),
        (answer(201, {"id": "a b"}), Undecided("no-post-id")),
    ],
)
def test_the_answers_of_a_relay(carried: Carried, outcome: object) -> None:
    assert relay.PLATFORM.read_outcome(carried) == outcome


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"retry_after": "0"}, 1),
        ({"retry_after": "99999"}, 900),
        ({"retry_after": "-1"}, 60),
        ({"retry_after": "1e3"}, 60),
        ({"retry_after": "9" * 99}, 60),
        ({"retry_after": "Sat, 21 Nov 2026 09:01:30 GMT", "date": "Sat, 21 Nov 2026 09:01:00 GMT"}, 30),
        ({"retry_after": "Sat, 21 Nov 2026 09:01:30 GMT"}, 60),
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) + 42), "date": "Sat, 21 Nov 2026 09:01:00 GMT"}, 42),
        ({"x_rate_limit_reset": str(int(NOW.timestamp()) - 42), "date": "Sat, 21 Nov 2026 09:01:00 GMT"}, 1),
        ({"x_rate_limit_reset": "1795251660"}, 60),
        ({"retry_after": "7", "x_rate_limit_reset": "9", "date": "Sat, 21 Nov 2026 09:01:00 GMT"}, 7),
        ({"date": "Sat, 99 Nov 2026 09:01:00 GMT", "x_rate_limit_reset": "9"}, 60),
    ],
)
def test_a_throttle_says_how_long(headers: dict[str, str], seconds: int) -> None:
    assert NOW.tzinfo is timezone.utc
    assert x.PLATFORM.read_outcome(answer(429, **headers)) == NotYet("throttled", seconds)


@BOTH
@given(
    st.integers(100, 599),
    st.binary(max_size=60),
    st.dictionaries(st.sampled_from(["retry-after", "date", "x-rate-limit-reset"]), st.text()),
)
def test_any_answer_gives_a_value_and_garbage_is_never_posted(
    platform: Platform, status: int, body: bytes, headers: dict[str, str]
) -> None:
    response = HttpResponse(status=status, headers=headers, body=body)
    assert not isinstance(platform.read_outcome(response), Posted)
    assert isinstance(platform.read_lookup(reservation(), response), (NotFound, Undecided))


def test_our_reply_is_found_on_x_by_account_post_and_words() -> None:
    assert x.PLATFORM.read_lookup(reservation(), answer(200, {"data": [{}, 7, found_on_x()]})) == Posted("9001")


@pytest.mark.parametrize(
    "changes",
    [{"author_id": "999"}, {"text": "Something else"}, {"text": 7}, {"referenced_tweets": [{"type": "quoted", "id": "5001"}]},
     {"referenced_tweets": [{"type": "replied_to", "id": "4000"}]}, {"referenced_tweets": 7}, {"id": 9001}],
)  # fmt: skip
def test_what_is_not_our_reply_is_not_found_on_x(changes: dict[str, Any]) -> None:
    assert x.PLATFORM.read_lookup(reservation(), answer(200, {"data": [found_on_x(**changes)]})) == NotFound()


@pytest.mark.parametrize(
    ("carried", "found"),
    [
        (answer(200, {"meta": {"result_count": 0}}), NotFound()),
        (answer(200, {"data": [], "meta": {"next_token": "t"}}), Undecided("more-pages")),
        (answer(200, {"data": 7}), Undecided("unreadable")),
        (answer(200), Undecided("unreadable")),
        (answer(503), Undecided("http-503")),
        (NeverSent("x"), Undecided("not-sent")),
        (MaybeSent("x"), Undecided("not-sent")),
    ],
)
def test_a_look_up_on_x_that_shows_nothing_proves_nothing_more(carried: Carried, found: object) -> None:
    assert x.PLATFORM.read_lookup(reservation(), carried) == found


def test_our_reply_is_found_through_a_relay() -> None:
    row = {"id": "a", "account": "telline", "text": RELAYED.text}
    assert relay.PLATFORM.read_lookup(RELAYED, answer(200, [{}, row])) == Posted("a")
    for changes in ({"account": "x"}, {"text": "else"}, {"in_reply_to": "other"}, {"id": None}):
        assert relay.PLATFORM.read_lookup(RELAYED, answer(200, [{**row, **changes}])) == NotFound()
    assert relay.PLATFORM.read_lookup(RELAYED, answer(200, {"data": []})) == Undecided("unreadable")
