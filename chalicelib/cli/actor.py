"""Who sits at this command line, as the ledger names them."""

from __future__ import annotations

import getpass
import re

from chalicelib.audit.record import Actor

LONGEST = 64
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def actor() -> Actor:
    """The operating-system user; characters that a name in the ledger cannot hold become ``-``."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    safe = _UNSAFE.sub("-", name).lstrip("._-")[:LONGEST]
    return Actor(type="person", id=safe or "unknown")
