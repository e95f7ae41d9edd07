"""Secrets in Secrets Manager, by reference: the current version of each and the previous one."""

from __future__ import annotations

import re
import uuid
from typing import Any

from chalicelib.aws import role
from chalicelib.aws.calls import Calls, Pace, Refusal
from chalicelib.domain.webhook import Secrets
from chalicelib.ports import SecretKeeper

FRESH_S = 300.0
"""A secret is asked for again after this many seconds: a rotation holds everywhere by then, and so does a revocation."""

_NOT_OURS = frozenset({"ResourceNotFoundException", "AccessDeniedException"})
"""A secret that this Lambda may not read is one that it does not have: only those of the stack's parameters may be read, and AWS
tells a stranger nothing else of a name that there is not."""

_MOST = 64
_STAGES = ("AWSCURRENT", "AWSPREVIOUS")


class ManagedSecrets(SecretKeeper):
    """The secrets whose names start with ``prefix``, each kept for ``FRESH_S`` seconds of ``pace.clock``.

    A rotation without a gap: write the new version, wait ``FRESH_S``, then give it to the platform. The previous version is live
    until the next rotation, or until somebody takes the label AWSPREVIOUS from it.
    """

    def __init__(self, client: Any, prefix: str, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._calls = Calls(client, self._pace)
        self._prefix = prefix
        self._kept: dict[str, tuple[float, Secrets]] = {}

    def get(self, name: str) -> Secrets:
        """See ``SecretKeeper``. A kept secret is never used beyond its time: then it is asked for, or Unavailable is raised."""
        if name == role.NAME:
            return role.as_secret()
        now = self._pace.clock()
        kept = self._kept.get(name)
        if kept is not None and now < kept[0] + FRESH_S:
            return kept[1]
        found = Secrets(tuple(value for stage in _STAGES if (value := self._version(name, stage)) is not None))
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[name] = (now, found)
        return found

    def put(self, name: str, value: str) -> None:
        """See ``SecretKeeper``. One token for all attempts, so an attempt whose answer was lost does not push the old one out."""
        token = str(uuid.uuid4())
        self._calls("put_secret_value", SecretId=self._prefix + secret_id(name), SecretString=value, ClientRequestToken=token)
        self._kept.pop(name, None)

    def _version(self, name: str, stage: str) -> str | None:
        try:
            answer = self._calls("get_secret_value", SecretId=self._prefix + secret_id(name), VersionStage=stage)
        except Refusal as refusal:
            if refusal.code in _NOT_OURS:
                return None
            raise
        return str(answer["SecretString"])


def secret_id(name: str) -> str:
    """``name`` in the letters that Secrets Manager has; others (as in ``urn:li:organization:1``) become ``=`` and their bytes."""
    return re.sub(r"[^A-Za-z0-9/_+.@-]", lambda found: "".join(f"={byte:02X}" for byte in found[0].encode()), name)
