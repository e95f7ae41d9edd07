"""The whole service as it is deployed: packed, in the emulator, with sandboxes for whom it posts and announces to."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import settings, wiring
from chalicelib.domain import keys
from chalicelib.embedded.memory import MemorySecrets
from chalicelib.embedded.secrets import new_secrets
from chalicelib.local import emulator, stage
from chalicelib.local.emulated import SCHEDULED, STACK, EmulatedStage
from chalicelib.local.packed import packed
from chalicelib.local.policies import POLICIES, compiled
from chalicelib.local.receiver import Receiver
from chalicelib.local.sandbox import Sandbox
from chalicelib.local.search import ScanningLookup, tables_of
from chalicelib.local.staffing import bundle_in_force, put_in_force
from chalicelib.local.vitals import StageVitals
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.ports import Store
from chalicelib.settings import QUEUE, QUEUES, engine_of
from chalicelib.steps.sequence import Head, read_head

SHORT = {"ACKGUARD_HOLD_S": "3", "ACKGUARD_LEASE_S": "6", "ACKGUARD_PLATFORM_TIMEOUT_S": "2"}
"""No clock runs faster in a Lambda, so what people would wait for is short."""

TICK_S, WATCHED = 2.0, 5
"""Wall seconds between two runs of what a schedule triggers once a minute, and each how manieth of them the watch runs too."""

DECIDED_S = 120.0
"""Wall seconds that a busy machine may take to decide one scene."""

PACKAGE = "package"
"""What is kept from run to run: packing takes half a minute, and the same files give the same bytes."""

FIRST_RECORDS_S = 30.0
GLANCE_S = 0.2
STEPS = 5
"""How many things ``start`` does, one after the other."""


class WallClock:
    """The time of this machine, which is that of its Lambdas."""

    def now(self) -> datetime:
        """Now (UTC)."""
        return datetime.now(timezone.utc)


class EmulatedService:
    """Every Lambda of ``app`` in MiniStack. What it writes goes with it: the emulator keeps nothing from run to run."""

    def __init__(self, data: Path, policies: Path = POLICIES) -> None:
        self._data, self._policies = data, policies
        self._open = ExitStack()
        self._stop = threading.Event()
        self._ticker: threading.Thread | None = None
        self._made: EmulatedStage | None = None
        self.url = ""
        self.clock = WallClock()
        self.secrets = MemorySecrets()
        self.sandbox = Sandbox(self.clock.now)
        self.receiver = Receiver(self.clock.now, lambda: self.secrets.get("sink/webhook"))

    @property
    def hint(self) -> str:
        """The line for another terminal that looks the stage over."""
        told = " ".join(f"{name}={os.environ[name]}" for name in emulator.client_environment(""))
        return f"{told} ackguard doctor --stage {STACK}"

    @property
    def store(self) -> Store:
        """The tables of the stage."""
        return wiring.backend().store

    @property
    def lookup(self) -> ScanningLookup:
        """The same, for searching."""
        return ScanningLookup(self.store, tables_of(wiring.settings()))

    @property
    def bundle(self) -> Bundle:
        """The bundle in force; raises LookupError without one."""
        return bundle_in_force()

    def start(self, say: Callable[[str], None]) -> None:
        """Pack, start the emulator, deploy, publish, staff, seal; ``say`` is told of each before it begins.

        Raises what ``packed``, ``emulator.ministack`` and ``EmulatedStage.deploy`` raise; then ``stop`` cleans up.
        """
        say("reading the policies")
        document = json.loads(compiled(self._policies, engine_of(Path(settings.__file__).parent)))
        accounts = [account for brand in document["brands"].values() for account in brand["brand"]["accounts"]]
        say("packing every Lambda")
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        package = packed(self._data / PACKAGE)
        for left in self._data.iterdir():
            if left.name != PACKAGE:
                shutil.rmtree(left) if left.is_dir() else left.unlink()
        say("deploying the package into the emulator")
        made = self._emulated([f"posting/{one['platform'].split(':')[0]}/{one['id']}" for one in accounts])
        made.deploy(package)
        self._made, self.url = made, made.url
        stage.enter(STACK)
        say("publishing the policies")
        put_in_force(self._policies, self.clock.now())
        say("waking the Lambdas and sealing the first records")
        made.wake()
        self._ticker = threading.Thread(target=self._tick, name="schedules", daemon=True)
        self._ticker.start()
        self._await_first_seal()

    def stop(self) -> None:
        """End the emulator and everything in it."""
        self._stop.set()
        if self._ticker is not None:
            self._ticker.join()
        self._open.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """While it lasts nobody reads the queue of replies; before it ends everything is decided and the watch has looked."""
        if self._made is None:
            raise RuntimeError("the service has not been started")
        self._made.read_replies(False)
        try:
            yield
            ends = time.monotonic() + DECIDED_S
            while self._vitals.count(f"{QUEUE}MENTIONS") and time.monotonic() < ends:
                time.sleep(GLANCE_S)
            self._run("Watch")
        finally:
            self._made.read_replies(True)

    def drain(self, timeout_s: float) -> bool:
        """Wait until nothing is queued or held and every record is sealed; False if ``timeout_s`` seconds were not enough."""
        ends = time.monotonic() + timeout_s
        while not self._idle():
            if time.monotonic() >= ends:
                return False
            time.sleep(GLANCE_S)
        return True

    def _emulated(self, posting: Sequence[str]) -> EmulatedStage:
        """An emulator that runs, with nothing deployed yet; this process talks to it from here on."""
        webhooks = [f"webhook/{name}" for name in (*wiring.platforms(), "desk")]
        self.secrets.values = {name: new_secrets(name) for name in (*webhooks, *posting, "sink/webhook")}
        self.sandbox.start()
        self._open.callback(self.sandbox.stop)
        self._open.callback(self.receiver.stop)
        self._open.callback(_restore, dict(os.environ))
        address = self._open.enter_context(emulator.ministack(self._data))
        os.environ.update(emulator.client_environment(address))
        told = SHORT | {
            "ACKGUARD_ENDPOINT_X": self.sandbox.url,
            "ACKGUARD_ENDPOINT_FACEBOOK": f"{self.sandbox.url}/facebook",
            "ACKGUARD_ENDPOINT_INSTAGRAM": f"{self.sandbox.url}/instagram",
            "ACKGUARD_ENDPOINT_RELAY": f"{self.sandbox.url}/relay/replies",
        }
        first = {name: values[0] for name, values in self.secrets.values.items()}
        return EmulatedStage(address, first, told, {"webhook": self.receiver.url})

    def _tick(self) -> None:
        """Every schedule, more often than once a minute, because nobody wants to watch for as long."""
        for turn in itertools.count():
            if self._stop.wait(TICK_S):
                return
            for name in SCHEDULED if turn % WATCHED == 0 else (name for name in SCHEDULED if name != "Watch"):
                self._run(name)

    def _run(self, name: str) -> None:
        """What a schedule triggers; one that fails is in the log, and runs again."""
        assert self._made is not None
        with suppress(RuntimeError, ClientError, BotoCoreError):
            self._made.run(name)

    def _await_first_seal(self) -> None:
        """Nothing is acknowledged before the ledger is sealed."""
        ends = time.monotonic() + FIRST_RECORDS_S
        while time.monotonic() < ends and self._head().sealed == 0:
            time.sleep(GLANCE_S)

    def _head(self) -> Head:
        return read_head(self.store.read([keys.head()]))

    @cached_property
    def _vitals(self) -> StageVitals:
        return StageVitals("", {name: wiring.settings().places[name] for name in QUEUES}, "")

    def _idle(self) -> bool:
        head = self._head()
        return head.next == head.sealed and all(self._vitals.count(name) == 0 for name in QUEUES)


def _restore(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    wiring.forget()
