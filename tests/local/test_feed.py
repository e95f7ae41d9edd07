"""The bundled stream: complete, the same in every run, and signed exactly as the platforms sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from chalicelib.domain.account import Account
from chalicelib.domain.state import State
from chalicelib.domain.webhook import Secrets
from chalicelib.local.feed import Delivery, Feed, Sender, Sent
from chalicelib.local.stream import scenes
from chalicelib.local.stream.post import Post
from chalicelib.local.stream.scenes import MENTIONS, Scene

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=timezone.utc)
CLIENT, CONSUMER = "client-secret-of-24-bytes-or-more", "consumer-secret-of-24-bytes-or-more"
RELAY = base64.b64encode(b"relay-key-of-32-bytes-for-a-test").decode()

ACCOUNTS = {
    "@NorthwindHelp": Account(platform="x", id="1001", handle="@NorthwindHelp"),
    "@NorthwindUK": Account(platform="x", id="1002", handle="@NorthwindUK"),
    "@TelLine": Account(platform="x", id="1003", handle="@TelLine"),
    "@SwiftParcel": Account(platform="x", id="1004", handle="@SwiftParcel"),
    "help@northwind.example": Account(platform="relay:mastodon", id="help@northwind.example", handle="help@northwind.example"),
    "help@swiftparcel.example": Account(
        platform="relay:mastodon", id="help@swiftparcel.example", handle="help@swiftparcel.example"
    ),
}


class FixedSecrets:
    def get(self, name: str) -> Secrets:
        values = {"webhook/x": (f"oauth2:{CLIENT}", f"consumer:{CONSUMER}"), "webhook/relay": (f"whsec_{RELAY}",)}
        return Secrets(values[name])


class Settled:
    """A world in which everything is settled at once."""

    def __init__(self) -> None:
        self.scripted: list[tuple[str, str]] = []
        self.is_held = False

    @contextmanager
    def held(self) -> Iterator[None]:
        self.is_held = True
        yield
        self.is_held = False

    def now(self) -> datetime:
        return NOW

    def state(self, post: Post) -> State | None:
        return State.POSTED

    def reply(self, post: Post) -> tuple[str, str] | None:
        return ("9" + post.id, "Your note has been seen.")

    def script(self, post: Post, behaviour: str) -> None:
        self.scripted.append((post.id, behaviour))


class Receiver(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.fails = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        good = signed(self.path, headers, body)
        assert isinstance(self.server, Receiver)
        self.server.got.append((self.path, headers, body))
        self.server.fails -= 1
        self.send_response(503 if self.server.fails >= 0 else 202 if good else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def mac(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def signed(path: str, headers: dict[str, str], body: bytes) -> bool:
    """An independent reading of both signature schemes."""
    if path.endswith("/relay"):
        content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        return headers["webhook-signature"] == "v1," + mac(base64.b64decode(RELAY), content)
    if "x-twitter-webhooks-signature-oauth2" in headers:
        return headers["x-twitter-webhooks-signature-oauth2"] == "sha256=" + mac(CLIENT.encode(), body)
    return headers["x-twitter-webhooks-signature"] == "sha256=" + mac(CONSUMER.encode(), body)


@pytest.fixture(scope="module")
def played() -> tuple[list[Sent], Receiver, Settled]:
    receiver, world = Receiver(), Settled()
    thread = threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    feed = Feed(Sender(receiver.url, FixedSecrets()), ACCOUNTS, world)
    sent = list(feed.play(scenes.load()))
    receiver.shutdown()
    receiver.server_close()
    return sent, receiver, world


def entries() -> list[scenes.Entry]:
    return [entry for scene in scenes.load() for entry in scene.entries]


def test_the_stream_has_at_least_66_mentions() -> None:
    assert sum(entry.do in MENTIONS for entry in entries()) >= 66


def test_every_kind_of_trouble_is_in_the_stream() -> None:
    does = Counter(entry.do for entry in entries())
    assert all(does[do] for do in ("redeliver", "again", "delete", "delete-first", "edit", "own-reply", "echo", "garbled"))
    answers = {entry.platform_answers for entry in entries()}
    assert {"apply-and-lose", "refuse", "throttle"} <= answers
    assert sum(entry.signature == "wrong" for entry in entries()) == 1
    assert max(entry.copies for entry in entries()) >= 4
    assert {entry.lang for entry in entries()} >= {"en", "de", "es"}
    assert {entry.shape for entry in entries()} == {"activity", "account-activity"}
    assert sum(entry.id.startswith("surge") for entry in entries()) == 12


def test_everything_is_signed_as_the_platform_signs_and_only_the_forged_one_is_not(
    played: tuple[list[Sent], Receiver, Settled],
) -> None:
    sent, receiver, _ = played
    refused = [one.entry.id for one in sent if 401 in one.statuses]
    assert refused == ["forged"]
    assert len(receiver.got) == sum(len(one.statuses) for one in sent)
    assert {path for path, _, _ in receiver.got} == {"/webhooks/x", "/webhooks/relay"}


def test_a_redelivery_is_the_same_bytes_and_another_delivery_is_the_same_post(
    played: tuple[list[Sent], Receiver, Settled],
) -> None:
    _, receiver, _ = played
    bodies = Counter(body for path, _, body in receiver.got if path == "/webhooks/x")
    repeated = [json.loads(body) for body, count in bodies.items() if count > 1]
    assert [one["data"]["payload"]["text"] for one in repeated] == ["@SwiftParcel Can I change the delivery day of my parcel?"]
    posts: dict[str, set[str]] = {}
    for body in bodies:
        try:
            data = json.loads(body).get("data", {})
        except ValueError:
            continue
        if data.get("event_type") == "post.mention.create":
            posts.setdefault(data["payload"]["id"] + data["filter"]["user_id"], set()).add(data["event_uuid"])
    assert max(len(deliveries) for deliveries in posts.values()) == 6


def test_the_entities_point_at_our_handles(played: tuple[list[Sent], Receiver, Settled]) -> None:
    _, receiver, _ = played
    for path, _, body in receiver.got:
        if path != "/webhooks/x" or b"post.mention.create" not in body or body.endswith(b'"demo"'):
            continue
        payload = json.loads(body)["data"]["payload"]
        for tag in payload["entities"]["mentions"]:
            assert payload["text"][tag["start"] : tag["end"]].lower() == f"@{tag['username']}".lower()


def test_ids_are_the_same_in_every_run() -> None:
    first, second = (Feed(Sender("http://127.0.0.1:9", FixedSecrets()), ACCOUNTS, Settled()) for _ in range(2))
    loaded = scenes.load()
    ids = [[post.id for one in feed.remember(loaded) for post in one.posts] for feed in (first, second)]
    assert ids[0] == ids[1]


def test_both_sisters_get_their_own_delivery(played: tuple[list[Sent], Receiver, Settled]) -> None:
    sent, _, _ = played
    both = next(one for one in sent if one.entry.id == "both")
    assert [post.account.id for post in both.posts] == ["1001", "1002"]
    assert len({post.root_id for post in both.posts}) == 1
    assert len(both.statuses) == 2


def test_scripted_answers_reach_the_sandbox_before_the_mention(played: tuple[list[Sent], Receiver, Settled]) -> None:
    _, _, world = played
    assert [behaviour for _, behaviour in world.scripted] == ["apply-and-lose", "refuse", "throttle"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("scene: A\nposts:\n- {id: a, sya: typo}\n", "unknown keys \\['sya'\\]"),
        ("scene: A\nposts:\n- {id: a, do: dance}\n", "do: dance"),
        ("scene: A\nposts:\n- {id: a, do: edit}\n", "needs of"),
        ("scene: A\nposts:\n- {id: a, do: edit, of: b}\n", "no earlier entry b"),
        ("scene: A\nposts:\n- {id: a}\n- {id: a}\n", "two entries"),
        ("scene: A\nother: 1\n", "nothing else"),
    ],
)
def test_a_typo_in_a_scene_is_an_error_that_names_it(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(ValueError, match=complaint):
        scenes.load(tmp_path)


def test_an_unknown_account_is_an_error_that_names_it() -> None:
    lonely = Scene(title="A", entries=(scenes.Entry(id="a", to=("Nobody",), by="b", say="hello"),))
    with pytest.raises(ValueError, match="account Nobody"):
        list(Feed(Sender("http://127.0.0.1:9", FixedSecrets()), ACCOUNTS, Settled()).play([lonely]))


def test_the_platform_files_read_every_mention_of_the_stream_in_full(played: tuple[list[Sent], Receiver, Settled]) -> None:
    from chalicelib import registry
    from chalicelib.domain.fact import Known
    from chalicelib.domain.limits import Limits
    from chalicelib.domain.notice import Mention
    from chalicelib.domain.webhook import RawWebhook, Unreadable, Verified

    sent, receiver, _ = played
    platforms = registry.members("chalicelib.platforms", "PLATFORM")
    read: set[tuple[str, str]] = set()
    unsummoned, unreadable, rejected = set(), 0, 0
    for path, headers, body in receiver.got:
        name = path.rsplit("/", 1)[1]
        webhook = RawWebhook(platform=name, method="POST", headers=headers, query={}, body=body, received_at=NOW)
        verified = platforms[name].verify(webhook, FixedSecrets().get(f"webhook/{name}"), NOW, Limits().timestamp_tolerance)
        if not isinstance(verified, Verified):
            rejected += 1
            continue
        notices = platforms[name].notices(verified)
        if isinstance(notices, Unreadable):
            unreadable += 1
            continue
        for notice in notices:
            if isinstance(notice, Mention):
                read.add((notice.root_id, notice.account))
                assert isinstance(notice.text, Known)
                assert isinstance(notice.author.id, Known)
                if notice.summoned != Known(True):
                    unsummoned.add(notice.root_id)
    expected = {(post.root_id, post.account.id) for one in sent for post in one.posts if one.entry.signature == "right"}
    assert read == expected
    assert (rejected, unreadable) == (1, 1)
    quiet = {post.root_id for one in sent if not one.entry.summoned or one.entry.form == "repost" for post in one.posts}
    assert unsummoned <= quiet


def test_a_scene_is_sent_within_one_hold_unless_something_in_it_waits_for_a_reply() -> None:
    world, receiver = Settled(), Receiver()
    threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True).start()
    feed, held = Feed(Sender(receiver.url, FixedSecrets()), ACCOUNTS, world), dict[str, set[bool]]()
    for sent in feed.play(scenes.load()):
        held.setdefault(sent.scene, set()).add(world.is_held)
    receiver.shutdown()
    receiver.server_close()
    assert held["A surge on one topic"] == held["Late, gone and changed"] == {True}
    assert held["Strangers with the same fault under one post"] == {False}
    assert not world.is_held


@pytest.mark.parametrize(("fails", "status", "tries"), [(0, 401, 1), (2, 401, 3), (3, 503, 3)])
def test_what_is_not_taken_is_delivered_again_as_platforms_do(fails: int, status: int, tries: int) -> None:
    receiver = Receiver()
    threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True).start()
    receiver.fails = fails
    delivery = Delivery("x", {"x-twitter-webhooks-signature-oauth2": "sha256=forged"}, b"{}")
    assert Sender(receiver.url, FixedSecrets()).send(delivery) == status
    assert len(receiver.got) == tries
    receiver.shutdown()
    receiver.server_close()
    assert Sender(receiver.url, FixedSecrets()).send(delivery) == 0
