"""One emulator for all tests of this room; every test gets places of its own in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.aws import clients
from tests.aws import emulator

Client = Callable[[clients.Service], Any]


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running MiniStack; skips where it is not installed."""
    if not emulator.COMMAND.exists():
        pytest.skip(emulator.MISSING)
    with emulator.ministack(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@pytest.fixture(scope="session")
def client(ministack: str) -> Iterator[Client]:
    """The clients of the service itself, pointed at the emulator by nothing but the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in emulator.client_environment(ministack).items():
            patch.setenv(name, value)
        clients.client.cache_clear()
        yield clients.client
        clients.client.cache_clear()
