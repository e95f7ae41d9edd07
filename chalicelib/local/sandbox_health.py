"""What the sandbox says when it is asked whether it still hears us: that all is well, but for what is named as ill."""

from __future__ import annotations

import re
from typing import Any

_SUBSCRIBED = re.compile(r"/(?:facebook|instagram)/[^/]+/subscribed_apps")
_FIELDS = ["feed", "mention", "comments", "mentions"]


def answer(path: str, account: str | None, ill: frozenset[str]) -> tuple[int, dict[str, Any]] | None:
    """Status and document; None for another question. ``account`` is whom the token speaks for."""
    if path == "/2/webhooks":
        webhook = {"id": "1", "url": "https://sandbox.example/webhooks/x", "valid": "webhook-invalid" not in ill}
        return 200, {"data": [] if "webhook-missing" in ill else [webhook]}
    if path == "/2/activity/subscriptions":
        return 200, {"data": [] if "subscription-missing" in ill else [_mentions(account)]}
    if path == "/2/users/me":
        return (401, {"status": 401}) if "token-dead" in ill else (200, {"data": {"id": account}})
    if _SUBSCRIBED.fullmatch(path):
        if "token-dead" in ill:
            return 400, {"error": {"code": 190}}
        return 200, {"data": [] if "subscription-missing" in ill else [{"id": "1", "subscribed_fields": _FIELDS}]}
    return None


def _mentions(account: str | None) -> dict[str, Any]:
    return {"subscription_id": "1", "event_type": "post.mention.create", "filter": {"user_id": account}}
