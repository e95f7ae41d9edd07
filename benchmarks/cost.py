"""What a million mentions cost on AWS: units and calls counted on the real steps, times the price list beside this file.

Two stories, each for a brand with one sink: a mention that goes to a person, and one that is acknowledged, from the webhook to
the leaf in the tree. Counted is every row read and written (by its stored size), every queue request, every run of a Lambda,
every byte logged. Assumed, in ``prices.json``, is how long AWS takes to answer, and CPU. Exit code 1 over a limit.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from chalicelib import telemetry  # noqa: E402
from chalicelib.domain import keys  # noqa: E402
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse  # noqa: E402
from chalicelib.domain.webhook import Secrets  # noqa: E402
from chalicelib.ports import Put  # noqa: E402
from chalicelib.sinks.slack import SINK as SLACK  # noqa: E402
from chalicelib.steps import announce, sequence  # noqa: E402
from chalicelib.steps.done import Done  # noqa: E402
from chalicelib.steps.rows import to_row  # noqa: E402
from tests.aws.units import Counting  # noqa: E402
from tests.pack import small_pack  # noqa: E402
from tests.simulation.mentions import mention  # noqa: E402
from tests.simulation.world import LIMITS, World  # noqa: E402

MILLION = 1_000_000
VCPU_GB = 1.769
"""A Lambda has a whole processor at this memory, and a share of one below: CPU costs the same at any size, waiting does not."""

LOG_LINE_BYTES = 26
"""What CloudWatch adds to each line."""

BATCH = 100
"""Leaves that the stream brings at once."""
PRICES = json.loads((Path(__file__).parent / "prices.json").read_text())
ASSUMED = PRICES["assumed"]
MEMORY_GB = {
    name: one["lambda_memory_size"] / 1024
    for name, one in json.loads((ROOT / ".chalice/config.json").read_text())["stages"]["live"]["lambda_functions"].items()
}
STORIES = {
    "goes to a person": ("@NorthwindHelp my solicitor will call about my card, how do i complain", 100, 22.0),
    "is acknowledged": ("@NorthwindHelp how do I activate my new card?", 100, 34.0),
}
"""Text, how many in one process, and the limit in dollars for a million. The brand's hourly limit allows so many."""


class Heard:
    """A sink that has heard."""

    def send(self, request: HttpRequest, timeout_s: float) -> Carried:
        """See ``ports.Http``."""
        return HttpResponse(status=200, headers={}, body=b"")

    def get(self, name: str) -> Secrets:
        """See ``ports.SecretSource``."""
        return Secrets(("https://hooks.slack.com/services/T/B/x",))


class Story:
    """So many mentions, played to their end, with all that they cost."""

    def __init__(self, text: str, many: int) -> None:
        world: Any = World(small_pack(), calm=True)
        world._keep_sealed = lambda: None
        head = sequence.Head(version=1, checked=world.now, newest=world.now)
        world.store.commit([Put(keys.head(), to_row(head, key=keys.head()))])
        self.ledger = world.store
        # the steps' own calls are counted; what the world looks up to judge them is not
        self.cost, self.many, self.runs = Counting(world.store), many, Counter[str]()
        world.processes = [replace(world.deciding, store=self.cost)]
        world.posting = replace(world.posting, store=self.cost)
        for number in range(many):
            world.deliver(mention(number, text))
            while world.step():
                pass
        while world.step() or world._pass_time():
            pass
        self.queue_requests = 3 * (many + len(world.replies.sent) + len(world.announcements.sent))
        self.posts = len(world.posts)
        self._announce(world)
        self._sequence(world)
        self.runs |= {"api_handler": many, "decide_mentions": many, "post_replies": len(world.replies.sent)}
        self.log_bytes = self._logged(world)

    def _announce(self, world: Any) -> None:
        ports = announce.AnnouncePorts(
            store=self.cost,
            announcements=world.announcements,
            dead_letters=world.dead,
            secrets=Heard(),
            http=Heard(),
            sinks=MappingProxyType({"slack": SLACK}),
            addresses={},
            entropy=world.random.randbytes,
        )
        for body in list(world.announcements.sent):
            assert announce.run(body, ports, LIMITS, world.now).did == "told"
            self.runs["announce_cases"] += 1

    def _sequence(self, world: Any) -> None:
        leaves = []
        for number in range(self.many):
            place = keys.state("x", mention(number).root_id, mention(number).account)
            rows = self.ledger.partition("ledger", self.ledger.read([place])[place]["id"])
            leaves += [
                sequence.Leaf(sequence="1", key=f"{key.partition}/{key.sort}", leaf=row["leaf"], created=world.now)
                for key, row in rows
            ]
        ports = sequence.SequencePorts(store=self.cost)
        for start in range(0, len(leaves), BATCH):
            sequence.run(leaves[start : start + BATCH], ports, world.now)
            self.runs["sequence_ledger"] += 1

    def _logged(self, world: Any) -> int:
        """Bytes of what the Lambdas say of these mentions, line by line as ``app.py`` writes them."""
        lines, correlation, now = io.StringIO(), "8f7a5b0c-5a5e-4d55-9f0b-9d8f1b1a2c3d", world.now
        telemetry.write_to(lines)
        for number in range(self.many):
            standing = world.standing_of(mention(number))
            (decided, *_) = (row["leaf"] for _, row in self.ledger.partition("ledger", standing.id))
            rule = json.loads(decided)["decision"]["rule"]
            telemetry.note("receive", correlation, platform="x", status=200, reason="", notices=1)
            done = Done(standing.id, "reserved" if self.posts else "human", rule, correlation, now)
            telemetry.done("decide", done, now)
            telemetry.done("announce", Done(standing.id, "told", "slack", since=now), now)
            if self.posts:
                telemetry.done("post", Done(standing.id, standing.state.value, correlation=correlation), now)
        for _ in range(self.runs["sequence_ledger"]):
            telemetry.note("sequence", leaves=BATCH)
        telemetry.write_to(None)
        return len(lines.getvalue().encode()) + LOG_LINE_BYTES * lines.getvalue().count("\n")

    def seconds(self) -> dict[str, float]:
        """GB-seconds of each Lambda: its CPU, and what it waits for."""
        a = ASSUMED
        decide = a["read_ms"] + 2 * a["write_ms"] + a["transaction_ms"] + a["queue_ms"] * (2 if self.posts else 1)
        waits = {
            "api_handler": a["queue_ms"],
            "decide_mentions": decide,
            "post_replies": 2 * a["read_ms"] + 4 * a["write_ms"] + a["transaction_ms"] + a["reply_ms"],
            "announce_cases": a["read_ms"] + a["sink_ms"],
            "sequence_ledger": a["read_ms"] + a["transaction_ms"],
        }
        per_run = {name: (a["cpu_ms"][name] * VCPU_GB + wait * MEMORY_GB[name]) / 1000 for name, wait in waits.items()}
        return {name: count * per_run[name] for name, count in self.runs.items()}

    def lines(self) -> dict[str, tuple[float, float]]:
        """What is paid for → (how much of it for one mention, dollars for a million mentions)."""
        per = 1 / self.many
        amounts = {
            "API Gateway requests": (1.0, "api_request"),
            "DynamoDB write units": (sum(self.cost.writes.values()) * per, "write_unit"),
            "DynamoDB read units": (sum(self.cost.reads.values()) * per, "read_unit"),
            "SQS requests": (self.queue_requests * per, "queue_request"),
            "Lambda runs": (sum(self.runs.values()) * per, "lambda_request"),
            "Lambda GB-seconds": (sum(self.seconds().values()) * per, "lambda_gb_second"),
            "log gigabytes": (self.log_bytes * per / 1e9, "log_gb"),
        }
        return {name: (amount, amount * PRICES[price] * MILLION) for name, (amount, price) in amounts.items()}


def main() -> int:
    """Print both stories beside their limits."""
    print(f"prices of {PRICES['as_of']}, {PRICES['region']}; per mention, and dollars for a million mentions")
    over = 0
    for name, (text, many, limit) in STORIES.items():
        story = Story(text, many)
        lines = story.lines()
        total = sum(dollars for _, dollars in lines.values())
        print(f"\na mention that {name} ({many} played, {story.posts} posted)")
        for what, (amount, dollars) in lines.items():
            print(f"  {what:24} {amount:12.6f}   ${dollars:6.2f}")
        graviton = total - lines["Lambda GB-seconds"][1] * (1 - PRICES["lambda_gb_second_arm64"] / PRICES["lambda_gb_second"])
        verdict = "within" if total <= limit else "OVER"
        print(f"  {'together':24} {'':12}   ${total:6.2f}   {verdict} ${limit:.0f}; on arm64 ${graviton:.2f}")
        over += total > limit
    print("\nbeside it, never added: " + "; ".join(f"{name} ${price}" for name, price in PRICES["platform"].items()))
    print("not in it: what is kept by the month, and what a stage costs without a mention (schedules, alarms, keys, checkpoints)")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
