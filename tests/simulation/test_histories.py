"""Crashes, repeats and races never break DESIGN §2: the same steps as production, one port call at a time."""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.state import State
from chalicelib.steps.bundles import Loaded
from tests.simulation.mentions import deletion, mention, native_reply
from tests.simulation.world import Fault, World

FAULTS = ("crash-before", "crash-after", "unavailable-before", "unavailable-after")
HISTORIES = int(os.environ.get("HISTORIES", "1000"))
BEHAVIOURS = ("ok", "ok", "ok", "apply-and-lose", "lose", "refuse", "throttle", "never-sent")


def story(loaded: Loaded, **kwargs: object) -> World:
    """One ordinary mention, delivered once."""
    world = World(loaded, **kwargs)  # type: ignore[arg-type]
    world.deliver(mention(1))
    return world


def test_an_ordinary_mention_is_acknowledged_once_and_recorded(loaded: Loaded) -> None:
    world = story(loaded)
    world.run()
    assert len(world.posts) == 1
    assert world.standing_of(mention(1)).state is State.POSTED


@pytest.mark.parametrize("behaviour", ["ok", "apply-and-lose", "lose", "refuse", "throttle", "never-sent"])
def test_a_fault_at_any_port_call_of_the_story_breaks_nothing(loaded: Loaded, behaviour: str) -> None:
    world = story(loaded, behaviours=[behaviour])
    world.run()
    for call in range(1, world.calls + 1):
        for kind in FAULTS:
            again = story(loaded, behaviours=[behaviour], faults=[Fault(call, kind)])
            again.run()


def test_two_faults_anywhere_in_the_story_break_nothing(loaded: Loaded) -> None:
    world = story(loaded)
    world.run()
    for first in range(1, world.calls + 1):
        for second in range(first + 1, world.calls + 4):
            for kind in ("crash-before", "crash-after"):
                again = story(loaded, faults=[Fault(first, kind), Fault(second, kind)])
                again.run()


def history(loaded: Loaded, seed: int) -> World:
    """Two mentions and a race, all drawn from one seed."""
    chance = random.Random(seed)
    same_author, same_thread = chance.random() < 0.3, chance.random() < 0.3
    first = mention(1)
    second = mention(
        2,
        "@NorthwindHelp my statement is not showing in the app, can someone check?",
        author="771" if same_author else None,
        thread="551" if same_thread else None,
    )
    calls = sorted(chance.sample(range(1, 40), chance.randrange(3)))
    world = World(
        loaded,
        seed=seed,
        faults=[Fault(call, chance.choice(FAULTS)) for call in calls],
        behaviours=[chance.choice(BEHAVIOURS) for _ in range(2)],
    )
    world.look_up_works = chance.random() < 0.8
    world.deliver(first, times=chance.choice((1, 1, 2)))
    world.deliver(second, times=chance.choice((1, 1, 2)))
    for race in races(world, chance):
        world.happens(chance.randrange(1, 18), race)
    world.run()
    return world


def races(world: World, chance: random.Random) -> list[Callable[[], None]]:
    """What else happens meanwhile, one or two of them."""
    first = mention(1)
    edit = replace(
        mention(1, "@NorthwindHelp my solicitor will hear of this card", post="5519", edited=True), received_at=world.now
    )
    possible: list[Callable[[], None]] = [
        world.pause,
        world.pause_slowly,
        lambda: world.take_case("771"),
        lambda: world.take_case("772"),
        lambda: world.take_case_slowly("771"),
        lambda: world.deliver(deletion(first)),
        lambda: world.deliver(native_reply(first)),
        lambda: world.deliver(edit),
        lambda: world.deliver(replace(first, delivery_id="another")),
    ]
    return chance.sample(possible, chance.choice((1, 1, 2)))


def test_two_mention_histories_with_a_race_keep_every_invariant(loaded: Loaded, capsys: pytest.CaptureFixture[str]) -> None:
    began, ends = time.perf_counter(), {State.POSTED: 0, State.HUMAN: 0, State.IGNORED: 0}
    for seed in range(HISTORIES):
        try:
            world = history(loaded, seed)
        except BaseException as failure:
            raise AssertionError(f"seed {seed}: {failure}") from failure
        for number in (1, 2):
            ends[world.standing_of(mention(number)).state] += 1
        world.store.close()
    spent = time.perf_counter() - began
    with capsys.disabled():
        shown = ", ".join(f"{count} {state.value}" for state, count in ends.items())
        print(f"\n{HISTORIES} histories of two mentions, {HISTORIES / spent:.0f} a second: {shown}")
    assert all(ends.values()), "the histories must reach every end"


def test_sixty_replies_decided_at_once_share_at_most_two_of_five_wordings(loaded: Loaded) -> None:
    world = World(loaded, seed=7, calm=True, behaviours=["ok", "throttle", "apply-and-lose"] * 20)
    for number in range(60):
        world.deliver(mention(number), times=1 + number % 2)
    world.run(most=60_000)
    assert len(world.posts) > 50
    pairs = itertools.combinations((set(one["wordings"]) for one in world.posts), 2)
    assert max(len(one & other) for one, other in pairs) <= 2
