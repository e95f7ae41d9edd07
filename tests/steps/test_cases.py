"""People work on cases: nobody takes what another has, the machine falls silent, each act happens once and is on the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.facts import Case, Promise, Thread
from chalicelib.domain.hours import LOOK_AHEAD
from chalicelib.domain.keys import Key
from chalicelib.domain.state import State
from chalicelib.ports import Unavailable, Write
from chalicelib.steps.answered import note_reply
from chalicelib.steps.cases import Act, Acted, CasePorts, close, give_back, take
from chalicelib.steps.reply import Draft, Replied, act_of, reply
from chalicelib.steps.rows import from_row
from tests.simulation.mentions import mention, native_reply
from tests.simulation.world import LIMITS, World

PLACE = keys.case("x", "1001", "771")
LEGAL = "@NorthwindHelp my solicitor will hear about this card"
WORDS = "Hi, Ana here. I have looked and your card is on its way."


def ports(world: World) -> CasePorts:
    return CasePorts(store=world.store, entropy=world.random.randbytes)


def act(world: World, who: str = "ana", **changes: Any) -> Act:
    made = Act(id=world.random.randbytes(6).hex(), actor=Actor(type="person", id=who), at=world.now)
    return replace(made, **changes)


def case(world: World) -> Case:
    return from_row(Case, world.store.read([PLACE])[PLACE])


def records(world: World, kind: str) -> list[dict[str, Any]]:
    leaves = [json.loads(row["leaf"]) for _, row in world.store.partition("ledger", case(world).id)]
    return [leaf for leaf in leaves if leaf["kind"] == kind]


def said(world: World) -> list[tuple[str, str]]:
    place = keys.thread("x", "551")
    return [(post.by, post.text) for post in from_row(Thread, world.store.read([place])[place]).posts]


@pytest.fixture
def waiting(world: World) -> World:
    """A mention that went to a person: its case is open."""
    world.deliver(mention(1, LEGAL))
    world.run()
    return world


@pytest.fixture
def held(world: World) -> World:
    """A mention whose acknowledgement is in the hold."""
    world.deliver(mention(1))
    while world.step():
        pass
    assert world.standing_of(mention(1)).state is State.RESERVED
    return world


def answer(world: World, text: str = WORDS, who: str = "ana", **changes: Any) -> Replied:
    world.persons.add(text)
    made = replace(act_of(case(world).id, text, Actor(type="person", id=who), world.now), **changes)
    return reply(PLACE, made, Draft(text=text), "NorthwindHelp", world.posting, LIMITS)


def test_two_people_cannot_take_the_same_case_and_the_second_is_told_who_has_it_since_when(waiting: World) -> None:
    assert take(PLACE, act(waiting), ports(waiting)).did == "taken"
    since = waiting.now
    waiting.clock.advance(timedelta(minutes=3))
    lost = take(PLACE, act(waiting, "ben"), ports(waiting))
    assert (lost.did, lost.since) == ("not-yours", since)
    assert lost.case is not None
    assert lost.case.owner == "ana"
    assert [record["actor"]["id"] for record in records(waiting, "taken")] == ["ana"]


@pytest.mark.parametrize(("faster", "did", "owner"), [(take, "not-yours", "ben"), (close, "is-closed", "ben")])
def test_of_two_who_act_at_the_same_moment_one_is_told(
    faster: Callable[[Key, Act, CasePorts], Acted], did: str, owner: str, waiting: World
) -> None:
    class Raced:
        """Somebody else is faster between the read and the write."""

        def __init__(self) -> None:
            self.raced = False

        def __getattr__(self, name: str) -> Any:
            return getattr(waiting.store, name)

        def commit(self, writes: list[Write]) -> Any:
            if not self.raced:
                self.raced = True
                faster(PLACE, act(waiting, "ben"), ports(waiting))
            return waiting.store.commit(writes)

    lost = take(PLACE, act(waiting), CasePorts(store=Raced(), entropy=waiting.random.randbytes))  # type: ignore[arg-type]
    assert (lost.did, case(waiting).owner) == (did, owner)


@pytest.mark.parametrize("step", [take, give_back, close])
def test_an_act_happens_once_by_its_id(step: Callable[[Key, Act, CasePorts], Acted], waiting: World) -> None:
    take(PLACE, act(waiting), ports(waiting)) if step is not take else None
    same = act(waiting)
    first = step(PLACE, same, ports(waiting))
    before = case(waiting)
    assert step(PLACE, same, ports(waiting)).did == "already"
    assert case(waiting) == before
    assert len(records(waiting, {"taken": "taken", "returned": "returned", "closed": "closed"}[first.did])) == 1


def test_taking_in_the_hold_stops_the_reply(held: World) -> None:
    assert take(PLACE, act(held), ports(held)).did == "taken"
    held.run()
    assert held.posts == []
    assert held.standing_of(mention(1)).state is State.HUMAN


def test_a_reply_that_waited_when_the_case_was_taken_never_goes_out_also_when_it_is_given_back(held: World) -> None:
    take(PLACE, act(held), ports(held))
    assert give_back(PLACE, act(held), ports(held)).did == "returned"
    assert (case(held).status, case(held).owner) == ("open", None)
    held.run()
    assert held.posts == []
    assert held.standing_of(mention(1)).state is State.HUMAN


def test_the_machine_stays_silent_for_the_same_author_while_the_case_is_open_again(waiting: World) -> None:
    take(PLACE, act(waiting), ports(waiting))
    give_back(PLACE, act(waiting), ports(waiting))
    waiting.deliver(mention(2, author="771"))
    waiting.run()
    assert waiting.posts == []
    assert case(waiting).mentions == (waiting.standing_of(mention(1)).id, waiting.standing_of(mention(2)).id)


def test_after_closing_the_next_mention_opens_a_new_case(waiting: World) -> None:
    first = case(waiting).id
    assert close(PLACE, act(waiting), ports(waiting)).did == "closed"
    assert take(PLACE, act(waiting), ports(waiting)).did == "is-closed"
    waiting.deliver(mention(2, LEGAL, author="771"))
    waiting.run()
    assert (case(waiting).status, case(waiting).id == first) == ("open", False)


@pytest.mark.parametrize("step", [give_back, close])
def test_somebody_elses_case_needs_a_reason_that_stands_on_the_record(
    step: Callable[[Key, Act, CasePorts], Acted], waiting: World
) -> None:
    take(PLACE, act(waiting), ports(waiting))
    assert step(PLACE, act(waiting, "ben"), ports(waiting)).did == "not-yours"
    assert case(waiting).owner == "ana"
    done = step(PLACE, act(waiting, "ben", by_force="Ana is on leave"), ports(waiting))
    (record,) = records(waiting, done.did)
    assert (record["actor"]["id"], record["body"]["forced"]) == ("ben", True)
    sort = {"returned": "46-returned-0000", "closed": "48-closed-0000"}[done.did]
    half = waiting.store.read([Key("private", case(waiting).id, sort)])
    assert next(iter(half.values()))["half"]["why"] == "Ana is on leave"
    assert "leave" not in json.dumps(record)


def test_a_case_that_nobody_knows_is_not_made_up(world: World) -> None:
    assert take(PLACE, act(world), ports(world)).did == "no-case"
    assert PLACE not in world.store.read([PLACE])


def test_a_reply_is_public_once_recorded_before_and_after_and_the_case_is_theirs(waiting: World) -> None:
    waiting.clock.advance(timedelta(minutes=7))
    done = answer(waiting)
    assert done.did == "posted"
    assert waiting.said_by_people == [WORDS]
    assert (case(waiting).status, case(waiting).owner) == ("taken", "ana")
    assert len(records(waiting, "replying")) == 1
    (record,) = records(waiting, "replied")
    assert record["body"]["status"] == "posted"
    assert (record["body"]["first"], record["body"]["waited_minutes"], record["body"]["late"]) == (True, 7, False)
    assert WORDS not in json.dumps(record)
    assert said(waiting) == [("person", WORDS)]


def test_the_first_answer_of_a_person_stops_the_clock_and_says_whether_it_was_late(waiting: World) -> None:
    due = case(waiting).due
    waiting.clock.set(due + timedelta(minutes=1))
    answer(waiting)
    answer(waiting, "Still with you.")
    first, second = (record["body"] for record in records(waiting, "replied"))
    assert (first["late"], first["first"], second["first"]) == (True, True, False)
    assert case(waiting).due == waiting.now + LOOK_AHEAD


def test_the_same_words_are_never_sent_twice(waiting: World) -> None:
    answer(waiting)
    again = answer(waiting)
    assert (again.did, again.reason) == ("said-before", "posted")
    assert len(waiting.said_by_people) == 1


@pytest.mark.parametrize("behaviour", ["lose", "apply-and-lose"])
def test_an_unknown_outcome_is_said_and_never_tried_again(waiting: World, behaviour: str) -> None:
    waiting.behaviours = [behaviour]
    assert answer(waiting).did == "unknown"
    public = len(waiting.said_by_people)
    assert (answer(waiting).did, len(waiting.said_by_people)) == ("said-before", public)
    assert records(waiting, "replied")[0]["body"]["status"] == "unknown"


@pytest.mark.parametrize("behaviour", ["refuse", "throttle", "never-sent"])
def test_what_was_certainly_not_posted_may_be_tried_again_and_is_no_post_of_the_thread(waiting: World, behaviour: str) -> None:
    waiting.behaviours = [behaviour, "ok"]
    assert answer(waiting).did == "not-posted"
    assert said(waiting) == []
    assert answer(waiting).did == "posted"
    assert [record["body"]["status"] for record in records(waiting, "replied")] == ["not-posted", "posted"]


def test_a_death_after_the_call_leaves_the_intent_and_nothing_is_sent_again(waiting: World) -> None:
    class Dies:
        """The store is gone after the call."""

        def __init__(self) -> None:
            self.commits = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(waiting.store, name)

        def commit(self, writes: list[Write]) -> Any:
            self.commits += 1
            if self.commits > 1:
                raise Unavailable("gone")
            return waiting.store.commit(writes)

    alive = waiting.posting
    waiting.posting = replace(alive, store=Dies())
    with pytest.raises(Unavailable):
        answer(waiting)
    waiting.posting = alive
    assert len(records(waiting, "replying")) == 1
    again = answer(waiting)
    assert (again.did, again.reason, len(waiting.said_by_people)) == ("said-before", "sending", 1)


def test_nobody_answers_in_somebody_elses_case_without_a_reason(waiting: World) -> None:
    take(PLACE, act(waiting), ports(waiting))
    assert answer(waiting, who="ben").did == "not-yours"
    assert waiting.said_by_people == []
    assert answer(waiting, who="ben", by_force="Ana asked me").did == "posted"
    assert records(waiting, "replying")[0]["body"]["forced"] is True


def test_what_is_too_long_or_has_no_post_to_answer_never_starts(waiting: World) -> None:
    too_long = answer(waiting, "a" * 281)
    assert (too_long.did, too_long.limit) == ("too-long", 280)
    with waiting.store.database.writing() as connection:
        connection.execute("DELETE FROM rows WHERE tbl = 'private'")
    assert answer(waiting).did == "nothing-to-answer"
    assert (waiting.said_by_people, records(waiting, "replying")) == ([], [])


def test_a_reply_in_the_hold_is_the_only_one(held: World) -> None:
    assert answer(held).did == "posted"
    held.run()
    assert (held.said_by_people, held.posts) == ([WORDS], [])
    assert held.standing_of(mention(1)).state is State.HUMAN


def test_a_case_answered_in_the_native_app_is_anybodys_to_go_on_with(waiting: World) -> None:
    waiting.deliver(native_reply(mention(1)))
    waiting.run()
    assert case(waiting).owner == "native-app"
    assert take(PLACE, act(waiting), ports(waiting)).did == "not-yours"
    assert close(PLACE, act(waiting), ports(waiting)).did == "closed"


@pytest.mark.parametrize(("later", "status"), [(timedelta(minutes=1), "kept"), (timedelta(days=3), "broken")])
def test_an_answer_ends_the_promise_of_the_acknowledgement(world: World, later: timedelta, status: str) -> None:
    world.deliver(mention(1))
    world.run()
    assert world.standing_of(mention(1)).state is State.POSTED
    world.clock.advance(later)
    note_reply(PLACE, act(world), WORDS, ports(world))
    place = keys.promise(world.standing_of(mention(1)).id)
    assert from_row(Promise, world.store.read([place])[place]).status == status
    assert [record["body"]["status"] for record in records(world, "promise")] == [status]
    assert ("person", WORDS) in said(world)
