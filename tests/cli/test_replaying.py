"""A challenger is compared with the live policy as both were recorded; nothing is decided again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from chalicelib.cli.replaying import challenged
from chalicelib.domain.fact import Known
from chalicelib.domain.facts import NOT_ASKED, Recognised
from chalicelib.domain.limits import Limits
from chalicelib.steps.recognise import Nobody
from chalicelib.steps.simulate import Played, Simulation
from tests.pack import small_pack
from tests.simulation.mentions import mention
from tests.simulation.world import World
from tests.steps.test_challenge import FOR_PEOPLE, ORDINARY, looser, missing, with_challenger


def recorded(world: World, document: bytes) -> list[Played | str]:
    page = [(key, row) for _, key, row in world.store.changes(0, 100) if row["kind"] == "challenged"]
    return list(challenged(world.store, [page], hashlib.sha256(document).hexdigest()))


def decided() -> World:
    world = World(small_pack(), calm=True)
    with_challenger(world, looser())
    world.deliver(mention(1, FOR_PEOPLE))
    world.deliver(mention(2, ORDINARY))
    world.run()
    return world


def test_every_mention_that_ends_otherwise_is_shown_with_both_decisions_from_the_record() -> None:
    world = decided()
    made = Simulation(small_pack(), small_pack(), Limits(), Nobody())  # neither policy could give the flip below
    flips = [flip for one in recorded(world, looser()) if isinstance(one, Played) and (flip := made.play(one))]
    assert (made.replayed, made.flips) == (2, 1)
    assert (flips[0].before.rule, flips[0].after.rule) == ("legal", "ordinary-question")
    assert recorded(world, b"another challenger") == []


def test_what_the_challenger_could_not_judge_or_somebody_erased_is_counted_and_never_guessed() -> None:
    world = World(small_pack(), calm=True)
    missing(world, with_challenger(world, looser()))
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    assert recorded(world, looser()) == ["challenger-failed: bundle-missing"]
    world = decided()
    with world.store.database.writing() as connection:
        connection.execute("DELETE FROM rows WHERE tbl = 'private'")
    assert recorded(world, looser()) == ["erased", "erased"]


class Counted:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def recognise(self, text: str) -> Any:
        self.asked.append(text)
        return Known(Recognised(score=990_000, model="a"))


def test_two_policies_ask_the_recogniser_once_about_one_text() -> None:
    world, recogniser = decided(), Counted()
    (one,) = [one for one in recorded(world, looser()) if isinstance(one, Played) and one.beside.rule == "ordinary-question"][1:]  # type: ignore[union-attr]
    made = Simulation(small_pack(), small_pack(), Limits(), recogniser)
    made.play(replace(one, beside=None, decision=None, facts=replace(one.facts, ordinary=NOT_ASKED)))
    assert recogniser.asked == [ORDINARY]
