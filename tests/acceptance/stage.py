"""A whole deployment for one scenario: the real steps on the embedded backend, a sandbox that plays the platforms."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib import wiring
from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.fact import Unknown
from chalicelib.domain.facts import Case, Control, Person, Rota, Seal, Thread, Wait
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.outcome import Carried, HttpRequest, NeverSent
from chalicelib.domain.webhook import RawWebhook
from chalicelib.embedded.memory import MemorySecrets, memory_ports
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.secrets import new_secret
from chalicelib.http_client import PooledHttp
from chalicelib.local.sandbox import Sandbox, SandboxPost
from chalicelib.local.stream.signing import relay_headers, x_headers
from chalicelib.ports import Http, Put, Row, Store, Write
from chalicelib.registry import members
from chalicelib.steps import intake, post, publish, receive, rescue, settle, watch
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.decide import DecidePorts
from chalicelib.steps.post import PostPorts
from chalicelib.steps.receive import ReceivePorts
from chalicelib.steps.rows import Standing, from_row, to_row
from chalicelib.steps.watch import WatchPorts

ENGINE = "sha256:" + "0" * 64
PLATFORMS = members("chalicelib.platforms", "PLATFORM")
PUBLISHER = Actor(type="person", id="acceptance")
MOST_WRITES = 100
TICK = timedelta(seconds=30)


@dataclass
class Outside:
    """What every stage of a session shares: one sandbox over loopback, and the way to it."""

    clock: Callable[[], datetime] = field(init=False)
    http: PooledHttp = field(default_factory=PooledHttp)

    def __post_init__(self) -> None:
        self.sandbox = Sandbox(clock=lambda: self.clock())

    def __enter__(self) -> Outside:
        self.sandbox.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.stop()
        self.http.close()


class Recovering(Http):
    """A platform that cannot be reached ``failures`` times and then can."""

    def __init__(self, http: Http, failures: int) -> None:
        self._http, self._left = http, failures

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        """See ``ports.Http``."""
        if self._left > 0:
            self._left -= 1
            return NeverSent("down")
        return self._http.send(request, timeout_s)


class Together:
    """The store, behind a gate: the first commits wait until ``parties`` have read, so that nobody saw another's write."""

    def __init__(self, store: Store, parties: int) -> None:
        self._store, self._gate = store, threading.Barrier(parties)
        self._passed = threading.local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, writes: Sequence[Write]) -> Any:
        """See ``ports.Store``."""
        if not getattr(self._passed, "once", False):
            self._passed.once = True
            self._gate.wait(timeout=60)
        return self._store.commit(writes)


class Stage:
    """One deployment. Everything a scenario says about the world is a row, a queue entry or an answer of the sandbox."""

    def __init__(self, outside: Outside, at: datetime, limits: Limits | None = None, *, unreachable: int = 0) -> None:
        self.limits = limits or Limits()
        self.outside, self.ports = outside, memory_ports(at)
        outside.clock = self.ports.clock.now
        self._seen = len(outside.sandbox.posts)
        self.random = random.Random(7)
        self.secrets = MemorySecrets({f"webhook/{name}": (new_secret(f"webhook/{name}"),) for name in ("x", "relay")})
        self.bundles = Bundles(self.ports.artefacts, (self.ports.publisher.public_key(),), ENGINE)
        self.deciding = DecidePorts(
            store=self.store,
            replies=self.ports.replies,
            announcements=SqliteQueue(self.ports.store, "announcements", self.ports.clock),
            bundles=self.bundles,
            entropy=self.random.randbytes,
            recogniser=wiring.recogniser(),
        )
        url = outside.sandbox.url
        self.posting = PostPorts(
            store=self.store,
            replies=self.ports.replies,
            announcements=SqliteQueue(self.ports.store, "announcements", self.ports.clock),
            secrets=self.secrets,
            http=Recovering(outside.http, unreachable),
            platforms=PLATFORMS,
            endpoints={"x": url, "relay": f"{url}/relay/replies", "facebook": f"{url}/facebook", "instagram": f"{url}/instagram"},
            entropy=self.random.randbytes,
        )
        self.deliveries = 0
        self.done: list[str] = []

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    @property
    def store(self) -> Any:
        """The rows."""
        return self.ports.store

    @property
    def now(self) -> datetime:
        """The time on this stage."""
        return self.ports.clock.now()

    # --- before anything happens -----------------------------------------------------------------------------------------

    def publish(self, document: bytes) -> None:
        """Put a bundle in force."""
        ports = publish.PublishPorts(
            store=self.store, artefacts=self.ports.artefacts, signer=self.ports.publisher, entropy=self.random.randbytes
        )
        publish.run(document, ENGINE, PUBLISHER, ports, self.now)

    def account(self, platform: str, account: str) -> None:
        """An account of ours: live, with credentials."""
        place = keys.control(platform, account)
        self.put(place, Control(version=1, mode="live"))
        name = f"posting/{platform.split(':')[0]}/{account}"
        self.secrets.values[name] = (new_secret(name),)

    def put(self, place: Key, thing: Any, due: datetime | None = None) -> None:
        """Write a row as the steps would."""
        self.raw(place, to_row(thing, key=place, due=due))

    def raw(self, place: Key, row: Row) -> None:
        """Write any row, readable or not."""
        self.rows({place: row})

    def rows(self, rows: Mapping[Key, Row]) -> None:
        """Write many rows."""
        writes = [Put(place, row) for place, row in rows.items()]
        for start in range(0, len(writes), MOST_WRITES):
            self.store.commit(writes[start : start + MOST_WRITES])

    def staffed(self, brand: str, rota: Rota | None, p80_minutes: int | None) -> None:
        """Who is on shift and how long people waited lately; None: nobody knows."""
        if rota is not None:
            self.put(keys.rota(brand), rota)
        if p80_minutes is not None:
            self.put(keys.wait(brand), Wait(p80_minutes=p80_minutes))

    # --- what arrives ----------------------------------------------------------------------------------------------------

    def webhook(self, platform: str, body: bytes) -> int:
        """Deliver a body signed as its platform signs; gives the HTTP status."""
        self.deliveries += 1
        name = platform.split(":")[0]
        secrets = self.secrets.get(f"webhook/{name}")
        headers = x_headers(body, secrets) if name == "x" else relay_headers(body, secrets, f"d{self.deliveries}", self.now)
        raw = RawWebhook(platform=name, method="POST", headers=headers, query={}, body=body, received_at=self.now)
        ports = ReceivePorts(mentions=self.ports.mentions, secrets=self.secrets, platforms=PLATFORMS)
        return receive.run(raw, ports, self.limits, self.now).answer.status

    # --- the Lambdas -----------------------------------------------------------------------------------------------------

    def decide(self, together: bool = False) -> None:
        """Everything that waits to be decided; ``together``: all at once, and each reads before any of them writes."""
        if together:
            found = self.ports.mentions.receive(10, 30)
            gate = replace(self.deciding, store=Together(self.store, len(found)))
            threads = [threading.Thread(target=self._decide_one, args=(one, gate)) for one in found]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        while found := self.ports.mentions.receive(1, 30):
            self._decide_one(found[0], self.deciding)

    def _decide_one(self, received: Any, ports: DecidePorts) -> None:
        done = intake.run(received.body, ports, self.limits, self.now, received.receive_count)
        self.done.append(done.did)
        self.ports.mentions.delete(received.receipt)

    def rescue(self) -> None:
        """Every dead letter."""
        while found := self.ports.dead_letters.receive(1, 30):
            rescue.run(found[0].body, self.deciding, self.limits, self.now, found[0].receive_count)
            self.ports.dead_letters.delete(found[0].receipt)

    def pass_time(self, span: timedelta) -> None:
        """``span`` goes by: replies go out when their hold is over, leases are settled, the ledger stays sealed."""
        self.outside.clock = self.ports.clock.now
        until = self.now + span
        while self.now < until:
            self.ports.clock.set(min(until, self.now + TICK))
            self.seal()
            self.decide()
            while found := self.ports.replies.receive(1, 30):
                post.run(found[0].body, self.posting, self.limits, self.now)
                self.ports.replies.delete(found[0].receipt)
            list(settle.run(self.posting, self.limits, self.now))

    def watch(self) -> None:
        """The minute's watch."""
        list(watch.run(WatchPorts(store=self.store, entropy=self.random.randbytes), self.now))

    def unanswered(self, signal: str) -> None:
        """What computes ``signal`` does not answer any more."""
        self.deciding = replace(self.deciding, signals=lambda mention: Unknown(f"{signal}-timeout"))

    def seal(self) -> None:
        """The sealer is another test's matter: here it always came by."""
        self.put(keys.head(), Seal(checked=self.now, pending_since=None, newest=self.now))

    # --- what became of it -----------------------------------------------------------------------------------------------

    @property
    def public(self) -> list[SandboxPost]:
        """Every reply that became public on this stage."""
        return self.outside.sandbox.posts[self._seen :]

    def row(self, kind: type[Any], place: Key) -> Any:
        """What lies at ``place``, None where nothing does."""
        row = self.store.read([place]).get(place)
        return None if row is None else from_row(kind, row)

    def standing(self, platform: str, root: str, account: str) -> Standing | None:
        """Where one mention stands."""
        found: Standing | None = self.row(Standing, keys.state(platform, root, account))
        return found

    def case(self, platform: str, account: str, author: str) -> Case | None:
        """The case of one conversation."""
        found: Case | None = self.row(Case, keys.case(platform, account, author))
        return found

    def person(self, platform: str, author: str) -> Person:
        """What we did with one author."""
        return self.row(Person, keys.person(platform, author)) or Person()

    def thread(self, platform: str, thread: str) -> Thread:
        """What we said in one thread."""
        return self.row(Thread, keys.thread(platform, thread)) or Thread()

    def leaves(self, id: str) -> list[Mapping[str, Any]]:
        """The records of one mention, in order."""
        return [json.loads(row["leaf"]) for _, row in self.store.partition("ledger", id)]
