"""Times as platforms write them, to UTC; each function gives None for what is not such a time. No locale is involved."""

from __future__ import annotations

import re
from datetime import datetime, timezone

RFC_3339 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})"
"""A date-time of RFC 3339 with upper-case T and Z."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC_3339 = re.compile(RFC_3339)
_ACCOUNT_ACTIVITY = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([0-9]{2}) ([0-9:]{8}) \+0000 ([0-9]{4})")
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9:]{8}) GMT")


def rfc_3339(text: str) -> datetime | None:
    """``2026-07-24T21:23:23.000Z``; a time without a zone is None."""
    if not _RFC_3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def account_activity(text: str) -> datetime | None:
    """``Sat Nov 28 05:30:03 +0000 2020``, the older API of X."""
    found = _ACCOUNT_ACTIVITY.fullmatch(text)
    return _at(found[4], found[1], found[2], found[3]) if found else None


def http_date(text: str) -> datetime | None:
    """``Sat, 28 Nov 2020 05:30:03 GMT`` (RFC 9110 §5.6.7, the one form that senders must use)."""
    found = _HTTP_DATE.fullmatch(text)
    return _at(found[3], found[2], found[1], found[4]) if found else None


def _at(year: str, month: str, day: str, clock: str) -> datetime | None:
    if month not in _MONTHS:
        return None
    return rfc_3339(f"{year}-{_MONTHS.index(month) + 1:02}-{day}T{clock}Z")
