"""Receive one webhook: size, handshake or signature, parse, queue, and only then a 2xx."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain import envelope
from chalicelib.domain.limits import Limits
from chalicelib.domain.webhook import Answer, RawWebhook, Rejected, Unreadable, Verified
from chalicelib.platforms.contract import Platform
from chalicelib.platforms.desk_parts import body as desk
from chalicelib.platforms.reading.misread import misread
from chalicelib.platforms.signing import standard
from chalicelib.ports import Queue, SecretSource, Unavailable

JSON_TYPES = frozenset({"application/json", "application/cloudevents+json"})
DESK = "desk"
ACCEPTED = Answer(202, "text/plain", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivePorts:
    """What faces the internet: it verifies and queues. It cannot decide and it cannot post."""

    mentions: Queue
    secrets: SecretSource
    platforms: Mapping[str, Platform]


@dataclass(frozen=True, slots=True)
class Received:
    """What to answer, and for the log: a slug why, and how many notices were queued."""

    answer: Answer
    reason: str
    notices: int = 0


def run(webhook: RawWebhook, ports: ReceivePorts, limits: Limits, now: datetime) -> Received:
    """Answer one request. 401, 413 and 415 tell the sender nothing; 503 means: deliver it again."""
    platform = ports.platforms.get(webhook.platform)
    if platform is None:
        return _refuse(404, "unknown-platform")
    if len(webhook.body) > limits.body_bytes:
        return _refuse(413, "too-large")
    try:
        secrets = ports.secrets.get(f"webhook/{webhook.platform}")
        if webhook.method == "GET":
            return _shaken(platform.handshake(webhook, secrets))
        if webhook.headers.get("content-type", "application/json").split(";")[0].strip().lower() not in JSON_TYPES:
            return _refuse(415, "content-type")
        verified = platform.verify(webhook, secrets, now, limits.timestamp_tolerance)
        if isinstance(verified, Rejected):
            return _refuse(401, verified.reason)
        return _queued(verified, platform, ports)
    except Unavailable:
        return _refuse(503, "unavailable")


def run_desk(webhook: RawWebhook, ports: ReceivePorts, limits: Limits, now: datetime) -> Received:
    """Answer one request at the desk's door: what is signed and understood is queued, what is signed and not is a case."""
    if len(webhook.body) > limits.body_bytes:
        return _refuse(413, "too-large")
    if webhook.headers.get("content-type", "application/json").split(";")[0].strip().lower() not in JSON_TYPES:
        return _refuse(415, "content-type")
    try:
        secrets = ports.secrets.get(f"webhook/{DESK}")
        found = standard.verify(webhook.headers, webhook.body, secrets, now, limits.timestamp_tolerance)
        if isinstance(found, Rejected):
            return _refuse(401, found.reason)
        verified = Verified(webhook, secret=found[1], delivery_id=found[0])
        action = desk.action(verified)
        wrong = action.reason if isinstance(action, Unreadable) else None
        notice = misread(DESK, action.reason, verified, webhook.body) if isinstance(action, Unreadable) else action
        ports.mentions.send(envelope.wrap(notice, verified.secret, webhook.correlation))
        return Received(ACCEPTED, wrong or "accepted", 1)
    except Unavailable:
        return _refuse(503, "unavailable")


def _shaken(answer: Answer | Rejected | None) -> Received:
    if isinstance(answer, Answer):
        return Received(answer, "handshake")
    return _refuse(401, answer.reason if answer else "no-challenge")


def _queued(verified: Verified, platform: Platform, ports: ReceivePorts) -> Received:
    read = platform.notices(verified)
    webhook = verified.webhook
    notices = (misread(webhook.platform, read.reason, verified, webhook.body),) if isinstance(read, Unreadable) else read
    for notice in notices:
        ports.mentions.send(envelope.wrap(notice, verified.secret, webhook.correlation))
    return Received(ACCEPTED, read.reason if isinstance(read, Unreadable) else "accepted", len(notices))


def _refuse(status: int, reason: str) -> Received:
    return Received(Answer(status, "text/plain", ""), reason)
