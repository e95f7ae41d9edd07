"""The package, deployed into an emulator of its own: nothing of this process runs there but what was packed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.facts import Control, Rota, Wait
from chalicelib.local import emulator
from chalicelib.local import stage as stages
from chalicelib.local.emulated import STACK, EmulatedStage
from chalicelib.local.sandbox import Sandbox
from chalicelib.ports import Put
from chalicelib.steps import publish
from chalicelib.steps.rows import to_row
from tests import pack as policies
from tests.infra import conftest as packing
from tests.infra.conftest import Packed
from tests.simulation.world import CREDENTIALS

ACCOUNT, BRAND = "1001", "northwind-bank"
WEBHOOK_SECRET = "the secret of the webhook"

pack, packed = packing.pack, packing.packed


def now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Stage(EmulatedStage):
    """The stage of these tests, with the sandbox that its replies go to."""

    sandbox: Sandbox | None = None

    def staff(self) -> None:
        """A policy in force, an account that is live, people on shift, and a ledger that beats and is sealed."""
        engine = wiring.settings().engine
        publish.run(policies.compiled_for(engine), engine, Actor(type="person", id="ana"), wiring.for_publishing(), now())
        control, rota, wait = keys.control("x", ACCOUNT), keys.rota(BRAND), keys.wait(BRAND)
        on_shift = Rota(on_shift=4, until=now() + timedelta(days=30), next_shift=None)
        wiring.backend().store.commit(
            [
                Put(control, to_row(Control(version=1, mode="live"), key=control)),
                Put(rota, to_row(on_shift, key=rota)),
                Put(wait, to_row(Wait(p80_minutes=35), key=wait)),
            ]
        )
        self.run("Watch")

    def head(self) -> dict[str, Any]:
        """How far the ledger is sequenced and sealed."""
        return dict(wiring.deployed().store.read([keys.head()]).get(keys.head(), {"next": 0, "sealed": 0}))


@pytest.fixture(scope="module")
def stage(packed: Packed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if not emulator.COMMAND.exists():
        pytest.skip(emulator.MISSING)
    sandbox = Sandbox(now)
    sandbox.start()
    secrets = {"webhook/x": WEBHOOK_SECRET, f"posting/x/{ACCOUNT}": CREDENTIALS}
    told = {"ACKGUARD_HOLD_S": "1", "ACKGUARD_ENDPOINT_X": sandbox.url}
    before = dict(os.environ)
    with emulator.ministack(tmp_path_factory.mktemp("stage")) as address:
        os.environ.update(emulator.client_environment(address))
        try:
            made = Stage(address, secrets, told, sandbox=sandbox)
            made.deploy(packed)
            stages.enter(STACK)
            made.staff()
            yield made
        finally:
            os.environ.clear()
            os.environ.update(before)
            wiring.forget()
            sandbox.stop()
