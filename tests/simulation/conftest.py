"""One bundle, loaded once, for every history."""

from __future__ import annotations

import hashlib

import pytest

from chalicelib.embedded.memory import memory_signer
from chalicelib.local.policies import POLICIES, compiled
from chalicelib.policy.bundle import Bundle, load, signed_bytes
from chalicelib.steps.bundles import Loaded, voices_of
from tests.simulation.world import Fixed


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The shipped policies, signed by a test's key."""
    document = compiled(POLICIES, Fixed.engine)
    signer = memory_signer("publisher")
    sha256 = hashlib.sha256(document).hexdigest()
    bundle = load(document, signer.sign(signed_bytes(sha256)), (signer.public_key(),), Fixed.engine)
    assert isinstance(bundle, Bundle)
    return Loaded(sha256, bundle, voices_of(bundle))
