"""People are told of every case, however often something fails; and where nobody hears, the case itself speaks up."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import envelope, keys
from chalicelib.domain.announcement import Announcement
from chalicelib.domain.facts import Case
from chalicelib.domain.limits import Limits
from chalicelib.domain.outcome import Carried, HttpRequest, HttpResponse, MaybeSent
from chalicelib.domain.state import State
from chalicelib.embedded.memory import MemorySecrets, ScriptedHttp
from chalicelib.ports import Key, Put
from chalicelib.registry import members
from chalicelib.steps import announce, rescue
from chalicelib.steps.announce import ATTEMPTS, AnnouncePorts
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.rows import from_row, to_row
from tests.simulation.mentions import deletion, mention, native_reply
from tests.simulation.world import Fault, World

LEGAL = "@NorthwindHelp my solicitor will hear about this card"
SECRETS = {
    "sink/webhook": ("whsec_" + base64.b64encode(bytes(32)).decode(),),
    "sink/slack": ("https://hooks.slack.example/services/x",),
}
ADDRESS = "https://desk.example/a"
LIMITS = Limits()


def answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={}, body=b"")


class Desk:
    """A world that is through with deciding, its announcements, and the sinks they go to."""

    def __init__(self, world: World, *sinks: str) -> None:
        self.world = world
        self.answers: list[Carried] = []
        self.http = ScriptedHttp(lambda request: self.answers.pop(0) if self.answers else answer(200))
        self.delays: list[float] = []
        on = members("chalicelib.sinks", "SINK")
        self.ports = AnnouncePorts(
            store=world.store,
            announcements=world.announcements,
            dead_letters=world.dead,
            secrets=MemorySecrets(dict(SECRETS)),
            http=self.http,
            sinks={name: on[name] for name in sinks or ("webhook",)},
            addresses={"webhook": ADDRESS},
            entropy=world.random.randbytes,
        )

    def work(self) -> list[str]:
        """Announce until nothing is queued, however long it takes; then let rescue end what was given up."""
        did = []
        while self.world.announcements.entries:
            entry = min(self.world.announcements.entries, key=lambda one: one.visible)
            self.world.announcements.entries.remove(entry)
            self.delays.append((entry.visible - self.world.now).total_seconds())
            self.world.clock.set(max(self.world.now, entry.visible))
            did.append(announce.run(entry.body, self.ports, LIMITS, self.world.now).did)
        for entry in list(self.world.dead.entries):
            self.world.dead.entries.remove(entry)
            did.append(rescue.run(entry.body, self.world.deciding, LIMITS, self.world.now, 1).did)
        return did

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.http.requests]


def orders(world: World) -> list[Announcement]:
    return [envelope.announcement_in(entry.body) for entry in world.announcements.entries]


def case_of(world: World, author: str = "771") -> Case:
    place = keys.case("x", "1001", author)
    return from_row(Case, world.store.read([place])[place])


def records(world: World, id: str, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row["leaf"])["body"] for _, row in world.store.partition("ledger", id) if row["kind"] == kind]


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    world.deliver(mention(1, LEGAL))
    world.run()
    yield Desk(world)
    world.store.close()


# --- what is announced ---------------------------------------------------------------------------------------------------


def test_a_case_is_announced_when_a_mention_opens_it_and_when_one_joins_it(world: World) -> None:
    world.deliver(mention(1, LEGAL))
    world.run()
    world.deliver(mention(2, author="771"))
    world.run()
    first, second = orders(world)
    case = case_of(world)
    assert (first.case, first.version, first.opens, first.rule, first.priority) == (case.id, 1, True, "legal", 1)
    assert (second.case, second.version, second.opens, second.rule) == (case.id, 2, False, "open-conversation")
    assert (second.priority, second.department, second.due) == (case.priority, "legal", case.due)


def test_what_the_machine_acknowledges_is_announced_as_the_least_urgent(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    (order,) = orders(world)
    assert (order.outcome, order.priority, order.opens) == ("acknowledge", 4, True)
    assert case_of(world).priority < 4


def test_what_is_ignored_is_not_announced(world: World) -> None:
    world.deliver(deletion(mention(1)))
    world.run()
    world.deliver(mention(1))
    world.run()
    assert world.standing_of(mention(1)).state is State.IGNORED
    assert orders(world) == []


def test_an_edit_that_needs_a_person_is_announced_as_urgently_as_it_is(world: World) -> None:
    world.deliver(mention(1))
    while world.step():
        pass
    world.deliver(mention(1, LEGAL, post="5519", edited=True))
    world.run()
    first, edited, *again = orders(world)
    assert (first.outcome, edited.outcome, edited.rule, edited.priority) == ("acknowledge", "human", "legal", 1)
    assert {one.id for one in again} <= {edited.id}, "a repeat carries the id of what it repeats"


def test_a_redelivered_mention_is_announced_again_under_the_same_id(world: World) -> None:
    world.deliver(mention(1, LEGAL))
    world.run()
    world.deliver(mention(1, LEGAL))
    world.run()
    first, second = orders(world)
    assert (first.id, first.rule, first.why, first.priority) == (second.id, second.rule, second.why, second.priority)


def test_a_mention_that_comes_again_after_its_reply_was_refused_is_told_as_what_it_is_now(world: World) -> None:
    world.behaviours = ["refuse"]
    world.deliver(mention(1))
    world.run()
    world.deliver(mention(1))
    world.run()
    first, second, again = orders(world)
    assert (first.outcome, second.outcome, second.priority) == ("acknowledge", "human", case_of(world).priority)
    assert first.id != second.id == again.id


@pytest.mark.parametrize("behaviour", ["refuse", "lose"])
def test_people_are_told_when_an_acknowledgement_did_not_go_out(behaviour: str, world: World) -> None:
    world.behaviours = [behaviour]
    world.deliver(mention(1))
    world.run()
    first, second = orders(world)
    assert (first.outcome, second.outcome) == ("acknowledge", "human")
    assert second.why == "The acknowledgement could not go out."
    assert second.priority == case_of(world).priority


def test_people_are_told_although_the_poster_dies_at_any_port_call(loaded: Loaded) -> None:
    calm = World(loaded, behaviours=["refuse"], calm=True)
    calm.deliver(mention(1))
    calm.run()
    for call in range(1, calm.calls + 1):
        for kind in ("crash-before", "crash-after"):
            world = World(loaded, behaviours=["refuse"], faults=[Fault(call, kind)], calm=True)
            world.deliver(mention(1))
            world.run()
            if world.standing_of(mention(1)).state is State.HUMAN:
                assert "human" in {one.outcome for one in orders(world)}, (call, kind)


def test_nothing_is_announced_again_once_the_case_is_closed(world: World) -> None:
    world.deliver(mention(1, LEGAL))
    world.run()
    place = keys.case("x", "1001", "771")
    world.store.commit([Put(place, to_row(replace(case_of(world), version=2, status="closed"), key=place))])
    world.deliver(mention(1, LEGAL))
    world.run()
    assert len(orders(world)) == 1


@pytest.mark.parametrize("text", ["@NorthwindHelp how do I activate my new card?", LEGAL])
def test_a_fault_at_any_port_call_never_leaves_a_case_untold(loaded: Loaded, text: str) -> None:
    world = World(loaded)
    world.deliver(mention(1, text))
    world.run()
    for call in range(1, world.calls + 1):
        for kind in ("crash-before", "crash-after", "unavailable-before", "unavailable-after"):
            again = World(loaded, faults=[Fault(call, kind)])
            again.deliver(mention(1, text))
            again.run()
            assert {one.case for one in orders(again)} == {case_of(again).id}, (call, kind)


def test_a_case_beside_an_unreadable_row_is_announced_also_after_a_crash(loaded: Loaded) -> None:
    world = World(loaded, calm=True, faults=[Fault(3, "crash-before")])
    place = keys.case("x", "1001", "771")
    world.store.commit([Put(place, {"version": 1, "garbage": True})])
    world.deliver(mention(1, LEGAL))
    world.run()
    (order,) = orders(world)
    assert (order.case, order.record) == (world.standing_of(mention(1)).id,) * 2


def test_no_word_name_or_number_of_anybody_is_in_the_queue(world: World) -> None:
    world.deliver(mention(1, LEGAL))
    world.deliver(native_reply(mention(2)))
    world.deliver(mention(2))
    world.run()
    bodies = "".join(entry.body for entry in world.announcements.entries)
    assert len(world.announcements.entries) == 2
    for private in ("solicitor", "771", "772", "user_", "User ", '"551"', "1001", "NorthwindHelp"):
        assert private not in bodies


# --- how it is told ------------------------------------------------------------------------------------------------------


def test_each_sink_that_is_on_hears_once(desk: Desk) -> None:
    both = Desk(desk.world, "webhook", "slack")
    assert both.work() == ["announcing", "told", "told"]
    assert sorted(request.url for request in both.http.requests) == [ADDRESS, SECRETS["sink/slack"][0]]


def test_one_sink_that_is_down_does_not_make_the_other_hear_twice(desk: Desk) -> None:
    both = Desk(desk.world, "webhook", "slack")
    down = [answer(503), answer(503)]
    both.http.answer = lambda request: down.pop(0) if request.url == ADDRESS and down else answer(200)
    both.work()
    assert [request.url == ADDRESS for request in both.http.requests].count(False) == 1


def test_without_sinks_an_announcement_ends_quietly(desk: Desk) -> None:
    nobody = replace(desk.ports, sinks={})
    assert announce.run(desk.world.announcements.entries[0].body, nobody, LIMITS, desk.world.now).did == "no-sinks"
    one = envelope.pack(replace(orders(desk.world)[0], sink="webhook"))
    assert announce.run(one, nobody, LIMITS, desk.world.now).did == "sink-off"


def test_it_is_told_again_after_longer_and_longer_waits_and_given_up_after_eight(desk: Desk) -> None:
    desk.answers = [answer(500), MaybeSent("timeout")] * 10
    did = desk.work()
    assert did == [*["told-again-later"] * 7, "given-up", "announce-failed"]
    assert desk.delays == [0, 5, 10, 20, 40, 80, 160, 320]
    assert len(desk.told) == ATTEMPTS
    assert len({request.headers["webhook-id"] for request in desk.http.requests}) == 1


def test_a_sink_that_asks_for_patience_gets_it(desk: Desk) -> None:
    desk.answers = [HttpResponse(status=429, headers={"retry-after": "300"}, body=b"")]
    desk.work()
    assert desk.delays == [0, 300]


@pytest.mark.parametrize(("status", "reason"), [(400, "status-400"), (404, "status-404"), (307, "redirect")])
def test_a_refusal_is_given_up_at_once_recorded_and_makes_the_case_more_urgent(desk: Desk, status: int, reason: str) -> None:
    before = replace(case_of(desk.world), priority=3)
    place = keys.case("x", "1001", "771")
    desk.world.store.commit([Put(place, to_row(before, key=place, due=before.due))])
    desk.answers = [answer(status)]
    assert desk.work() == ["given-up", "announce-failed"]
    assert len(desk.told) == 1
    case = case_of(desk.world)
    assert (case.priority, case.version, case.status) == (2, 2, "open")
    (body,) = records(desk.world, case.id, "announce_failed")
    assert body == {"sink": "webhook", "reason": reason, "version": 1, "attempts": 0, "priority": 2}
    assert desk.world.store.due(keys.shard_of(place.partition), desk.world.now + timedelta(days=9)) == [place]


def test_a_dead_letter_that_comes_twice_is_recorded_once_and_two_sinks_raise_the_case_once(desk: Desk) -> None:
    place, before = keys.case("x", "1001", "771"), replace(case_of(desk.world), priority=4)
    desk.world.store.commit([Put(place, to_row(before, key=place))])
    order = orders(desk.world)[0]
    for sink in ("webhook", "webhook", "slack", "slack"):
        body = envelope.pack(replace(order, sink=sink, failed="status-400"))
        rescue.run(body, desk.world.deciding, LIMITS, desk.world.now, 1)
    assert [body["sink"] for body in records(desk.world, order.case, "announce_failed")] == ["webhook", "slack"]
    assert case_of(desk.world).priority == 3


def test_not_being_heard_never_makes_a_danger_and_never_calms_one(desk: Desk) -> None:
    for priority, raised in ((2, 1), (1, 1), (0, 0)):
        place = keys.case("x", "1001", "771")
        changed = replace(case_of(desk.world), priority=priority)
        desk.world.store.commit([Put(place, to_row(changed, key=place))])
        order = replace(orders(desk.world)[0], version=10 + priority, sink="webhook", failed="not-heard")
        rescue.run(envelope.pack(order), desk.world.deciding, LIMITS, desk.world.now, 1)
        assert case_of(desk.world).priority == raised


def test_a_case_that_a_person_has_is_left_as_it_is(desk: Desk) -> None:
    desk.world.take_case("771")
    before = case_of(desk.world)
    desk.answers = [answer(400)]
    desk.work()
    assert case_of(desk.world) == before
    assert len(records(desk.world, before.id, "announce_failed")) == 1


def test_a_failure_is_recorded_also_when_the_private_half_is_erased(desk: Desk) -> None:
    half = Key("private", orders(desk.world)[0].record, "0-decision")
    desk.world.store.commit([Put(half, {"half": {}, "person": "-"})])
    desk.answers = [answer(400)]
    assert desk.work()[-1] == "announce-failed"


def test_an_announcement_that_could_never_be_worked_on_is_recorded_by_rescue(desk: Desk) -> None:
    desk.world.dead.entries.append(desk.world.announcements.entries.pop())
    assert desk.work() == ["announce-failed"]
    (body,) = records(desk.world, case_of(desk.world).id, "announce_failed")
    assert (body["sink"], body["reason"]) == ("all", "rescued")


def test_a_sink_that_is_gone_is_never_asked_again_at_that_address(desk: Desk) -> None:
    desk.answers = [answer(410)]
    assert desk.work() == ["given-up", "announce-failed"]
    row = desk.world.store.read([keys.sink("webhook")])[keys.sink("webhook")]
    assert ADDRESS not in json.dumps(dict(row))
    desk.world.deliver(mention(2, LEGAL))
    desk.world.run()
    assert desk.work() == ["given-up", "announce-failed"]
    assert len(desk.told) == 1
    desk.ports = replace(desk.ports, addresses={"webhook": "https://desk.example/b"})
    desk.world.deliver(mention(3, LEGAL))
    desk.world.run()
    assert desk.work() == ["told"]


def test_a_sink_that_is_gone_leaves_a_record(desk: Desk) -> None:
    kept: list[Any] = []
    commit = desk.world.store.commit
    desk.answers = [answer(410)]
    desk.world.store.commit = lambda writes: (kept.extend(writes), commit(writes))[1]  # type: ignore[method-assign,assignment]
    desk.work()
    leaves = [json.loads(write.row["leaf"]) for write in kept if write.key.table == "ledger"]
    assert next((leaf["kind"], leaf["body"]) for leaf in leaves) == ("sink_disabled", {"sink": "webhook", "reason": "gone"})


def test_the_urgency_of_the_case_is_told(desk: Desk) -> None:
    desk.work()
    assert [(one["data"]["priority"], one["data"]["department"]) for one in desk.told] == [(1, "legal")]


def test_a_body_that_is_no_announcement_ends_with_rescue(desk: Desk) -> None:
    with pytest.raises(ValueError, match="Announcement"):
        announce.run('{"is":"Order","schema":1}', desk.ports, LIMITS, desk.world.now)


def test_the_requests_carry_nothing_of_anybody(desk: Desk) -> None:
    desk.work()
    sent: list[HttpRequest] = desk.http.requests
    for private in (b"solicitor", b"user_771", b"771", b"NorthwindHelp"):
        assert not [one for one in sent if private in one.body or private.decode() in one.url]
