"""Whether a platform still hears us: only a clear answer is sound or ill, and no key goes where it does not belong."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.health import Health, Ill, Keys, Probe, Renewed, Sound, Unclear
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, MaybeSent, NeverSent
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms import facebook, instagram, linkedin, relay, x
from chalicelib.platforms.contract import Platform
from tests.platforms.webhook_kit import NOW, answer

TOKEN, BEARER = "EAAG" + "t" * 30, "AAAA" + "b" * 60
OAUTH = json.dumps({"consumer_key": "ck", "consumer_secret": "cs", "token": "100-t", "token_secret": "ts"})
APP = "12345678|" + "s" * 32
MEMBER = json.dumps(
    {"client_id": "cid", "client_secret": "very-secret", "application": "77", "member": "abcDEF", "refresh_token": "r" * 40}
)
NONE = Secrets(())
ON_X = Keys(posting=Secrets((OAUTH,)), keeping=Secrets((BEARER,)))
ON_META = Keys(posting=Secrets((TOKEN,)), keeping=Secrets((APP,)))
ON_LINKEDIN = Keys(posting=Secrets((TOKEN,)), keeping=Secrets((MEMBER,)))
ALL: list[tuple[Platform, Keys, str]] = [
    (x.PLATFORM, ON_X, "https://api.x.com"),
    (facebook.PLATFORM, ON_META, "https://graph.facebook.com/v25.0"),
    (instagram.PLATFORM, ON_META, "https://graph.facebook.com/v25.0"),
    (linkedin.PLATFORM, ON_LINKEDIN, "https://api.linkedin.com"),
    (relay.PLATFORM, ON_X, "https://relay.example"),
]
EACH = pytest.mark.parametrize(("platform", "keys", "endpoint"), ALL, ids=["x", "facebook", "instagram", "linkedin", "relay"])
END = datetime(2026, 12, 1, tzinfo=timezone.utc)
EPOCH = int(END.timestamp())


def probes(platform: Platform, keys: Keys, endpoint: str) -> dict[str, HttpRequest]:
    return {probe.name: probe.request for probe in platform.keeping.probes("100", endpoint, keys, NOW, "n0nce")}


def test_x_is_asked_for_webhook_and_subscription_by_the_app_and_for_the_grant_by_the_account() -> None:
    asked = probes(x.PLATFORM, ON_X, "https://api.x.com")
    assert [request.url for request in asked.values()] == [
        "https://api.x.com/2/webhooks",
        "https://api.x.com/2/activity/subscriptions?max_results=100",
        "https://api.x.com/2/users/me",
    ]
    assert asked["webhook"].headers["authorization"] == asked["subscription"].headers["authorization"] == f"Bearer {BEARER}"
    assert asked["token"].headers["authorization"].startswith("OAuth ")


def test_meta_is_asked_for_the_subscription_by_the_account_and_for_the_token_by_the_app() -> None:
    asked = probes(facebook.PLATFORM, ON_META, "https://graph.example/v25.0")
    assert asked["subscription"].url == "https://graph.example/v25.0/100/subscribed_apps"
    assert asked["subscription"].headers["authorization"] == f"Bearer {TOKEN}"
    assert parse_qs(urlsplit(asked["token"].url).query) == {"input_token": [TOKEN]}
    assert asked["token"].headers["authorization"] == f"Bearer {APP}"
    assert TOKEN not in repr(asked["token"])


def test_linkedin_is_asked_for_the_subscription_by_the_member_and_for_the_token_by_the_app() -> None:
    asked = probes(linkedin.PLATFORM, ON_LINKEDIN, "https://api.linkedin.com")
    assert asked["subscription"].url == (
        "https://api.linkedin.com/rest/eventSubscriptions/(developerApplication:urn%3Ali%3AdeveloperApplication%3A77,"
        "user:urn%3Ali%3Aperson%3AabcDEF,entity:urn%3Ali%3Aorganization%3A100,"
        "eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS)"
    )
    assert asked["token"].url == "https://www.linkedin.com/oauth/v2/introspectToken"
    assert parse_qs(asked["token"].body.decode()) == {"client_id": ["cid"], "client_secret": ["very-secret"], "token": [TOKEN]}


def test_a_deployment_that_sets_an_endpoint_gives_out_tokens_there_too() -> None:
    asked = probes(linkedin.PLATFORM, ON_LINKEDIN, "http://127.0.0.1:1")
    assert asked["token"].url == "http://127.0.0.1:1/oauth/v2/introspectToken"


@EACH
def test_without_keys_nothing_is_asked(platform: Platform, keys: Keys, endpoint: str) -> None:
    for empty in (Keys(posting=NONE, keeping=NONE), Keys(posting=Secrets(("\r\nx: y",)), keeping=Secrets(("\r\nx: y",)))):
        assert platform.keeping.probes("100", endpoint, empty, NOW, "n") == ()
        assert platform.keeping.renewal("100", endpoint, empty) is None
        assert platform.keeping.own_posts("100", endpoint, empty, NOW, NOW, "n") is None


MENTION = {"subscription_id": "9", "event_type": "post.mention.create", "filter": {"user_id": "100"}}
OURS = {"id": "1", "url": "https://abc.execute-api.eu-central-1.amazonaws.com/api/webhooks/x", "valid": True}
MEANINGS: list[tuple[Platform, str, HttpResponse, Health]] = [
    (x.PLATFORM, "webhook", answer(200, {"data": [OURS]}), Sound()),
    (x.PLATFORM, "webhook", answer(200, {"data": [{**OURS, "valid": False}]}), Ill("webhook-invalid")),
    (x.PLATFORM, "webhook", answer(200, {"data": [{**OURS, "url": "https://other.example/hook"}]}), Ill("webhook-missing")),
    (x.PLATFORM, "webhook", answer(200, {"meta": {"result_count": 0}}), Ill("webhook-missing")),
    (x.PLATFORM, "webhook", answer(401, {"title": "Unauthorized"}), Unclear("http-401")),
    (x.PLATFORM, "subscription", answer(200, {"data": [MENTION]}), Sound()),
    (x.PLATFORM, "subscription", answer(200, {"data": [{**MENTION, "filter": {"user_id": "1"}}]}), Ill("subscription-missing")),
    (x.PLATFORM, "subscription", answer(200, {"data": [{**MENTION, "event_type": "dm.sent"}]}), Ill("subscription-missing")),
    (x.PLATFORM, "subscription", answer(200, {"data": [], "meta": {"next_token": "abc"}}), Unclear("more-pages")),
    (x.PLATFORM, "token", answer(200, {"data": {"id": "100"}}), Sound()),
    (x.PLATFORM, "token", answer(200, {"data": {"id": "101"}}), Unclear("another-account")),
    (x.PLATFORM, "token", answer(401, {"title": "Unauthorized"}), Ill("token-dead")),
    (facebook.PLATFORM, "subscription", answer(200, {"data": [{"subscribed_fields": ["feed", "mention", "x"]}]}), Sound()),
    (facebook.PLATFORM, "subscription", answer(200, {"data": [{"subscribed_fields": ["feed"]}]}), Ill("subscription-missing")),
    (facebook.PLATFORM, "subscription", answer(200, {"data": []}), Ill("subscription-missing")),
    (facebook.PLATFORM, "subscription", answer(400, {"error": {"code": 190}}), Ill("token-dead")),
    (facebook.PLATFORM, "subscription", answer(400, {"error": {"code": 4}}), Unclear("http-400")),
    (instagram.PLATFORM, "subscription", answer(200, {"data": [{"subscribed_fields": ["comments", "mentions"]}]}), Sound()),
    (facebook.PLATFORM, "token", answer(200, {"data": {"is_valid": True, "expires_at": 0}}), Sound(None)),
    (facebook.PLATFORM, "token", answer(200, {"data": {"is_valid": True, "expires_at": EPOCH}}), Sound(END)),
    (
        facebook.PLATFORM,
        "token",
        answer(200, {"data": {"is_valid": True, "expires_at": EPOCH + 9, "data_access_expires_at": EPOCH}}),
        Sound(END),
    ),
    (facebook.PLATFORM, "token", answer(200, {"data": {"is_valid": False}}), Ill("token-dead")),
    (facebook.PLATFORM, "token", answer(400, {"error": {"code": 190}}), Unclear("app-token-dead")),
    (linkedin.PLATFORM, "subscription", answer(200, {"expiresAt": EPOCH * 1000}), Sound(END)),
    (linkedin.PLATFORM, "subscription", answer(404, {}), Ill("subscription-missing")),
    (linkedin.PLATFORM, "subscription", answer(401, {}), Ill("token-dead")),
    (linkedin.PLATFORM, "token", answer(200, {"active": True, "expires_at": EPOCH}), Sound(END)),
    (linkedin.PLATFORM, "token", answer(200, {"active": False, "status": "revoked"}), Ill("token-dead")),
    (linkedin.PLATFORM, "token", answer(401, {}), Unclear("http-401")),
]


@pytest.mark.parametrize(("platform", "name", "response", "means"), MEANINGS)
def test_an_answer_means(platform: Platform, name: str, response: HttpResponse, means: Health) -> None:
    assert platform.keeping.read_probe(name, "100", response) == means


@EACH
@pytest.mark.parametrize("lost", [NeverSent("refused"), MaybeSent("timeout"), answer(500), answer(429), answer(200, "text")])
def test_what_is_lost_or_not_understood_is_unclear(platform: Platform, keys: Keys, endpoint: str, lost: Carried) -> None:
    for name in ("webhook", "subscription", "token"):
        assert isinstance(platform.keeping.read_probe(name, "100", lost), Unclear)
    assert isinstance(platform.keeping.read_renewal(lost, NOW), Unclear)
    assert isinstance(platform.keeping.read_own_posts("100", lost, NOW), Unclear)


WORDS = (
    *("data", "id", "meta", "valid", "filter", "active", "expires_at", "expiresAt", "access_token", "expires_in"),
    *("subscribed_fields", "is_valid", "error", "code", "text", "author_id", "referenced_tweets"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(document=JSON, status=st.sampled_from([200, 400, 401, 404]))
def test_no_answer_raises(document: Any, status: int) -> None:
    response = answer(status, document)
    for platform, _, _ in ALL:
        for name in ("webhook", "subscription", "token"):
            platform.keeping.read_probe(name, "100", response)
        platform.keeping.read_renewal(response, NOW)
        platform.keeping.read_own_posts("100", response, NOW)


def test_meta_exchanges_the_token_for_a_longer_one() -> None:
    request = facebook.PLATFORM.keeping.renewal("100", "https://graph.example", ON_META)
    assert request is not None
    assert parse_qs(urlsplit(request.url).query) == {
        "grant_type": ["fb_exchange_token"],
        "client_id": ["12345678"],
        "client_secret": ["s" * 32],
        "fb_exchange_token": [TOKEN],
    }
    found = facebook.PLATFORM.keeping.read_renewal(answer(200, {"access_token": TOKEN + "2", "expires_in": 5184000}), NOW)
    assert found == Renewed(TOKEN + "2", NOW + timedelta(days=60))
    assert TOKEN not in repr(found)


def test_linkedin_renews_where_it_gave_a_refresh_token_and_else_not() -> None:
    request = linkedin.PLATFORM.keeping.renewal("100", "https://api.linkedin.com", ON_LINKEDIN)
    assert request is not None
    assert request.url == "https://www.linkedin.com/oauth/v2/accessToken"
    assert parse_qs(request.body.decode())["refresh_token"] == ["r" * 40]
    without = {name: value for name, value in json.loads(MEMBER).items() if name != "refresh_token"}
    keys = Keys(posting=ON_LINKEDIN.posting, keeping=Secrets((json.dumps(without),)))
    assert linkedin.PLATFORM.keeping.renewal("100", "https://api.linkedin.com", keys) is None


def test_x_and_a_relay_have_nothing_to_renew() -> None:
    for platform in (x.PLATFORM, relay.PLATFORM):
        assert platform.keeping.renewal("100", "https://api.x.com", ON_X) is None


def test_the_timeline_of_x_gives_our_own_posts_and_nobody_elses() -> None:
    request = x.PLATFORM.keeping.own_posts("100", "https://api.x.com", ON_X, NOW - timedelta(hours=1), NOW, "n0nce")
    assert request is not None
    assert parse_qs(urlsplit(request.url).query)["start_time"] == ["2026-11-21T08:01:00Z"]
    row = {
        "id": "9001",
        "author_id": "100",
        "text": "We are here",
        "conversation_id": "5000",
        "referenced_tweets": [{"type": "replied_to", "id": "5001"}],
    }
    found = x.PLATFORM.keeping.read_own_posts("100", answer(200, {"data": [row, {**row, "author_id": "1"}, {"id": 7}]}), NOW)
    assert not isinstance(found, Unclear)
    assert [(post.post_id, post.reply_to_post, post.thread_id) for post in found] == [("9001", "5001", "5000")]
    assert x.PLATFORM.keeping.read_own_posts("100", answer(200, {"meta": {"result_count": 0}}), NOW) == ()


def test_a_probe_tells_no_key() -> None:
    for platform, keys, endpoint in ALL:
        for probe in platform.keeping.probes("100", endpoint, keys, NOW, "n"):
            assert isinstance(probe, Probe)
            assert not [key for key in (TOKEN, BEARER, APP, "very-secret", "cs") if key in repr(probe) and len(key) > 5]
