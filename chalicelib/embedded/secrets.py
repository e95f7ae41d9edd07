"""Secrets in one JSON file that only its owner may read."""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.files import read_private, write_atomic, write_new_private
from chalicelib.ports import SecretKeeper, Unavailable

LIVE = 2
"""How many secrets of one kind may be live at once: the current one and the previous one."""

KINDS = 2
"""Some names hold two kinds: X keys two headers, Meta has an app secret and the handshake's ``verify:`` token."""

SIZE = 32
"""Random bytes of a secret."""

_STANDARD = frozenset({("webhook", "relay"), ("webhook", "desk"), ("posting", "relay"), ("sink", "webhook")})
_SHAKEN = frozenset({"webhook/facebook", "webhook/instagram"})


class FileSecrets(SecretKeeper):
    """``{"webhook/x": ["current", "previous"]}`` in ``path`` (mode 0600).

    Every name in ``names`` that the file lacks gets a random secret on construction. The file is read at every ``get``, so
    a rotation by another process holds at once. Raises ValueError where the file is open to others or not understood.
    """

    def __init__(self, path: str | os.PathLike[str], names: Sequence[str]) -> None:
        self._path = Path(path)
        self._lock = threading.Lock()
        if not self._path.exists():
            write_new_private(self._path, _text({}))
        with self._lock:
            kept = self._read()
            if missing := [name for name in names if name not in kept]:
                self._write(kept | {name: new_secrets(name) for name in missing})

    def get(self, name: str) -> Secrets:
        """See ``SecretKeeper``."""
        try:
            return Secrets(self._read().get(name, ()))
        except OSError as error:
            raise Unavailable(f"secrets: {type(error).__name__}") from error

    def rotate(self, name: str, secret: str | None = None) -> str:
        """Make ``secret`` (or a random one) current and the current one of its kind previous; gives the new one."""
        fresh = secret or new_secret(name)
        with self._lock:
            kept = self._read()
            same = [value for value in kept.get(name, ()) if _kind(value) == _kind(fresh)]
            others = [value for value in kept.get(name, ()) if _kind(value) != _kind(fresh)]
            self._write(kept | {name: (fresh, *same[: LIVE - 1], *others)})
        return fresh

    def put(self, name: str, value: str) -> None:
        """See ``SecretKeeper``."""
        try:
            self.rotate(name, value)
        except OSError as error:
            raise Unavailable(f"secrets: {type(error).__name__}") from error

    def _read(self) -> dict[str, tuple[str, ...]]:
        try:
            document = json.loads(read_private(self._path))
            return {str(name): _texts(values) for name, values in document.items()}
        except (AttributeError, TypeError, json.JSONDecodeError, UnicodeDecodeError):
            raise ValueError(f'{self._path}: not readable; it should say {{"webhook/x": ["current", "previous"]}}') from None

    def _write(self, values: Mapping[str, Sequence[str]]) -> None:
        write_atomic(self._path, _text(values))


def new_secret(name: str) -> str:
    """A random secret in the shape that the platform of ``name`` gives out."""
    kind, _, rest = name.partition("/")
    network, _, account = rest.partition("/")
    platform = network.partition(":")[0]
    if (kind, platform) == ("posting", "x"):
        return _oauth1(account)
    if (kind, platform) in _STANDARD:
        return "whsec_" + base64.b64encode(secrets.token_bytes(SIZE)).decode()
    if kind == "posting":
        return f"{account}-{secrets.token_urlsafe(SIZE)}"
    return secrets.token_urlsafe(SIZE)


def new_secrets(name: str) -> tuple[str, ...]:
    """All that an endpoint needs to begin with: Meta's handshake has a token of its own."""
    first = new_secret(name)
    return (first, f"verify:{secrets.token_urlsafe(SIZE)}") if name in _SHAKEN else (first,)


def _kind(value: str) -> str:
    return value.partition(":")[0] if ":" in value else ""


def _oauth1(account: str) -> str:
    """Keys for OAuth 1.0a; X's tokens begin with the id of the account that they act for."""
    parts = {part: secrets.token_urlsafe(SIZE) for part in ("consumer_key", "consumer_secret", "token", "token_secret")}
    return json.dumps({**parts, "token": f"{account}-{parts['token']}"})


def _texts(values: object) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values) or len(values) > LIVE * KINDS:
        raise TypeError
    return tuple(values)


def _text(values: Mapping[str, Sequence[str]]) -> bytes:
    return json.dumps({name: list(kept) for name, kept in values.items()}, indent=1, sort_keys=True).encode() + b"\n"
