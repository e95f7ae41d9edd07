"""A whole deployment on one thread: every invocation is a greenlet that switches at each port call, and any call may fail.

The steps run as they are; the store is ``embedded`` on ``:memory:``. One seed is one history.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import greenlet

from chalicelib.audit.record import Actor
from chalicelib.domain import envelope, keys
from chalicelib.domain.codec import iso
from chalicelib.domain.facts import Budget, Control, Rota, Seal, Wait
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Notice
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, MaybeSent, NeverSent
from chalicelib.domain.scope import Scope
from chalicelib.domain.state import State
from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.memory import START, ManualClock, MemoryArtefacts, memory_signer
from chalicelib.embedded.store import SqliteStore
from chalicelib.platforms.x import PLATFORM as X
from chalicelib.ports import Cancelled, Put, Row, Store, Unavailable, Write
from chalicelib.steps import intake, post, rescue, settle
from chalicelib.steps.bundles import Bundles, Loaded
from chalicelib.steps.cases import Act, CasePorts, take
from chalicelib.steps.decide import DecidePorts
from chalicelib.steps.gather import HOUR
from chalicelib.steps.pause import PausePorts, Target, Word, pause
from chalicelib.steps.pointer import Pointer, signed_row
from chalicelib.steps.post import PostPorts
from chalicelib.steps.recent import Recent
from chalicelib.steps.replay import replay
from chalicelib.steps.rows import Standing, budget_row, from_row, to_row
from tests.pack import Sure

LIMITS = Limits()
RECEIVES = LIMITS.receives
ACCOUNT = Scope(kind="account", account="x/1001")
CREDENTIALS = json.dumps({"consumer_key": "k" * 24, "consumer_secret": "s" * 24, "token": "t" * 24, "token_secret": "u" * 24})


class Crashed(BaseException):
    """The Lambda died at a port call. Not an Exception: no step may catch it."""


class Violation(AssertionError):
    """An invariant of DESIGN §2 does not hold; the text names it."""


@dataclass(frozen=True)
class Fault:
    """What goes wrong at the ``call``-th port call of the whole history."""

    call: int
    kind: str  # crash-before | crash-after | unavailable-before | unavailable-after


@dataclass(eq=False)
class Entry:
    """One entry of a queue."""

    body: str
    visible: datetime
    receives: int = 0


class SimQueue:
    """A standard queue: at least once, in no order, and an entry may be with two consumers at the same time."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.entries: list[Entry] = []
        self.sent: list[str] = []

    def send(self, body: str, delay_s: int = 0) -> None:
        """See ``ports.Queue``."""
        self.world.call("queue.send", lambda: self._accept(body, self.world.now + timedelta(seconds=delay_s)))

    def _accept(self, body: str, visible: datetime) -> None:
        self.entries.append(Entry(body, visible))
        self.sent.append(body)


class SimStore:
    """The store behind the switch, with the invariants that hold after every write."""

    def __init__(self, world: World) -> None:
        self.world = world

    def read(self, wanted: Sequence[Key]) -> Mapping[Key, Row]:
        """See ``ports.Store``."""
        return self.world.call("store.read", lambda: self.world.store.read(wanted))

    def commit(self, writes: Sequence[Write]) -> Any:
        """See ``ports.Store``."""
        return self.world.call("store.commit", lambda: self.world.committed(writes))

    def due(self, shard: int, until: datetime, limit: int = 1_000) -> Sequence[Key]:
        """See ``ports.Store``; the index is not a call of its own, or a schedule would drown the history in empty reads."""
        return self.world.store.due(shard, until, limit)

    def partition(self, table: str, partition: str) -> Sequence[tuple[Key, Row]]:
        """See ``ports.Store``."""
        return self.world.call("store.partition", lambda: self.world.store.partition(table, partition))


class SimSecrets:
    """One set of posting credentials."""

    def get(self, name: str) -> Secrets:
        """See ``ports.SecretSource``."""
        return Secrets((CREDENTIALS,))


class SimHttp:
    """The platform: it may apply a post and lose the answer, refuse it, throttle it, or never be reached."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        """See ``ports.Http``."""
        return self.world.call("http.send", lambda: self._carried(request))

    def _carried(self, request: HttpRequest) -> Carried:
        if request.method == "GET":
            if self.world.look_up_works:
                return HttpResponse(status=200, headers={}, body=json.dumps({"data": self.world.timeline(request.url)}).encode())
            return MaybeSent("reset")
        document = json.loads(request.body)
        root, text = document["reply"]["in_reply_to_tweet_id"], document["text"]
        if text not in self.world.persons:
            self.world.calls_out(root)
        behaviour = self.world.behaviours.pop(0) if self.world.behaviours else "ok"
        if behaviour == "never-sent":
            return NeverSent("refused")
        if behaviour == "throttle":
            return HttpResponse(status=429, headers={"retry-after": "2"}, body=b"{}")
        if behaviour == "refuse":
            return HttpResponse(status=403, headers={}, body=b'{"detail": "You are not permitted", "status": 403}')
        if behaviour == "lose":
            return MaybeSent("time-out")
        number = self.world.publish(root, text)
        if behaviour == "apply-and-lose":
            return MaybeSent("reset")
        return HttpResponse(status=201, headers={}, body=json.dumps({"data": {"id": number, "text": text}}).encode())


class World:
    """One deployment, one seed, some faults. ``run`` plays it to the end and checks DESIGN §2."""

    def __init__(
        self,
        loaded: Loaded,
        seed: int = 0,
        faults: Sequence[Fault] = (),
        behaviours: Sequence[str] = (),
        calm: bool = False,
    ) -> None:
        self.calm = calm
        self.random = random.Random(seed)
        self.clock = ManualClock(START)
        self.store = SqliteStore(":memory:")
        self.faults = {fault.call: fault.kind for fault in faults}
        self.behaviours = list(behaviours)
        self.look_up_works = True
        self.calls = 0
        self.at_call: dict[int, list[Callable[[], None]]] = {}
        self.log: list[str] = []
        self.posts: list[dict[str, Any]] = []
        self.paused = False
        self.late: dict[str, str] = {}  # by root post: after what the intent in force committed, if that should have stopped it
        self.taken: set[str] = set()
        self.persons: set[str] = set()  # what people are about to say; whatever else is posted is the machine's
        self.said_by_people: list[str] = []
        self.accepted: dict[Key, Notice] = {}
        self.mentions, self.replies, self.dead = SimQueue(self), SimQueue(self), SimQueue(self)
        self.announcements = SimQueue(self)
        self.loaded = loaded
        self.running: list[greenlet.greenlet] = []
        self.hub = greenlet.getcurrent()
        store = SimStore(self)
        self.deciding = DecidePorts(
            store=store,
            replies=self.replies,
            announcements=self.announcements,
            bundles=Fixed(loaded),
            entropy=self.random.randbytes,
            recogniser=Sure(),
        )
        self.processes = [self.deciding, replace(self.deciding, recent=Recent())]
        self.posting = PostPorts(
            store=store,
            replies=self.replies,
            announcements=self.announcements,
            secrets=SimSecrets(),
            http=SimHttp(self),
            platforms={"x": X},
            endpoints={},
            entropy=self.random.randbytes,
        )
        self._seed_rows()

    @property
    def now(self) -> datetime:
        """The time of this world."""
        return self.clock.now()

    # --- what may happen ---------------------------------------------------------------------------------------------

    def deliver(self, notice: Notice, times: int = 1) -> None:
        """The receiver accepted ``notice``; it stands in the queue ``times`` times."""
        if hasattr(notice, "root_id"):
            self.accepted.setdefault(keys.state(notice.platform, notice.root_id, notice.account), notice)
        self.mentions.entries += [Entry(envelope.wrap(notice, "current"), self.now) for _ in range(times)]

    def pause(self, scope: Scope = ACCOUNT) -> None:
        """Somebody pulls the switch, between two port calls of everybody else."""
        self._paused_through(self.store, scope)

    def pause_slowly(self) -> None:
        """Somebody pulls the switch while everybody else goes on, port call by port call; it may die half-way."""
        self.start(lambda: self._paused_through(SimStore(self), ACCOUNT), None, None)

    def _paused_through(self, store: Store, scope: Scope) -> None:
        word = Word(actor=Actor(type="person", id="ana"), why="a race")
        targets = [Target(brand="northwind-bank", platform="x", account="1001")]
        if pause(scope, targets, word, PausePorts(store=store, entropy=self.random.randbytes), self.now).complete:
            self.paused = True

    def take_case(self, author: str) -> None:
        """A person takes the conversation, if there is one that nobody has."""
        self._taken_through(self.store, author)

    def take_case_slowly(self, author: str) -> None:
        """A person takes the conversation while everybody else goes on, port call by port call; they may die half-way."""
        self.start(lambda: self._taken_through(SimStore(self), author), None, None)

    def _taken_through(self, store: Store, author: str) -> None:
        act = Act(id=self.random.randbytes(8).hex(), actor=Actor(type="person", id="ana"), at=self.now)
        ports = CasePorts(store=store, entropy=self.random.randbytes)
        if take(keys.case("x", "1001", author), act, ports).did == "taken":
            self.taken.add(author)

    # --- the switch --------------------------------------------------------------------------------------------------

    def call(self, label: str, action: Callable[[], Any]) -> Any:
        """One port call: everybody else may run first, and it may fail before or after it was applied."""
        current = greenlet.getcurrent()
        if current is not self.hub:
            self.hub.switch()
        self.calls += 1
        for happening in self.at_call.pop(self.calls, ()):
            happening()
        fault = self.faults.get(self.calls)
        self.log.append(f"{self.calls} {label} {fault or ''}")
        if fault in ("crash-before", "unavailable-before"):
            raise Crashed if fault == "crash-before" else Unavailable(label)
        result = action()
        if fault in ("crash-after", "unavailable-after"):
            raise Crashed if fault == "crash-after" else Unavailable(label)
        return result

    def start(self, work: Callable[[], object], entry: Entry | None, queue: SimQueue | None) -> None:
        """Begin one invocation; its entry is deleted only if it ends without a failure."""

        def invocation() -> None:
            try:
                work()
            except (Crashed, Exception) as failure:
                self.log.append(f"failed {type(failure).__name__} {failure}")
                if isinstance(failure, (Violation, AssertionError)) and not isinstance(failure, (Crashed, Unavailable)):
                    raise
                return
            if entry is not None and queue is not None and entry in queue.entries:
                queue.entries.remove(entry)

        self.running.append(greenlet.greenlet(invocation))

    def step(self) -> bool:
        """Let one of the running invocations, or one visible entry, go on; False when nothing can."""
        self.running = [one for one in self.running if not one.dead]
        visible = [
            (queue, entry)
            for queue in (self.mentions, self.replies, self.dead)
            for entry in queue.entries
            if entry.visible <= self.now
        ]
        if self.running and not self.calm and self.random.random() < 0.02:
            self._stall()
        choice = self.random.randrange(len(self.running) + len(visible)) if self.running or visible else None
        if choice is None:
            return False
        if choice < len(self.running):
            self.running[choice].switch()
            return True
        queue, entry = visible[choice - len(self.running)]
        entry.receives += 1
        # mostly hidden while somebody works on it, sometimes delivered twice at the same time
        again = not self.calm and self.random.random() < 0.1
        entry.visible = self.now if again else self.now + timedelta(seconds=60)
        self._consume(queue, entry)
        return True

    def _stall(self) -> None:
        """Everybody who runs is frozen beyond the lease, and the schedule comes by."""
        self.clock.advance(LIMITS.lease + timedelta(seconds=10))
        self._keep_sealed()
        self.start(lambda: list(settle.run(self.posting, LIMITS, self.now)), None, None)

    def _consume(self, queue: SimQueue, entry: Entry) -> None:
        if queue is not self.dead and entry.receives > RECEIVES:
            queue.entries.remove(entry)
            self.dead.entries.append(Entry(entry.body, self.now))
            return
        # two Lambdas decide, and neither knows what the other one wrote until it reads
        deciding = self.processes[self.calls % len(self.processes)]
        work = {
            id(self.mentions): lambda: intake.run(entry.body, deciding, LIMITS, self.now, entry.receives),
            id(self.replies): lambda: post.run(entry.body, self.posting, LIMITS, self.now),
            id(self.dead): lambda: rescue.run(entry.body, self.deciding, LIMITS, self.now, entry.receives),
        }[id(queue)]
        self.start(work, entry, queue)

    def happens(self, call: int, what: Callable[[], None]) -> None:
        """``what`` happens right before the ``call``-th port call: between somebody's read and their write."""
        self.at_call.setdefault(call, []).append(what)

    def run(self, most: int = 4_000) -> None:
        """Play to the end: faults are finite, and everything must come to rest."""
        for _ in range(most):
            if not self.step() and not self._pass_time():
                return self.at_rest()
        raise Violation(f"not at rest after {most} moves: {self.log[-12:]}")

    def _pass_time(self) -> bool:
        """On to the next moment at which something is due; False when nothing ever will be."""
        due = [entry.visible for queue in (self.mentions, self.replies, self.dead) for entry in queue.entries]
        late = [
            key for shard in range(keys.SHARDS) for key in self.store.due(shard, self.now + timedelta(days=1)) if _is_mention(key)
        ]
        if due:
            self.clock.set(max(self.now, min(due)))
        elif late:
            self.clock.advance(timedelta(minutes=1))
            self.start(lambda: list(settle.run(self.posting, LIMITS, self.now)), None, None)
        self._keep_sealed()
        return bool(due or late)

    # --- what the world remembers ------------------------------------------------------------------------------------

    def committed(self, writes: Sequence[Write]) -> Any:
        """Commit, and hold the invariants that concern every write."""
        result = self.store.commit(writes)
        if isinstance(result, Cancelled):
            return result
        for write in writes:
            if isinstance(write, Put) and write.row.get("state") == State.SENDING.value:
                standing = from_row(Standing, write.row)
                late = (
                    "the pause did" if self.paused else "a person took the conversation" if standing.author in self.taken else ""
                )
                self.late[standing.root] = late
        return result

    def calls_out(self, root: str) -> None:
        """The machine is about to call the platform: its intent must have committed before anybody silenced it."""
        if late := self.late.get(root):
            raise Violation(f"5: a reply goes out whose intent committed after {late}")

    def publish(self, root: str, text: str) -> str:
        """The platform makes a reply public."""
        if text in self.persons:
            self.said_by_people.append(text)
            return str(8_000 + len(self.said_by_people))
        if any(one["root"] == root for one in self.posts):
            raise Violation(f"1: a second public reply to {root}")
        rows = self.store.read([place for place in self.accepted if f"#{root}#" in place.partition])
        standing = next(one for one in (from_row(Standing, row) for row in rows.values()) if one.attempt)
        records = dict(self.store.partition("ledger", standing.id))
        if not any(key.sort.endswith("decision") for key in records):
            raise Violation("4: a reply without its decision record")
        half = self.store.read([Key("private", standing.id, "0-decision")])
        reservation = next(iter(half.values()))["reservation"]
        for other in self.posts:
            if len(set(other["wordings"]) & set(reservation["wordings"])) > 2:
                raise Violation("2: two replies share more than two wordings inside the window")
        number = str(9_000 + len(self.posts))
        wordings = tuple(reservation["wordings"])
        self.posts.append({"root": root, "account": standing.account, "text": text, "id": number, "wordings": wordings})
        return number

    def timeline(self, url: str) -> list[dict[str, Any]]:
        """What a look-up shows of the account."""
        account = urlsplit(url).path.split("/")[-2]
        return [
            {
                "id": one["id"],
                "author_id": account,
                "text": one["text"],
                "created_at": "2026-11-21T09:05:00.000Z",
                "referenced_tweets": [{"type": "replied_to", "id": one["root"]}],
            }
            for one in self.posts
        ]

    def at_rest(self) -> None:
        """Invariants 3, 7 and 8 and the end of every state, once nothing moves any more."""
        for place in self.accepted:
            row = self.store.read([place]).get(place)
            if row is None:
                raise Violation(f"3: an accepted mention was never decided: {place.partition}")
            standing = from_row(Standing, row)
            if standing.state not in (State.POSTED, State.HUMAN, State.IGNORED):
                raise Violation(f"3: {standing.state} is no end")
            kinds = [row["kind"] for _, row in self.store.partition("ledger", standing.id)]
            if kinds.count("decision") != 1 or kinds.count("terminal") != 1:
                raise Violation(f"3: {kinds} is not one decision and one end")
            public = any((one["root"], one["account"]) == (standing.root, standing.account) for one in self.posts)
            if standing.state is State.POSTED and not public:
                raise Violation("recorded as posted, and nobody can see it")
            if public and standing.state is State.IGNORED:
                raise Violation("public, and recorded as ignored")
            self._replays(standing)
            self._tells_nothing(standing)
            self._announced(standing)

    def _replays(self, standing: Standing) -> None:
        """Invariant 7, from nothing but the two halves of the record."""
        leaf, half = (Key(table, standing.id, "0-decision") for table in ("ledger", "private"))
        rows = self.store.read([leaf, half])
        if not replay(json.loads(rows[leaf]["leaf"]), rows[half]["half"], self.loaded, LIMITS).same:
            raise Violation(f"7: {standing.id} does not replay")

    def _tells_nothing(self, standing: Standing) -> None:
        """Invariant 8 for every leaf of a mention: no id, handle, name or text of anybody."""
        private = [standing.author, f"user_{standing.author}", f"User {standing.author}", standing.root, "NorthwindHelp"]
        private += [one["text"] for one in self.posts]
        for _, row in self.store.partition("ledger", standing.id):
            told = [text for text in private if f'"{text}"' in row["leaf"] or (len(text) > 6 and text in row["leaf"])]
            if told:
                raise Violation(f"8: a leaf tells {told}")

    def _announced(self, standing: Standing) -> None:
        """Nobody waits in a case that people were not told of, and what tells them says nothing about anybody."""
        bodies = self.announcements.sent
        if standing.state is not State.IGNORED and not any(f'"{standing.id}"' in body for body in bodies):
            raise Violation(f"{standing.id} opened or joined a case, and nobody was told")
        private = [f'"{standing.author}"', f"user_{standing.author}", f"User {standing.author}", f'"{standing.root}"']
        if any(word in body for word in (*private, "NorthwindHelp") for body in bodies):
            raise Violation("8: an announcement tells who it was")

    def standing_of(self, notice: Any) -> Standing:
        """How a mention stands."""
        place = keys.state(notice.platform, notice.root_id, notice.account)
        return from_row(Standing, self.store.read([place])[place])

    def _seed_rows(self) -> None:
        control = keys.control("x", "1001")
        budget = keys.budget("plain")
        rota, wait = keys.rota("northwind-bank"), keys.wait("northwind-bank")
        pointer = Pointer(version=1, sha256=self.loaded.sha256, at=START, people=("ana",))
        self.store.commit(
            [
                Put(control, to_row(Control(version=1, mode="live"), key=control)),
                Put(rota, to_row(Rota(on_shift=4, until=START + timedelta(days=30), next_shift=None), key=rota)),
                Put(wait, to_row(Wait(p80_minutes=35), key=wait)),
                Put(budget, budget_row(Budget(hour=iso(START)[:HOUR], used={}, cursor=self.random.randrange(343)))),
                Put(keys.pointer(), signed_row(pointer, memory_signer("publisher"))),
            ]
        )
        self._keep_sealed()

    def _keep_sealed(self) -> None:
        """The sealer is somebody else's test: here it always came by."""
        place = keys.head()
        self.store.commit([Put(place, to_row(Seal(checked=self.now, pending_since=None, newest=self.now), key=place))])


class Fixed(Bundles):
    """One loaded bundle for every history: loading is another test's matter."""

    def __init__(self, loaded: Loaded) -> None:
        super().__init__(MemoryArtefacts(), (), "sha256:" + "0" * 64)
        self._last = loaded

    def named_by(self, row: Row | None) -> Loaded:
        """See ``steps.bundles.Bundles``."""
        return self._last


def _is_mention(key: Key) -> bool:
    return key.partition.startswith("mention#")
