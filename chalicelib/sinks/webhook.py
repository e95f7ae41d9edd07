"""Tells any service by a signed webhook (Standard Webhooks 1.0.0, v1); the post's text stays in the desk."""

from __future__ import annotations

import json
from datetime import datetime

from chalicelib.domain.announcement import Announcement, Refused, Telling
from chalicelib.domain.codec import iso
from chalicelib.domain.outcome import Carried, HttpRequest
from chalicelib.domain.webhook import Secrets
from chalicelib.platforms.signing.standard import sign
from chalicelib.sinks.contract import Sink, may_send_to, read_answer


class Webhook:
    """See ``Sink``. The address is a setting, the secret ``whsec_`` + base64."""

    def request(
        self, announcement: Announcement, address: str | None, credentials: Secrets, now: datetime
    ) -> HttpRequest | Refused:
        """One POST whose ``webhook-id`` is the same for every repeat."""
        if address is None or not may_send_to(address):
            return Refused("address")
        body = _body(announcement)
        try:
            signature = sign(credentials.values[0] if credentials.values else "", announcement.id, now, body)
        except ValueError:
            return Refused("secret")
        headers = {"content-type": "application/json", "user-agent": "ackguard", **signature}
        return HttpRequest(method="POST", url=address, headers=headers, body=body)

    def read(self, carried: Carried) -> Telling:
        """See ``Sink``."""
        return read_answer(carried)


def _body(announcement: Announcement) -> bytes:
    content = {
        "type": "case.opened" if announcement.opens else "case.joined",
        "timestamp": iso(announcement.at),
        "data": {
            "case": announcement.case,
            "version": announcement.version,
            "brand": announcement.brand,
            "priority": announcement.priority,
            "department": announcement.department,
            "outcome": announcement.outcome,
            "rule": announcement.rule,
            "why": announcement.why,
            "due": iso(announcement.due),
        },
    }
    return json.dumps(content, separators=(",", ":"), ensure_ascii=True).encode()


SINK: Sink = Webhook()
