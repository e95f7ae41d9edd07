"""What a mention costs in DynamoDB's units, and which keys a rush of 1,000 mentions a second would heat."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks import cost
from chalicelib.domain import envelope, keys
from chalicelib.domain.limits import Limits
from chalicelib.ports import Put
from chalicelib.steps import intake, sequence
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.recent import Recent
from chalicelib.steps.rows import to_row
from tests.aws.units import Counting
from tests.pack import small_pack
from tests.simulation.mentions import mention
from tests.simulation.world import World

RUSH = 1_000
"""Mentions a second of one brand."""

WARM = 500
"""Units a second on one partition key: half of what DynamoDB lets it write, a sixth of what it lets it read."""

DECIDERS = json.loads(Path(".chalice/config.json").read_text())["stages"]["live"]["lambda_functions"]["decide_mentions"][
    "reserved_concurrency"
]
"""So many processes decide at once at most, and each reads the shared rows for itself."""

COMPLAINT = "@NorthwindHelp my solicitor will call about my card, how do i complain"


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return small_pack()


@pytest.fixture
def rush(loaded: Loaded) -> Callable[..., Counting]:
    """Plays so many mentions within one second over all processes, each by another author, and gives what it cost."""

    def play(text: str, many: int, thread: str | None = None, sequenced: bool = False) -> Counting:
        world: Any = World(loaded, calm=True)
        world._keep_sealed = lambda: None
        world.processes = [replace(world.deciding, recent=Recent()) for _ in range(DECIDERS)]
        ledger = world.store
        world.store = counting = Counting(ledger)
        for number in range(many):
            # a World gives an invocation to the process whose number is that of its calls
            world.calls = number
            body = envelope.wrap(mention(number, text, thread=thread), "current")
            intake.run(body, world.processes[number % DECIDERS], Limits(), world.now, 1)
        if sequenced:
            fresh = sequence.Head(version=1, checked=world.now, newest=world.now)
            ledger.commit([Put(keys.head(), to_row(fresh, key=keys.head()))])
            for batch in batches(leaves_of(ledger, many, world)):
                sequence.run(batch, sequence.SequencePorts(store=counting), world.now)
        return counting

    return play


def leaves_of(store: Any, many: int, world: Any) -> list[sequence.Leaf]:
    """What the stream brings of these mentions, in some order."""
    found = []
    for number in range(many):
        id = world.standing_of(mention(number)).id
        found += [(key, row["leaf"]) for key, row in store.partition("ledger", id)]
    return [
        sequence.Leaf(sequence=str(number), key=f"{key.partition}/{key.sort}", leaf=leaf, created=world.now)
        for number, (key, leaf) in enumerate(found)
    ]


def batches(leaves: list[sequence.Leaf]) -> Iterator[list[sequence.Leaf]]:
    for start in range(0, len(leaves), 100):
        yield leaves[start : start + 100]


def hottest(units: Counter[str]) -> list[tuple[str, int]]:
    return units.most_common(4)


@pytest.mark.long
@pytest.mark.parametrize("thread", [None, "551"], ids=["threads of their own", "all in one thread"])
def test_in_a_rush_of_1000_mentions_a_second_no_key_bears_more_than_500_units(
    rush: Callable[..., Counting], thread: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    cost = rush(COMPLAINT, RUSH, thread, sequenced=True)
    with capsys.disabled():
        print(f"\n{RUSH} mentions a second of one brand, {DECIDERS} processes, {'one thread' if thread else 'many threads'}:")
        for kind, counter in (("read", cost.reads), ("write", cost.writes)):
            for place, units in hottest(counter):
                print(f"  {units:5} {kind} units a second: {place}")
    assert max(cost.reads.values()) <= WARM
    assert max(cost.writes.values()) <= WARM


def test_a_mention_costs_exactly_what_the_page_says(rush: Callable[..., Counting], capsys: pytest.CaptureFixture[str]) -> None:
    """Read units of a process that just started and of one that is warm, write units of the decision."""
    question = "@NorthwindHelp how do I activate my new card?"
    human, acknowledged, twice = rush(COMPLAINT, 1), rush(question, 1), rush(COMPLAINT, DECIDERS + 1)
    warm = sum(twice.reads.values()) - DECIDERS * sum(human.reads.values())
    counted = [(sum(cost.reads.values()), warm, sum(cost.writes.values())) for cost in (human, acknowledged)]
    with capsys.disabled():
        print(f"\nread units cold and warm, write units: {counted[0]} for a person, {counted[1]} acknowledged")
    page = (Path("docs") / "tables.md").read_text()
    assert human.calls == acknowledged.calls == {"read": 1, "commit": 3}
    assert f"| that goes to a person | 4 | {counted[0][0]} | {counted[0][1]} | {counted[0][2]} |" in page
    assert f"| that acknowledges | 4 | {counted[1][0]} | {counted[1][1]} | {counted[1][2]} |" in page


@pytest.mark.parametrize("story", cost.STORIES)
def test_a_million_mentions_stay_within_their_price(story: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Issue 4: $22 for those that go to a person, $34 for those that are acknowledged, on x86 and with API Gateway."""
    text, many, limit = cost.STORIES[story]
    told = cost.Story(text, many)
    lines = told.lines()
    with capsys.disabled():
        print(f"\na million mentions that {story}: ${sum(dollars for _, dollars in lines.values()):.2f} of ${limit:.0f}")
    assert told.posts in (0, many)
    assert sum(dollars for _, dollars in lines.values()) <= limit
    assert lines["DynamoDB write units"][0] == {"goes to a person": 13.24, "is acknowledged": 32.36}[story]
