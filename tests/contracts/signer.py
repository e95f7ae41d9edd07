"""The contract of ``ports.Signer``: Ed25519 as RFC 8032 has it."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.ports import Signer


class SignerContract:
    @pytest.fixture
    def signer(self) -> Signer:
        raise NotImplementedError("a subclass gives a signer named sealer")

    def test_a_signature_verifies_with_the_public_key_and_for_no_other_bytes(self, signer: Signer) -> None:
        public = Ed25519PublicKey.from_public_bytes(signer.public_key())
        signature = signer.sign(b"content")
        assert len(signature) == 64
        assert len(signer.public_key()) == 32
        public.verify(signature, b"content")
        with pytest.raises(InvalidSignature):
            public.verify(signature, b"Content")

    def test_it_is_deterministic_and_named(self, signer: Signer) -> None:
        assert signer.sign(b"x") == signer.sign(b"x")
        assert signer.name == "sealer"
