"""Where we may send anything at all: https, or http on this machine."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PRINTABLE = re.compile(r"[!-~]{1,2048}", re.ASCII)


def may_send_to(url: str) -> bool:
    """Whether ``url`` is https with a host, or http on loopback; never one with a password or unprintable characters."""
    if not _PRINTABLE.fullmatch(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        return False
    if not host or "@" in parts.netloc or "\\" in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
