"""An Ed25519 key that never leaves KMS."""

from __future__ import annotations

from typing import Any

from chalicelib.aws.calls import Calls, Pace
from chalicelib.ports import Signer

_CONTENT_BYTES = 4096
_SPKI = bytes.fromhex("302a300506032b6570032100")
"""How a DER public key of Ed25519 begins (RFC 8410 §4); the 32 bytes follow."""


class KmsSigner(Signer):
    """Signs with a KMS key of spec ECC_NIST_EDWARDS25519; ``name`` is the name that a checkpoint or bundle carries."""

    def __init__(self, client: Any, key_id: str, name: str, pace: Pace | None = None) -> None:
        self.name = name
        self._calls = Calls(client, pace or Pace())
        self._key_id = key_id
        self._public: bytes | None = None

    def sign(self, content: bytes) -> bytes:
        """See ``Signer``. Raises ValueError for more than 4,096 bytes, which KMS signs only hashed, and so otherwise."""
        if len(content) > _CONTENT_BYTES:
            raise ValueError(f"KMS signs at most {_CONTENT_BYTES} bytes as they are, not {len(content)}")
        answer = self._calls("sign", KeyId=self._key_id, Message=content, MessageType="RAW", SigningAlgorithm="ED25519_SHA_512")
        return bytes(answer["Signature"])

    def public_key(self) -> bytes:
        """See ``Signer``. Asked for once; a key's public half never changes. Raises ValueError for a key of another kind."""
        if self._public is None:
            document = bytes(self._calls("get_public_key", KeyId=self._key_id)["PublicKey"])
            if not document.startswith(_SPKI) or len(document) != len(_SPKI) + 32:
                raise ValueError(f"the KMS key of {self.name} is no Ed25519 key; make one of spec ECC_NIST_EDWARDS25519")
            self._public = document[len(_SPKI) :]
        return self._public
