"""A brand with a thousand acknowledgements a day, through the real steps on the embedded store; nothing leaves the process."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from random import Random
from typing import Any

from benchmarks.busy_ports import Counting, Credentials, Nowhere, Orders, Platform
from chalicelib.domain import envelope, keys
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import Control, Rota, Seal, Wait
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.domain.state import State
from chalicelib.embedded.memory import MemoryArtefacts, memory_signer
from chalicelib.embedded.store import SqliteStore
from chalicelib.local.policies import POLICIES, VOICES, read_tree
from chalicelib.platforms.x import PLATFORM as X
from chalicelib.policy.deciding.bundle import signed_content
from chalicelib.policy.files.compile import compile_bundle
from chalicelib.policy.files.ordinary import ordinary_mention
from chalicelib.ports import Put
from chalicelib.steps import intake, post
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.decide import DecidePorts
from chalicelib.steps.pointer import Pointer, signed_row
from chalicelib.steps.post import PostPorts
from chalicelib.steps.rows import to_row
from chalicelib.voice.expectation import Expectation, expectation
from chalicelib.voice.loader import read_all
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.voice import Voice
from tests.pack import Sure

START = datetime(2026, 11, 23, 0, 0, tzinfo=timezone.utc)
WINDOW = Limits().window
LANGUAGE, ACCOUNT, BRAND, ENGINE = "en", "1001", "busy-brand", "benchmark"
PER_DAY = 1000
HOUR, SEALED = 60, 10
"""Minutes: the ledger is sealed every ten, or nothing would be acknowledged."""
TOPICS = {
    "card": "cards",
    "payment": "payments",
    "refund": "payments",
    "transfer": "payments",
    "account": "accounts",
    "balance": "accounts",
    "statement": "accounts",
    "fee": "accounts",
    "login": "digital",
    "savings": "lending",
    "branch": "branches",
    "mortgage": "lending",
}
TEAMS = {
    "cards": "cards team",
    "payments": "payments team",
    "accounts": "accounts team",
    "digital": "online banking team",
    "branches": "branch team",
    "lending": "mortgage and loans team",
    "default": "customer care team",
}
RULES = """
policy: busy-brand
owner: benchmark
acknowledge:
  ordinary-question:
    why: A plain question about something we approved.
    when: {topic: any, asks: [requests], language_is: [en], ordinary_over: 1%}
    limit: {per_hour: 1000}
    review_by: 2027-12-31
"""
BASELINE = """
policy: baseline
owner: benchmark
human:
  legal:
    why: Lawyers are never answered by a machine.
    when: {text_has: [legal]}
    department: legal
    priority: P1
"""


@dataclass(frozen=True)
class Reply:
    """One acknowledgement as it was posted, and what was filled into it."""

    text: str
    numbers: tuple[int, ...]
    at: datetime
    thread: str
    account: str
    values: Values


@dataclass
class Day:
    """What became of all mentions. ``transactions`` counts every commit, also a lost one."""

    voice: Voice
    replies: list[Reply] = field(default_factory=list)
    decided: int = 0
    exhausted: int = 0
    transactions: int = 0
    otherwise: Counter[str] = field(default_factory=Counter)


def ten_days(posts: int, writers: int, step: Callable[[], object]) -> Day:
    """Acknowledge ``posts`` mentions, ``PER_DAY`` a day, hour by hour; within ten minutes all writers work at once."""
    brand = _Brand()
    pick, hour = Random(11), 0
    with ThreadPoolExecutor(writers) as pool:
        while brand.posted() < posts:
            opens = START + timedelta(hours=hour)
            many, done = min(posts - brand.posted(), _share(hour)), len(brand.asked)
            asked = [brand.mention(done + number, opens + timedelta(hours=number / many), pick) for number in range(many)]
            for start in range(0, HOUR, SEALED):
                now = opens + timedelta(minutes=start)
                brand.begin(now)
                due = [one for one in asked if now <= one.received_at < now + timedelta(minutes=SEALED)]
                for _ in pool.map(brand.answer, due):
                    step()
            hour += 1
    return brand.day()


def _share(hour: int) -> int:
    """How many mentions come in one hour of the day: a quiet night, a busy afternoon, ``PER_DAY`` in all."""
    curve = [1 - 0.9 * math.cos((one - 3) * math.pi / 12) for one in range(24)]
    before, after = (round(sum(curve[:end]) / sum(curve) * PER_DAY) for end in (hour % 24, hour % 24 + 1))
    return after - before


class _Brand:
    """One deployment with one brand, and everything that it said."""

    def __init__(self) -> None:
        store = SqliteStore(":memory:")
        self.rows, self.store, self.replies, self.platform = store, Counting(store), Orders(), Platform()
        artefacts, signer = MemoryArtefacts(), memory_signer("publisher")
        document = _compiled()
        self.sha256 = sha256(document).hexdigest()
        artefacts.put(f"bundle/{self.sha256}", document)
        artefacts.put(f"bundle/{self.sha256}.sig", signer.sign(signed_content(document)))
        self.pointer = signed_row(Pointer(version=1, sha256=self.sha256, at=START, people=("publisher",)), signer)
        self.bundles = Bundles(artefacts, (signer.public_key(),), ENGINE)
        loaded = self.bundles.of(self.sha256)
        self.voice = loaded.voices[f"plain.{LANGUAGE}"]
        brand = loaded.brand_of("x", ACCOUNT)
        assert brand is not None
        self.brand = brand
        both: dict[str, Any] = {"store": self.store, "replies": self.replies, "announcements": Nowhere(), "entropy": os.urandom}
        self.deciding = DecidePorts(**both, bundles=self.bundles, recogniser=Sure())
        self.posting = PostPorts(
            **both,
            secrets=Credentials(),
            http=self.platform,
            platforms={"x": X},
            endpoints={},
        )
        self.threads: list[str] = []
        self.asked: dict[str, Mention] = {}

    def posted(self) -> int:
        """How many acknowledgements the platform has taken."""
        return self.platform.posted

    def begin(self, now: datetime) -> None:
        """The next ten minutes: who is there, how long people wait, and the ledger is sealed."""
        rows = {
            keys.control("x", ACCOUNT): Control(version=1, mode="live"),
            keys.rota(BRAND): _rota(now),
            keys.wait(BRAND): _wait(now),
            keys.head(): Seal(checked=now, pending_since=None, newest=now),
        }
        self.rows.commit([Put(key, to_row(value, key=key)) for key, value in rows.items()])  # type: ignore[arg-type]
        self.rows.commit([Put(keys.pointer(), self.pointer)])

    def mention(self, number: int, at: datetime, pick: Random) -> Mention:
        """Somebody asks; one in ten in a thread where somebody else was answered."""
        topic = pick.choice(sorted(TOPICS))
        root = f"55{number:07}"
        thread = self.threads.pop(0) if pick.random() < 0.1 and len(self.threads) > 20 else root
        if thread == root and pick.random() < 0.3:
            self.threads.append(root)
        author = f"77{number:07}"
        text = f"@BusyBrand can someone look at my {topic} and how do I check it?"
        mention = ordinary_mention(root, text, now=at, platform="x", account=ACCOUNT, author_id=author, thread_id=thread)
        self.asked[root] = mention
        return mention

    def answer(self, mention: Mention) -> None:
        """Decide and, after the hold, post: as two Lambdas would."""
        now = mention.received_at
        intake.run(envelope.wrap(mention, "current"), self.deciding, Limits(), now, 1)
        order = self.replies.taken()
        if order is not None:
            post.run(order, self.posting, Limits(), now + Limits().hold + timedelta(seconds=1))

    def day(self) -> Day:
        """What the ledger says of it all."""
        day = Day(voice=self.voice, transactions=self.store.commits)
        for root, mention in self.asked.items():
            state = self.store.read([keys.state("x", root, ACCOUNT)])[keys.state("x", root, ACCOUNT)]
            half = next(iter(self.store.read([Key("private", state["id"], "0-decision")]).values()))
            leaf = json.loads(next(iter(self.store.read([Key("ledger", state["id"], "0-decision")]).values()))["leaf"])
            day.decided += 1
            day.exhausted += leaf["decision"]["rule"] == "wording-exhausted"
            if state["state"] != State.POSTED.value:
                end = [
                    json.loads(row["leaf"])["body"]["reason"]
                    for key, row in self.store.partition("ledger", state["id"])
                    if "terminal" in key.sort
                ]
                day.otherwise[f"{leaf['decision']['rule']}: {', '.join(end)}"] += 1
                continue
            day.replies.append(self._reply(mention, leaf, half))
        day.replies.sort(key=lambda reply: reply.at)
        return day

    def _reply(self, mention: Mention, leaf: Mapping[str, Any], half: Mapping[str, Any]) -> Reply:
        assert isinstance(mention.thread_id, Known)
        topic = leaf["decision"]["topic"]
        return Reply(
            text=half["reservation"]["text"],
            numbers=tuple(int(wording.split(":")[1]) for wording in leaf["reply"]["wordings"]),
            at=mention.received_at + Limits().hold,
            thread=mention.thread_id.value,
            account=ACCOUNT,
            values=Values(topic=topic, team=TEAMS[TOPICS[topic]], expectation=self._expected(mention.received_at)),
        )

    def _expected(self, at: datetime) -> Expectation:
        """What the reply of that time promised: the same rows as the step has read."""
        return expectation(self.brand, at + Limits().hold, Known(_rota(at)), Known(_wait(at))) or Expectation()


def _wait(at: datetime) -> Wait:
    """How long people wait changes from hour to hour."""
    return Wait(p80_minutes=15 + (at.hour * 37 + at.day * 11) % 120)


def _rota(at: datetime) -> Rota:
    """Somebody is there for two more days, from the hour on."""
    return Rota(on_shift=4, until=at.replace(minute=0, second=0, microsecond=0) + timedelta(days=2), next_shift=None)


def _compiled() -> bytes:
    tree = read_tree(POLICIES)
    voices, problems = read_all({path: text for path, text in tree.items() if path.startswith(f"{VOICES}/")})
    assert not problems
    topics = "topics:\n" + "".join(
        f"  {topic}:\n    department: {team}\n    has: |\n      {topic}\n" for topic, team in TOPICS.items()
    )
    teams = "{" + ", ".join(f"{name}: {team}" for name, team in TEAMS.items()) + "}"
    brand = f"""
id: {BRAND}
name: Busy Brand
zone: Europe/London
zone_name: UK
hours: mon-sun 07:00-23:00
holidays: []
muted: []
languages: [en]
industries: [bank]
accounts: [{{platform: x, id: "{ACCOUNT}", handle: BusyBrand}}]
voice: plain
own_names: [busybrand]
teams: {teams}
sla: {{P0: 15, P1: 60, P2: 240, P3: 480, P4: 1440}}
"""
    files = {
        "baseline/policy.yaml": BASELINE,
        "baseline/lists/legal.txt": "solicitor\n",
        "baseline/lists/requests.txt": "how do i\ncan someone\n",
        "baseline/topics/bank.yaml": topics,
        f"{BRAND}/brand.yaml": brand,
        f"{BRAND}/policy.yaml": RULES,
    }
    document = compile_bundle(files, voices, [ENGINE])
    assert isinstance(document, bytes), "\n".join(map(str, document))
    return document
