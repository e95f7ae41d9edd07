"""What the tests of this room build their webhooks and reservations from."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import HttpResponse
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.webhook import RawWebhook, Unreadable, Verified
from chalicelib.platforms.contract import Platform

PAYLOADS = Path(__file__).parent / "payloads"
NOW = datetime(2026, 11, 21, 9, 1, tzinfo=timezone.utc)


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return found


def webhook(
    body: bytes = b"", headers: dict[str, str] | None = None, query: dict[str, str] | None = None, method: str = "POST"
) -> RawWebhook:
    return RawWebhook(platform="x", method=method, headers=headers or {}, query=query or {}, body=body, received_at=NOW)


def read_bytes(platform: Platform, body: bytes) -> tuple[Notice, ...] | Unreadable:
    return platform.notices(Verified(webhook(body), "current", "dlv_1"))


def read(platform: Platform, document: Any) -> Any:
    """The notices, or the one notice where there is one, or Unreadable."""
    found = read_bytes(platform, json.dumps(document).encode())
    return found[0] if isinstance(found, tuple) and len(found) == 1 else found


def reservation(**changes: Any) -> Reservation:
    values: dict[str, Any] = {
        "id": "01hzy",
        "platform": "x",
        "account": "100",
        "handle": "TelLine",
        "post_id": "5001",
        "author_id": "200",
        "thread": "5001",
        "topic": "outage",
        "text": "We have seen this & Ünder way.",
        "wordings": (),
        "deadline": NOW,
        "fresh_until": NOW,
        "due": None,
    }
    return Reservation(**{**values, **changes})


def answer(status: int, document: Any = None, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers=named, body=b"" if document is None else json.dumps(document).encode())
