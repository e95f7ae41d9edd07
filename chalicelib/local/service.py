"""The whole service in one process on the embedded backend, with sandboxes for whom it posts and announces to."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import app
from chalicelib import wiring
from chalicelib.embedded.files import write_atomic
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.secrets import FileSecrets
from chalicelib.local.policies import POLICIES
from chalicelib.local.receiver import Receiver
from chalicelib.local.runner import Runner
from chalicelib.local.sandbox import Sandbox
from chalicelib.local.staffing import bundle_in_force, posting_names, put_in_force
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.steps import seal, watch

STREAM_WITHIN_S = 10.0
"""Real seconds for the first records to reach the tree: before that nothing would be acknowledged."""


class Service:
    """Every Lambda of ``app`` on one data folder. ``port`` 0 takes a free one; ``clock_factor`` 60 makes an hour a minute."""

    def __init__(self, data: Path, port: int = 0, clock_factor: int = 60, policies: Path = POLICIES) -> None:
        self._policies = policies
        self.sandbox = Sandbox(clock=wiring.now, path=data / "sandbox.jsonl")
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sandbox.start()
        self.receiver = Receiver(wiring.now, lambda: self.secrets.get("sink/webhook"), data / "announcements.jsonl")
        wiring.forget()
        os.environ.update(
            ACKGUARD_DATA=str(data),
            ACKGUARD_CLOCK=str(clock_factor),
            ACKGUARD_ENDPOINT_X=self.sandbox.url,
            ACKGUARD_ENDPOINT_FACEBOOK=f"{self.sandbox.url}/facebook",
            ACKGUARD_ENDPOINT_INSTAGRAM=f"{self.sandbox.url}/instagram",
            ACKGUARD_ENDPOINT_RELAY=f"{self.sandbox.url}/relay/replies",
            ACKGUARD_SINKS="webhook",
            ACKGUARD_SINK_WEBHOOK=self.receiver.url,
        )
        # a person's reply leaves from another process, and must go to the same sandbox
        write_atomic(data / "endpoints.json", json.dumps(dict(wiring.settings().endpoints)).encode())
        backend = wiring.embedded()
        self.store, self.clock, self.lookup = backend.store, backend.clock, SqliteLookup(backend.store)
        self._runner = Runner(
            app.app,
            backend.store,
            backend.queues,
            backend.clock,
            port,
            dict.fromkeys((wiring.MENTIONS, wiring.REPLIES, wiring.ANNOUNCEMENTS), wiring.DEAD_LETTERS),
        )

    @property
    def url(self) -> str:
        """Where the receiver listens."""
        return self._runner.url

    @property
    def secrets(self) -> FileSecrets:
        """The live secrets of this folder: for senders that play the platforms."""
        return wiring.embedded().secrets

    @property
    def bundle(self) -> Bundle:
        """The bundle in force; raises LookupError without one."""
        return bundle_in_force()

    def start(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Publish the policies as they are, staff the brands, seal what is there, and serve."""
        self._runner.claim()
        at = wiring.now()
        brands = put_in_force(self._policies, at).brands
        FileSecrets(wiring.settings().data / "secrets.json", posting_names(brands.values()))
        list(watch.run(wiring.for_watching(), at))
        seal.run(wiring.for_sealing(), at, wiring.settings().origin)
        self._runner.start()
        self._runner.drain(STREAM_WITHIN_S)

    def stop(self) -> None:
        """Finish what is running and let go of the folder."""
        self._runner.stop()
        self.sandbox.stop()
        self.receiver.stop()
        wiring.forget()

    def held(self) -> AbstractContextManager[None]:
        """While it lasts the clock stands: nothing that waits comes any nearer, and everything else goes on."""
        return self.clock.still()

    def drain(self, timeout_s: float) -> bool:
        """Wait until nothing is queued, held or unsequenced; False if ``timeout_s`` real seconds were not enough."""
        return self._runner.drain(timeout_s)
