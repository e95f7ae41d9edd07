"""The wait that an acknowledgement names: measured from answers and from those who still wait, or not named."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.fact import Known, Unknown
from chalicelib.domain.facts import Wait
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Put
from chalicelib.steps import waits, watch
from chalicelib.steps.answered import note_reply
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.cases import Act, CasePorts
from chalicelib.steps.gather import gather
from chalicelib.steps.recent import Recent
from chalicelib.steps.rows import to_row
from chalicelib.steps.surge import SurgePorts
from tests.simulation.mentions import mention
from tests.simulation.world import LIMITS, Fixed, World

BRAND = "northwind-bank"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
LEGAL = "@NorthwindHelp my solicitor will hear about this card"


def seen(store: SqliteStore, minutes: list[int], at: datetime = NOW) -> None:
    for number, one in enumerate(minutes):
        store.commit([waits.sample(BRAND, f"case{number}", at - timedelta(minutes=one), at)])


@pytest.mark.parametrize(
    ("minutes", "p80"), [([1, 2, 3, 4, 5], 4), ([7] * 5, 7), (list(range(1, 11)), 8), ([1, 1, 1, 1, 1, 90], 1)]
)
def test_the_wait_is_the_smallest_that_four_of_five_do_not_exceed(minutes: list[int], p80: int) -> None:
    assert waits.nearest_rank(minutes, 80) == p80
    assert sum(one <= p80 for one in minutes) * 10 >= 8 * len(minutes)


def test_too_few_waits_name_no_time() -> None:
    store = SqliteStore(":memory:")
    seen(store, [5] * (waits.ENOUGH - 1))
    assert waits.measured(store, BRAND, NOW) is None


def test_a_quiet_hour_looks_back_over_the_day_and_no_further() -> None:
    store = SqliteStore(":memory:")
    seen(store, [50] * waits.ENOUGH, NOW - timedelta(hours=20))
    assert waits.measured(store, BRAND, NOW) == Wait(p80_minutes=50, measured=NOW)
    assert waits.measured(store, BRAND, NOW + timedelta(hours=5)) is None


def test_one_case_counts_once_and_as_long_as_it_waited_at_last() -> None:
    store = SqliteStore(":memory:")
    opened = NOW - timedelta(hours=2)
    for at in (NOW - timedelta(hours=1), NOW):
        store.commit([waits.sample(BRAND, "slow", opened, at)])
    seen(store, [1] * (waits.ENOUGH - 2))
    assert waits.measured(store, BRAND, NOW) is None
    store.commit([waits.sample(BRAND, "another", opened, NOW)])
    assert waits.measured(store, BRAND, NOW) == Wait(p80_minutes=120, measured=NOW)


def measuring(world: World, loaded: Loaded) -> list[str]:
    ports = SurgePorts(
        store=world.store, bundles=Fixed(loaded), announcements=world.announcements, entropy=world.random.randbytes
    )
    return [done.did for done in waits.run(ports, world.now)]


def test_answers_and_unanswered_cases_become_the_wait_that_decisions_see(world: World, loaded: Loaded) -> None:
    for number in range(1, 6):
        world.deliver(mention(number, LEGAL))
    world.run()
    world.clock.advance(timedelta(minutes=20))
    for number in (1, 2):
        act = Act(id=f"a{number}", actor=Actor(type="person", id="ana"), at=world.now)
        note_reply(keys.case("x", "1001", f"77{number}"), act, "Ana here.", CasePorts(store=world.store, entropy=bytes))
    world.clock.advance(timedelta(hours=2))
    list(watch.run(watch.WatchPorts(store=world.store, entropy=world.random.randbytes), world.now))
    assert "wait-measured" in measuring(world, loaded)
    policy = next(iter(loaded.bundle.brands.values()))  # type: ignore[union-attr]
    fact = gather(mention(9), policy, world.store, Recent(), world.now, LIMITS).facts.wait
    assert isinstance(fact, Known)
    assert fact.value.p80_minutes >= 120


def test_waits_are_measured_each_fifth_minute_only(world: World, loaded: Loaded) -> None:
    seen(world.store, [5] * waits.ENOUGH, world.now)
    measured = []
    for minute in range(10):
        world.clock.set(world.now.replace(minute=50 + minute))
        measured.append("wait-measured" in measuring(world, loaded))
    assert measured == [True, False, False, False, False] * 2


def test_a_wait_that_was_measured_long_ago_is_unknown(world: World, loaded: Loaded) -> None:
    policy = next(iter(loaded.bundle.brands.values()))  # type: ignore[union-attr]
    place = keys.wait(policy.id)
    for age, known in ((timedelta(minutes=29), Known), (timedelta(minutes=31), Unknown)):
        old = Wait(p80_minutes=30, measured=world.now - age)
        world.store.commit([Put(place, to_row(old, key=place))])
        assert isinstance(gather(mention(9), policy, world.store, Recent(), world.now, LIMITS).facts.wait, known)
