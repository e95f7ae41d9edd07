"""What an account said in public is known, whoever said it; what never became public is not."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.embedded.memory import START
from chalicelib.embedded.store import SqliteStore
from chalicelib.steps.answered import note_reply
from chalicelib.steps.cases import Act, CasePorts
from chalicelib.steps.reply import Draft, act_of, reply
from chalicelib.steps.said import Said, said_row, said_since
from tests.simulation.mentions import mention, native_reply
from tests.simulation.world import LIMITS, World

LEGAL = "@NorthwindHelp my solicitor will hear about this card"
WORDS = "Hi, Ana here. I have looked and your card is on its way."


def said(world: World) -> list[tuple[str, str]]:
    return [(one.by, one.text) for one in said_since(world.store, "x", "1001", world.now - timedelta(hours=72), world.now)]


def test_the_machine_s_reply_is_known_once_it_is_public(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    assert said(world) == [("machine", world.posts[0]["text"])]


def test_a_reply_that_was_refused_was_never_said(world: World) -> None:
    world.behaviours = ["refuse"]
    world.deliver(mention(1))
    world.run()
    assert said(world) == []


def test_a_person_s_reply_is_known_wherever_it_was_written(world: World) -> None:
    for number in (1, 2, 3):
        world.deliver(mention(number, LEGAL))
    world.run()
    act = act_of("case", WORDS, Actor(type="person", id="ana"), world.now)
    world.persons.add(WORDS)
    reply(keys.case("x", "1001", "771"), act, Draft(text=WORDS), "NorthwindHelp", world.posting, LIMITS)
    noted = Act(id="b", actor=Actor(type="person", id="desk:ana"), at=world.now)
    ports = CasePorts(store=world.store, entropy=world.random.randbytes)
    note_reply(keys.case("x", "1001", "772"), noted, "Written at the desk.", ports)
    world.deliver(native_reply(mention(3)))
    world.run()
    assert {text for _, text in said(world)} == {WORDS, "Written at the desk.", "Hi, Priya here, looking at it now."}
    assert {by for by, _ in said(world)} == {"person"}


def test_the_window_has_its_edges_and_its_order() -> None:
    store = SqliteStore(":memory:")
    now = START
    for hours in (73, 72, 30, 0):
        one = Said(at=now - timedelta(hours=hours), by="person", text=f"{hours} hours ago", person="-")
        store.commit([said_row("x", "1", f"post{hours}", one)])
        store.commit([said_row("x", "1", f"post{hours}", one)])
    found = said_since(store, "x", "1", now - timedelta(hours=72), now)
    assert [one.text for one in found] == ["72 hours ago", "30 hours ago", "0 hours ago"]
