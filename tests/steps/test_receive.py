"""The door: what it answers, what it queues, and that a refusal tells the sender nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import envelope
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention, Misread
from chalicelib.domain.webhook import RawWebhook, Secrets
from chalicelib.embedded.memory import START, MemorySecrets
from chalicelib.local.stream import signing
from chalicelib.platforms.relay import PLATFORM as RELAY
from chalicelib.platforms.x import PLATFORM as X
from chalicelib.ports import Unavailable
from chalicelib.steps import receive

LIVE = {
    "webhook/x": ("oauth2:client-secret-of-twenty-four-or-more",),
    "webhook/relay": ("whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=",),
}
MENTION = {
    "type": "mention.created",
    "timestamp": "2026-11-21T09:00:00Z",
    "data": {
        "platform": "mastodon",
        "account": {"id": "help-1001"},
        "id": "991",
        "created_at": "2026-11-21T08:59:50Z",
        "text": "is 4111 1111 1111 1111 my card?",
        "author": {"id": "77"},
        "summoned": True,
        "form": "post",
    },
}


class Kept:
    """A queue that a test can read, or that is down."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.down = False

    def send(self, body: str, delay_s: int = 0) -> None:
        if self.down:
            raise Unavailable("queue")
        self.bodies.append(body)


@pytest.fixture
def queue() -> Kept:
    return Kept()


@pytest.fixture
def ports(queue: Kept) -> receive.ReceivePorts:
    return receive.ReceivePorts(mentions=queue, secrets=MemorySecrets(dict(LIVE)), platforms={"x": X, "relay": RELAY})


def relay(body: Any = MENTION, **changes: Any) -> RawWebhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = signing.relay_headers(raw, Secrets(LIVE["webhook/relay"]), "delivery-1", START)
    webhook = RawWebhook(platform="relay", method="POST", headers=headers, query={}, body=raw, received_at=START)
    return replace(webhook, **changes)


def run(webhook: RawWebhook, ports: receive.ReceivePorts) -> receive.Received:
    return receive.run(webhook, ports, Limits(), START)


def test_a_signed_mention_is_queued_and_then_answered(ports: receive.ReceivePorts, queue: Kept) -> None:
    received = run(relay(), ports)
    assert (received.answer.status, received.notices) == (202, 1)
    notice = envelope.notice_in(queue.bodies[0]).notice
    assert isinstance(notice, Mention)
    assert notice.platform == "relay:mastodon"


def test_a_card_number_is_masked_before_the_queue_has_it(ports: receive.ReceivePorts, queue: Kept) -> None:
    run(relay(), ports)
    assert "4111" not in queue.bodies[0].replace("[card ****1111]", "")
    assert "[card ****1111]" in queue.bodies[0]


def test_nothing_is_answered_with_2xx_that_the_queue_has_not_taken(ports: receive.ReceivePorts, queue: Kept) -> None:
    queue.down = True
    assert run(relay(), ports).answer.status == 503


def test_signed_but_not_understood_is_accepted_and_becomes_a_notice_for_a_person(
    ports: receive.ReceivePorts, queue: Kept
) -> None:
    received = run(relay(b'{"type": "mention.invented"}'), ports)
    assert received.answer.status == 202
    assert isinstance(envelope.notice_in(queue.bodies[0]).notice, Misread)


@pytest.mark.parametrize(
    ("webhook", "status"),
    [
        (relay(platform="nobody"), 404),
        (relay(body=b"{}" * 600_000), 413),
        (replace(relay(), headers={**relay().headers, "content-type": "text/plain"}), 415),
        (replace(relay(), headers={"content-type": "application/json"}), 401),
        (replace(relay(), body=b"{}"), 401),
        (replace(relay(), method="GET", query={"crc_token": "t"}), 401),
        (replace(relay(), platform="x", method="GET", query={}), 401),
    ],
)
def test_a_refusal_has_its_status_and_no_detail(
    webhook: RawWebhook, status: int, ports: receive.ReceivePorts, queue: Kept
) -> None:
    received = run(webhook, ports)
    assert (received.answer.status, received.answer.body) == (status, "")
    assert not queue.bodies


def test_an_old_signature_is_refused(ports: receive.ReceivePorts) -> None:
    assert receive.run(relay(), ports, Limits(), START + timedelta(minutes=6)).answer.status == 401


def test_x_gets_its_challenge_answered(ports: receive.ReceivePorts) -> None:
    webhook = replace(relay(), platform="x", method="GET", query={"crc_token": "token"}, body=b"")
    received = run(webhook, ports)
    assert received.answer.status == 200
    assert json.loads(received.answer.body)["response_token"].startswith("sha256=")


def test_the_previous_secret_is_live_and_said_to_be_the_previous_one(queue: Kept) -> None:
    rotated = MemorySecrets({"webhook/relay": ("whsec_" + "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3", *LIVE["webhook/relay"])})
    ports = receive.ReceivePorts(mentions=queue, secrets=rotated, platforms={"relay": RELAY})
    assert run(relay(), ports).answer.status == 202
    assert envelope.notice_in(queue.bodies[0]).secret == "previous"
