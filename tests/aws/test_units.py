"""What a mention costs in DynamoDB's units, and which keys a rush of 1,000 mentions a second would heat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.steps.bundles import Loaded
from tests.aws.units import Counting
from tests.pack import small_pack
from tests.simulation.mentions import mention
from tests.simulation.world import World

RUSH = 1_000
"""Mentions a second of one brand."""

WARM = 500
"""Units a second: half of what one partition writes, a sixth of what it reads."""

READ_BY_ALL = {
    "control/account#x#1001",
    "control/alert#northwind-bank",
    "control/policy#pointer",
    "control/rota#northwind-bank",
    "control/wait#northwind-bank",
    "state/budget#plain",
    "tree/HEAD",
}
"""What every decision of a brand reads: one unit each, so these bear 1,000 a second of the 3,000 that a partition can."""


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return small_pack()


@pytest.fixture
def counted(loaded: Loaded) -> Callable[[str, int], Counting]:
    """Plays so many mentions with this text, each by another author, and gives what it cost."""

    def play(text: str, many: int) -> Counting:
        world: Any = World(loaded, calm=True)
        world._keep_sealed = lambda: None
        world.store = counting = Counting(world.store)
        for number in range(many):
            world.deliver(mention(number, text))
        while world.step():
            pass
        return counting

    return play


def rate(units: Counter[str], many: int) -> list[tuple[str, int]]:
    return [(place, count * RUSH // many) for place, count in units.most_common(12)]


def test_a_rush_that_goes_to_people_writes_no_key_warm_and_reads_only_what_all_decisions_share(
    counted: Callable[[str, int], Counting], capsys: pytest.CaptureFixture[str]
) -> None:
    many = 200
    cost = counted("@NorthwindHelp my solicitor will call about my card, how do i complain", many)
    with capsys.disabled():
        print(
            f"\nfor a person: {sum(cost.reads.values()) / many:.1f} read and {sum(cost.writes.values()) / many:.1f} write units"
        )
        for place, units in rate(cost.reads, many)[: len(READ_BY_ALL)]:
            print(f"  {units:5} read units a second at {RUSH} mentions a second: {place}")
        for place, units in rate(cost.writes, many)[:3]:
            print(f"  {units:5} write units a second: {place}")
    assert cost.calls == {"read": many, "commit": many}
    assert max(units for _, units in rate(cost.writes, many)) <= WARM
    assert {place for place, units in rate(cost.reads, many) if units > WARM} == READ_BY_ALL
    assert max(units for _, units in rate(cost.reads, many)) <= RUSH


def test_an_acknowledgement_costs_what_the_page_says(
    counted: Callable[[str, int], Counting], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is rare by law: a voice has some hundred words in 72 hours, so its one budget row is never hot."""
    world = counted("@NorthwindHelp how do I activate my new card?", 1)
    with capsys.disabled():
        print(f"\nacknowledged, decided: {sum(world.reads.values())} read and {sum(world.writes.values())} write units")
    assert world.calls["commit"] == 1
    assert world.writes["state/budget#plain"] == 2
