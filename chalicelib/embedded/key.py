"""The Ed25519 key that stands in for the one in KMS."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from chalicelib.embedded.files import read_private, write_new_private
from chalicelib.ports import Signer


class KeySigner(Signer):
    """Signs with a key that is in memory; ``name`` is the name that a checkpoint or bundle carries."""

    def __init__(self, name: str, key: Ed25519PrivateKey) -> None:
        self.name = name
        self._key = key

    def sign(self, content: bytes) -> bytes:
        """See ``Signer``."""
        return self._key.sign(content)

    def public_key(self) -> bytes:
        """See ``Signer``."""
        return self._key.public_key().public_bytes_raw()


class LocalSigner(KeySigner):
    """Signs with the key in the PEM file ``path`` (mode 0600), made on the first start.

    Raises ValueError where the file is open to other users or holds no Ed25519 key.
    """

    def __init__(self, path: str | os.PathLike[str], name: str) -> None:
        super().__init__(name, _load_or_make(Path(path)))


def _load_or_make(path: Path) -> Ed25519PrivateKey:
    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_new_private(path, made)
    try:
        key = load_pem_private_key(read_private(path), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError(f"{path}: not a readable key ({error}); restore the file from a copy") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path}: not an Ed25519 key; restore the file from a copy")
    return key
