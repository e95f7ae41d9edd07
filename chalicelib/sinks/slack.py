"""Tells a Slack channel through an incoming webhook: plain text only, nothing that links, unfurls or calls everybody."""

from __future__ import annotations

import json
from datetime import datetime, timezone

from chalicelib.domain.announcement import Announcement, Refused, Telling
from chalicelib.domain.outcome import Carried, HttpRequest
from chalicelib.domain.webhook import Secrets
from chalicelib.sinks.contract import Sink, may_send_to, read_answer

HEADER, SECTION = 150, 3000
"""The longest text of these two kinds of Block Kit parts (docs.slack.dev, Block Kit reference)."""


class Slack:
    """See ``Sink``. The address is itself the secret."""

    def request(
        self, announcement: Announcement, address: str | None, credentials: Secrets, now: datetime
    ) -> HttpRequest | Refused:
        """One POST; Slack knows no repeats, so a repeat shows twice."""
        url = credentials.values[0] if credentials.values else ""
        if not may_send_to(url):
            return Refused("address")
        body = json.dumps(_content(announcement), separators=(",", ":"), ensure_ascii=True).encode()
        headers = {"content-type": "application/json", "user-agent": "ackguard"}
        return HttpRequest(method="POST", url=url, headers=headers, body=body)

    def read(self, carried: Carried) -> Telling:
        """See ``Sink``; Slack answers 410 for an archived channel."""
        return read_answer(carried)


def _content(announcement: Announcement) -> dict[str, object]:
    head = f"P{announcement.priority} · {announcement.department} · {announcement.brand}"
    lines = [
        announcement.why,
        f"Rule: {announcement.rule}",
        f"Answer by: {announcement.due.astimezone(timezone.utc):%Y-%m-%d %H:%M} UTC",
        f"Case: {announcement.case[:8]} ({_happened(announcement)})",
    ]
    return {
        "text": _plain(head, HEADER),
        "blocks": [
            {"type": "header", "text": _text(head, HEADER)},
            {"type": "section", "text": _text("\n".join(line for line in lines if line), SECTION)},
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _happened(announcement: Announcement) -> str:
    if announcement.outcome == "acknowledge":
        return "opened; an acknowledgement goes out by itself"
    return "opened" if announcement.opens else "another mention joined"


def _text(content: str, longest: int) -> dict[str, object]:
    return {"type": "plain_text", "text": _plain(content, longest), "emoji": False}


def _plain(content: str, longest: int) -> str:
    """``content`` without control characters, escaped as Slack asks, never cut inside an escape.

    Without a raw ``<`` there is no ``<!channel>``, no ``<@user>`` and no link.
    """
    shown, room = [], longest
    for character in content:
        if not (character.isprintable() or character == "\n"):
            continue
        escaped = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(character, character)
        room -= len(escaped)
        if room < 0:
            break
        shown.append(escaped)
    return "".join(shown)


SINK: Sink = Slack()
