"""One bundle, loaded once, for every history."""

from __future__ import annotations

import pytest

from chalicelib.steps.bundles import Loaded
from tests.pack import small_pack


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The small pack of the tests."""
    return small_pack()
