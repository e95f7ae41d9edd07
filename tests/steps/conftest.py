"""One bundle for the tests of the steps."""

from __future__ import annotations

import pytest

from chalicelib.steps.bundles import Loaded
from tests.pack import small_pack
from tests.simulation.world import World


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """The small pack of the tests."""
    return small_pack()


@pytest.fixture
def world(loaded: Loaded) -> World:
    """A deployment in which nothing fails."""
    return World(loaded, calm=True)
