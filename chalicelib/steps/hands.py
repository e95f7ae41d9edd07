"""Which secrets a Lambda may ask for: a step is handed no more than its own, whatever its role could read."""

from __future__ import annotations

from chalicelib.domain.webhook import Secrets
from chalicelib.ports import SecretKeeper, SecretSource


class Scoped:
    """The secrets under one prefix: whoever holds it cannot ask for the others."""

    def __init__(self, source: SecretSource, prefix: str) -> None:
        self._source, self._prefix = source, prefix

    def get(self, name: str) -> Secrets:
        """See ``SecretSource``; a name of another prefix has no secrets here."""
        return self._source.get(name) if name.startswith(self._prefix) else Secrets(())


class Renewing:
    """What keeping may do with secrets: read two kinds, and renew one of them."""

    def __init__(self, keeper: SecretKeeper) -> None:
        self._keeper = keeper

    def get(self, name: str) -> Secrets:
        """See ``SecretSource``; a name of another kind has no secrets here."""
        return self._keeper.get(name) if name.startswith(("posting/", "keeping/")) else Secrets(())

    def put(self, name: str, value: str) -> None:
        """See ``SecretKeeper``; raises ValueError for another kind than what posts."""
        if not name.startswith("posting/"):
            raise ValueError("only what posts is renewed")
        self._keeper.put(name, value)
