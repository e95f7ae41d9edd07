"""Who sits at this command line, as the ledger names them."""

from __future__ import annotations

import os
import pwd
import re

from chalicelib.audit.record import Actor

LONGEST = 64
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


def actor() -> Actor:
    """The operating-system user by its number: the environment, which anybody can set, has no say.

    Characters that a name in the ledger cannot hold become ``-``.
    """
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = f"uid-{os.getuid()}"
    safe = _UNSAFE.sub("-", name).lstrip("._-")[:LONGEST]
    return Actor(type="person", id=safe or "unknown")
