"""One emulator for all tests of this room; every test gets places of its own in it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from chalicelib import settings, wiring
from chalicelib.aws import clients
from chalicelib.embedded.memory import ManualClock
from chalicelib.local import emulator
from chalicelib.local.sandbox import Sandbox
from tests.aws.deployment import HOLD_S, OURS, WEBHOOK_SECRET, Client, Deployment
from tests.simulation.world import CREDENTIALS

_engine_of = cache(settings.engine_of)
"""A Lambda reads its own code once; one process that plays a Lambda after the other need not read it for each."""


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


@pytest.fixture
def deployment(client: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    """A stage that stands, without policy or people; the clock moves only by hand."""
    clock = ManualClock()
    sandbox = Sandbox(clock.now)
    sandbox.start()
    made = Deployment(client, clock, sandbox)
    environment = {"ACKGUARD_BACKEND": "aws", "ACKGUARD_HOLD_S": str(HOLD_S), "ACKGUARD_ENDPOINT_X": sandbox.url, **made.places}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    wiring.forget()
    monkeypatch.setattr(settings, "engine_of", _engine_of)
    monkeypatch.setattr(wiring, "now", clock.now)
    made.secret("webhook/x", WEBHOOK_SECRET)
    made.secret(f"posting/x/{OURS.id}", CREDENTIALS)
    yield made
    wiring.forget()
    sandbox.stop()
