"""The sandbox does what it is told, seen through the real platform files and a real HTTP client."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import urllib3

from chalicelib.domain.health import Ill, Keys, Sound
from chalicelib.domain.outcome import Carried, HttpRequest, NotFound, NotYet, Posted, PostOutcome, Refused, Undecided
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import Secrets
from chalicelib.http_client import PooledHttp
from chalicelib.local.sandbox import BEHAVIOURS, Sandbox
from chalicelib.platforms import facebook, relay, x
from chalicelib.platforms.contract import Platform

NOW = datetime(2026, 11, 21, 9, 1, tzinfo=timezone.utc)
X_KEYS = Secrets((json.dumps({"consumer_key": "ck", "consumer_secret": "cs", "token": "100-t", "token_secret": "ts"}),))
RELAY_KEYS = Secrets(("whsec_" + "YWFh" * 10,))
TIMEOUT_S = 0.3


class World:
    """A started sandbox, and both platforms talking to it."""

    def __init__(self, sandbox: Sandbox, http: PooledHttp) -> None:
        self.sandbox, self.http = sandbox, http

    def carry(self, request: HttpRequest) -> Carried:
        return self.http.send(request, TIMEOUT_S)

    def parts(self, name: str) -> tuple[Platform, str, Secrets]:
        if name == "x":
            return x.PLATFORM, self.sandbox.url, X_KEYS
        return relay.PLATFORM, f"{self.sandbox.url}/relay/replies", RELAY_KEYS

    def post(self, name: str, wanted: Reservation) -> PostOutcome:
        platform, endpoint, keys = self.parts(name)
        return platform.read_outcome(self.carry(platform.post_request(wanted, endpoint, keys, NOW, "n1")))

    def look(self, name: str, wanted: Reservation) -> object:
        platform, endpoint, keys = self.parts(name)
        return platform.read_lookup(wanted, self.carry(platform.lookup_request(wanted, endpoint, keys, NOW, "n2")))


@pytest.fixture
def world() -> Iterator[World]:
    sandbox, http = Sandbox(lambda: NOW), PooledHttp()
    sandbox.start()
    yield World(sandbox, http)
    http.close()
    sandbox.stop()


def reservation(name: str, post_id: str = "5001") -> Reservation:
    platform = "x" if name == "x" else "relay:mastodon"
    return Reservation(
        id=f"r-{post_id}", platform=platform, account="100", handle="h", post_id=post_id, author_id="200", thread=post_id,
        topic="t", text="Seen & <noted> – we are on it.", wordings=(), deadline=NOW, fresh_until=NOW, due=None,
    )  # fmt: skip


BOTH = pytest.mark.parametrize("name", ["x", "relay"])
OUTCOMES = {
    "ok": (Posted("7000000000000000001"), True),
    "apply-and-lose": (Undecided("maybe-sent"), True),
    "throttle": (NotYet("throttled", 2), False),
    "time-out": (Undecided("maybe-sent"), False),
    "apply-and-time-out": (Undecided("maybe-sent"), True),
    "server-error": (Undecided("http-500"), False),
    "apply-and-server-error": (Undecided("http-500"), True),
}
REFUSALS = {"refuse": "not-permitted", "gone": "gone", "duplicate": "duplicate"}


def test_every_behaviour_is_tried_here() -> None:
    assert set(BEHAVIOURS) == set(OUTCOMES) | set(REFUSALS)


@BOTH
@pytest.mark.parametrize("behaviour", OUTCOMES)
def test_a_behaviour_gives_its_outcome_and_the_look_up_tells_whether_it_is_public(
    world: World, name: str, behaviour: str
) -> None:
    wanted, (outcome, public) = reservation(name), OUTCOMES[behaviour]
    world.sandbox.script("5001", behaviour)
    assert world.post(name, wanted) == outcome
    assert [post.in_reply_to for post in world.sandbox.posts] == (["5001"] if public else [])
    assert world.look(name, wanted) == (Posted("7000000000000000001") if public else NotFound())


@pytest.mark.parametrize("behaviour", REFUSALS)
def test_a_refusal_is_a_clean_no(world: World, behaviour: str) -> None:
    world.sandbox.script("5001", behaviour)
    assert world.post("x", reservation("x")) == Refused(REFUSALS[behaviour])
    assert world.post("x", reservation("x")) == Refused(REFUSALS[behaviour])
    assert world.sandbox.posts == []


@BOTH
def test_a_throttle_is_over_after_one_try(world: World, name: str) -> None:
    world.sandbox.script("5001", "throttle")
    assert isinstance(world.post(name, reservation(name)), NotYet)
    assert isinstance(world.post(name, reservation(name)), Posted)


def test_what_is_public_says_who_where_what_and_when(world: World) -> None:
    world.post("x", reservation("x"))
    (post,) = world.sandbox.posts
    assert (post.account, post.in_reply_to, post.text, post.at) == (
        "100",
        "5001",
        reservation("x").text,
        "2026-11-21T09:01:00.000Z",
    )


def test_a_token_without_an_account_still_finds_its_own_posts_and_is_not_kept(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = {"consumer_key": "ck", "consumer_secret": "cs", "token": "made-up-token", "token_secret": "ts"}
    monkeypatch.setitem(globals(), "X_KEYS", Secrets((json.dumps(keys),)))
    assert world.post("x", reservation("x")) == world.look("x", reservation("x")) == Posted("7000000000000000001")
    assert "made-up-token" not in repr(world.sandbox.posts)


def test_a_relay_answers_the_same_key_with_the_same_reply(world: World) -> None:
    first, again = world.post("relay", reservation("relay")), world.post("relay", reservation("relay"))
    assert first == again == Posted("7000000000000000001")
    assert len(world.sandbox.posts) == 1


def test_a_time_out_ends_with_the_client_and_does_not_hold_the_sandbox(world: World) -> None:
    world.sandbox.script("5001", "time-out")
    started = time.monotonic()
    assert world.post("x", reservation("x")) == Undecided("maybe-sent")
    world.sandbox.stop()
    assert time.monotonic() - started < TIMEOUT_S + 2


def test_the_wall_outlives_the_sandbox(tmp_path: Path) -> None:
    for number in ("5001", "5002"):
        sandbox, http = Sandbox(lambda: NOW, path=tmp_path / "wall.jsonl"), PooledHttp()
        sandbox.start()
        World(sandbox, http).post("x", reservation("x", number))
        http.close()
        sandbox.stop()
    last = Sandbox(lambda: NOW + timedelta(days=1), path=tmp_path / "wall.jsonl")
    assert [post.in_reply_to for post in last.posts] == ["5001", "5002"]
    assert len({post.id for post in last.posts}) == 2


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/2/tweets", {}, {"text": "a", "reply": {"in_reply_to_tweet_id": "1"}}, 401),
        ("POST", "/2/tweets", {"authorization": 'OAuth oauth_token="100-t"'}, {"text": "top level"}, 400),
        ("POST", "/2/tweets", {"authorization": 'OAuth oauth_token="100-t"'}, None, 400),
        ("POST", "/relay/replies", {}, {}, 401),
        ("POST", "/relay/replies", {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,a"}, {}, 400),
        ("GET", "/relay/replies?in_reply_to=1", {}, None, 401),
        ("GET", "/2/users/100/tweets", {}, None, 401),
        ("GET", "/elsewhere", {}, None, 404),
        ("POST", "/elsewhere", {}, None, 404),
    ],
)
def test_a_request_of_the_wrong_shape_posts_nothing(
    world: World, method: str, path: str, headers: dict[str, str], body: object, status: int
) -> None:
    content = b"not json" if body is None else json.dumps(body).encode()
    with urllib3.PoolManager(retries=False) as pool:
        sent = pool.request(method, world.sandbox.url + path, body=content if method == "POST" else None, headers=headers)
    assert sent.status == status
    assert world.sandbox.posts == []


def test_a_timeline_is_newest_first_and_says_that_there_is_more(world: World) -> None:
    for number in range(3):
        world.post("x", reservation("x", str(number)))
    url = f"{world.sandbox.url}/2/users/100/tweets?max_results=2&since_id=1"
    with urllib3.PoolManager(retries=False) as pool:
        found = pool.request("GET", url, headers={"authorization": "OAuth"}).json()
    assert [row["referenced_tweets"][0]["id"] for row in found["data"]] == ["2", "1"]
    assert "&amp;" in found["data"][0]["text"]
    assert found["meta"]["next_token"]


def test_an_unknown_behaviour_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="apply-and-lose"):
        Sandbox(lambda: NOW).script("1", "explode")
    with pytest.raises(RuntimeError, match="not started"):
        _ = Sandbox(lambda: NOW).url


@pytest.mark.parametrize("ill", ["", "webhook-invalid", "webhook-missing", "subscription-missing", "token-dead"])
def test_it_says_whether_we_are_still_heard(world: World, ill: str) -> None:
    world.sandbox.ill = frozenset({ill})
    keys = Keys(posting=X_KEYS, keeping=Secrets(("100-" + "b" * 30,)))
    found = {
        probe.name: x.PLATFORM.keeping.read_probe(probe.name, "100", world.carry(probe.request))
        for probe in x.PLATFORM.keeping.probes("100", world.sandbox.url, keys, NOW, "n")
    }
    assert found.keys() == {"webhook", "subscription", "token"}
    assert [one for one in found.values() if one != Sound()] == ([Ill(ill)] if ill else [])


@pytest.mark.parametrize("ill", ["", "subscription-missing", "token-dead"])
def test_it_says_so_as_meta_does(world: World, ill: str) -> None:
    world.sandbox.ill = frozenset({ill})
    keys = Keys(posting=Secrets(("E" * 30,)), keeping=Secrets(()))
    (probe,) = facebook.PLATFORM.keeping.probes("100", f"{world.sandbox.url}/facebook", keys, NOW, "n")
    assert facebook.PLATFORM.keeping.read_probe("subscription", "100", world.carry(probe.request)) == (
        Ill(ill) if ill else Sound()
    )
