"""Tells an EventBridge bus, from which rules carry it anywhere in AWS: one ``PutEvents``, signed (SigV4) with the Lambda's role.

Sources: EventBridge API reference, ``PutEvents``; AWS General Reference, "Signature Version 4 signing process".
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timezone
from urllib.parse import urlsplit

from chalicelib.domain.announcement import Announcement, Refused, Retry, Telling, Told
from chalicelib.domain.codec import iso
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse
from chalicelib.domain.webhook import Secrets
from chalicelib.sinks.contract import Sink, may_send_to, read_answer

SOURCE = "ackguard"
_TYPE = "application/x-amz-json-1.1"
_TARGET = "AWSEvents.PutEvents"
_PASSING = frozenset(
    {"ThrottlingException", "InternalFailure", "InternalException", "ServiceUnavailable", "ExpiredTokenException"}
)
_KEYS = ("key", "secret", "region")


class Bus:
    """See ``Sink``. The address is the service's and the bus: ``https://events.eu-central-1.amazonaws.com/BUS``.

    The secret is JSON: ``key``, ``secret``, ``region`` and, of a role, ``token``; on AWS it is made of the Lambda's role.
    """

    def request(
        self, announcement: Announcement, address: str | None, credentials: Secrets, now: datetime
    ) -> HttpRequest | Refused:
        """One POST with one entry; ``detail.id`` is the same for every repeat."""
        bus = urlsplit(address).path.strip("/") if address is not None and may_send_to(address) else ""
        if address is None or not bus:
            return Refused("address")
        keys = _keys(credentials)
        if keys is None:
            return Refused("secret")
        parts = urlsplit(address)
        body = _body(announcement, bus)
        headers = {"content-type": _TYPE, "host": parts.netloc, "x-amz-date": _stamp(now), "x-amz-target": _TARGET}
        headers |= {"x-amz-security-token": keys["token"]} if "token" in keys else {}
        signed = _signed(headers, body, keys, now)
        return HttpRequest(method="POST", url=f"{parts.scheme}://{parts.netloc}/", headers=signed, body=body)

    def read(self, carried: Carried) -> Telling:
        """See ``Sink``. A 200 may say that the one entry was not taken; what AWS says of itself is tried again."""
        if not isinstance(carried, HttpResponse) or carried.status >= 500:
            return read_answer(carried)
        document = _document(carried.body)
        if carried.status != 200:
            code = str(document.get("__type", "")).rpartition("#")[2]
            return Retry() if code in _PASSING else read_answer(carried)
        entries = document.get("Entries")
        if document.get("FailedEntryCount") == 0:
            return Told()
        code = (
            str(entries[0].get("ErrorCode", "")) if isinstance(entries, list) and entries and isinstance(entries[0], dict) else ""
        )
        return Refused("not-taken") if code and code not in _PASSING else Retry()


def _body(announcement: Announcement, bus: str) -> bytes:
    detail = {
        "id": announcement.id,
        "case": announcement.case,
        "version": announcement.version,
        "brand": announcement.brand,
        "priority": announcement.priority,
        "department": announcement.department,
        "outcome": announcement.outcome,
        "rule": announcement.rule,
        "why": announcement.why,
        "due": iso(announcement.due),
    }
    entry = {
        "Source": SOURCE,
        "DetailType": "case.opened" if announcement.opens else "case.joined",
        "Detail": json.dumps(detail, separators=(",", ":"), ensure_ascii=True),
        "EventBusName": bus,
        "Time": int(announcement.at.timestamp()),
    }
    return json.dumps({"Entries": [entry]}, separators=(",", ":"), ensure_ascii=True).encode()


def _signed(headers: dict[str, str], body: bytes, keys: dict[str, str], now: datetime) -> dict[str, str]:
    """The headers with their signature. The canonical path is ``/`` and there is no query."""
    day = _stamp(now)[:8]
    scope = f"{day}/{keys['region']}/events/aws4_request"
    names = ";".join(sorted(headers))
    canonical = ["POST", "/", "", *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names, _sha256(body)]
    wanted = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, _sha256("\n".join(canonical).encode())]
    key = f"AWS4{keys['secret']}".encode()
    for part in (day, keys["region"], "events", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, "\n".join(wanted).encode(), hashlib.sha256).hexdigest()
    credential = f"Credential={keys['key']}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": f"AWS4-HMAC-SHA256 {credential}", "user-agent": "ackguard"}


def _keys(credentials: Secrets) -> dict[str, str] | None:
    try:
        found = json.loads(credentials.values[0])
        keys = {name: value for name, value in found.items() if isinstance(value, str) and value and value.isprintable()}
    except (IndexError, AttributeError, ValueError):
        return None
    return keys if keys.keys() >= set(_KEYS) else None


def _document(body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _stamp(now: datetime) -> str:
    return now.astimezone(timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


SINK: Sink = Bus()
