"""Each way that a mention can end, and why: DESIGN §4 and the fault table of the audit anchor."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from chalicelib.domain import keys
from chalicelib.domain.fact import Known, Unknown
from chalicelib.domain.facts import Case, Control, Promise, Rota, Thread
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention, Misread
from chalicelib.domain.state import State
from chalicelib.embedded.lookup import SqliteLookup
from chalicelib.embedded.memory import START
from chalicelib.ports import Key, Put
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.replay import replay
from chalicelib.steps.rows import from_row, to_row
from tests.simulation.mentions import deletion, mention, native_reply
from tests.simulation.world import Entry, World

LEGAL = "@NorthwindHelp my solicitor will hear about this card"


def records(world: World, of: Mention) -> list[dict[str, Any]]:
    return [json.loads(row["leaf"]) for _, row in world.store.partition("ledger", world.standing_of(of).id)]


def rule(world: World, of: Mention) -> str:
    return str(records(world, of)[0]["decision"]["rule"])


def reason(world: World, of: Mention) -> str:
    return str(records(world, of)[-1]["body"]["reason"])


def case_of(world: World, author: str) -> Case:
    place = keys.case("x", "1001", author)
    return from_row(Case, world.store.read([place])[place])


def hold(world: World) -> None:
    """Everything up to the hold: the decision is made, the reply waits."""
    while world.step():
        pass


def change_control(world: World, **changes: Any) -> None:
    place = keys.control("x", "1001")
    control = from_row(Control, world.store.read([place])[place])
    world.store.commit([Put(place, to_row(replace(control, version=control.version + 1, **changes), key=place))])


def test_an_acknowledged_mention_has_a_case_a_promise_and_the_words_in_its_thread(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    standing = world.standing_of(mention(1))
    assert case_of(world, "771").mentions == (standing.id,)
    assert keys.promise(standing.id) in world.store.read([keys.promise(standing.id)])
    thread = keys.thread("x", "551")
    posts = from_row(Thread, world.store.read([thread])[thread]).posts
    assert [post.text for post in posts] == [world.posts[0]["text"]]
    assert [one["kind"] for one in records(world, mention(1))] == ["decision", "intent", "terminal"]


def test_a_case_is_due_when_its_acknowledgement_promises_an_answer(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    place = keys.promise(world.standing_of(mention(1)).id)
    promise = from_row(Promise, world.store.read([place])[place])
    assert promise.due is not None
    assert case_of(world, "771").due == promise.due


def test_the_promise_opens_only_when_the_reply_is_public(world: World) -> None:
    world.behaviours = ["refuse"]
    world.deliver(mention(1))
    world.run()
    standing = world.standing_of(mention(1))
    assert (standing.state, reason(world, mention(1))) == (State.HUMAN, "refused:not-permitted")
    assert not world.store.read([keys.promise(standing.id)])


def test_a_human_mention_opens_a_case_that_the_next_one_of_the_same_author_joins(world: World) -> None:
    world.deliver(mention(1, LEGAL))
    world.run()
    world.deliver(mention(2, author="771"))
    world.run()
    case = case_of(world, "771")
    assert case.mentions == (world.standing_of(mention(1)).id, world.standing_of(mention(2)).id)
    assert (case.reason, case.department, case.priority) == ("legal", "legal", 1)
    assert rule(world, mention(2)) == "open-conversation"


def test_the_same_mention_under_another_delivery_id_is_decided_once(world: World) -> None:
    world.deliver(mention(1), times=2)
    world.deliver(replace(mention(1), delivery_id="another"))
    world.run()
    assert len(world.posts) == 1


@pytest.mark.parametrize("order", list(permutations(("create", "edit", "delete"))), ids="-".join)
def test_create_edit_and_delete_end_well_in_any_order(order: tuple[str, ...], world: World) -> None:
    edit = mention(1, "@NorthwindHelp how do i activate my new card please?", post="5519", edited=True)
    notices = {"create": mention(1), "edit": edit, "delete": deletion(mention(1))}
    for name in order:
        world.deliver(notices[name])
        hold(world)
    world.run()
    assert not world.posts
    assert world.standing_of(mention(1)).state is State.IGNORED


def test_a_deletion_in_the_hold_closes_the_case_that_nobody_needs(world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    world.deliver(deletion(mention(1)))
    world.run()
    assert (reason(world, mention(1)), case_of(world, "771").status) == ("mention-gone", "closed")


def test_a_deletion_after_the_reply_is_noted_once(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    for _ in range(2):
        world.deliver(deletion(mention(1)))
        world.run()
    assert [one["kind"] for one in records(world, mention(1))].count("deleted") == 1
    assert world.standing_of(mention(1)).state is State.POSTED


def test_an_edit_in_the_hold_that_no_longer_earns_it_goes_to_a_person(world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    world.deliver(mention(1, LEGAL, post="5519", edited=True))
    world.run()
    assert not world.posts
    assert reason(world, mention(1)) == "edited"
    assert case_of(world, "771").priority == 1


def test_an_edit_in_the_hold_that_still_earns_it_keeps_the_reply(world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    world.deliver(mention(1, "@NorthwindHelp how do i activate my new card please?", post="5519", edited=True))
    world.run()
    assert len(world.posts) == 1
    assert [one["kind"] for one in records(world, mention(1))] == ["decision", "intent", "edited", "terminal"]


def test_an_edit_after_the_reply_never_earns_another_and_makes_the_case_more_urgent(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    for _ in range(2):
        world.deliver(mention(1, LEGAL, post="5519", edited=True))
        world.run()
    assert len(world.posts) == 1
    assert case_of(world, "771").priority == 1
    assert [one["kind"] for one in records(world, mention(1))].count("edited") == 1


def test_an_answer_in_the_native_app_silences_the_machine_and_takes_the_case(world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    world.deliver(native_reply(mention(1)))
    world.run()
    assert not world.posts
    assert (world.standing_of(mention(1)).state, reason(world, mention(1))) == (State.IGNORED, "answered-natively")
    assert case_of(world, "771").owner == "native-app"
    world.deliver(mention(2, author="771"))
    world.run()
    assert "open-conversation" in records(world, mention(2))[0]["decision"]["because"]


def test_our_own_echo_takes_nothing(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    standing = world.standing_of(mention(1))
    echo = replace(native_reply(mention(1)), post_id=standing.posted_id or "", text=world.posts[0]["text"])
    world.deliver(echo)
    world.run()
    assert case_of(world, "771").owner is None


def test_a_person_who_wrote_again_in_the_hold_gets_a_person(world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    world.deliver(mention(2, LEGAL, author="771"))
    world.run()
    assert not world.posts
    assert reason(world, mention(1)) == "author-wrote-again"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"paused": ("all",)}, "paused"),
        ({"paused": ("topic:card",)}, "paused"),
        ({"mode": "halted"}, "not-live"),
        ({"mode": "shadow"}, "not-live"),
    ],
)
def test_a_switch_pulled_in_the_hold_stops_the_reply(changes: dict[str, Any], why: str, world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    change_control(world, **changes)
    world.run()
    assert not world.posts
    assert (world.standing_of(mention(1)).state, reason(world, mention(1))) == (State.HUMAN, why)


def test_a_pause_of_another_topic_stops_nothing(world: World) -> None:
    change_control(world, paused=("topic:statement",))
    world.deliver(mention(1))
    world.run()
    assert len(world.posts) == 1


def test_a_wording_withdrawn_in_the_hold_is_not_posted(world: World, loaded: Loaded) -> None:
    world.deliver(mention(1))
    hold(world)
    half = world.store.read([Key("private", world.standing_of(mention(1)).id, "0-decision")])
    change_control(world, withdrawn=(next(iter(half.values()))["reservation"]["wordings"][2],))
    world.run()
    assert reason(world, mention(1)) == "wording-withdrawn"


def test_a_voice_without_a_free_word_is_silent(world: World, loaded: Loaded) -> None:
    change_control(world, withdrawn=tuple(wording.mark("seen") for wording in loaded.voices["plain.en"].parts["seen"].values()))
    world.deliver(mention(1))
    world.run()
    assert not world.posts
    assert rule(world, mention(1)) == "wording-exhausted"


def test_shadow_mode_says_what_it_would_have_done_and_posts_nothing(world: World) -> None:
    change_control(world, mode="shadow")
    world.deliver(mention(1))
    world.run()
    assert not world.posts
    assert records(world, mention(1))[0]["decision"]["without"] == "acknowledge"


def test_an_account_without_a_control_record_acknowledges_nothing(world: World) -> None:
    stranger = mention(1, account="1002")
    world.deliver(stranger)
    world.run()
    assert world.standing_of(stranger).state is State.HUMAN


def test_the_account_that_decides_first_answers_and_its_sister_is_silent(world: World) -> None:
    control, rota = keys.control("x", "1002"), keys.rota("northwind-uk")
    world.store.commit(
        [
            Put(control, to_row(Control(version=1, mode="live"), key=control)),
            Put(rota, to_row(Rota(on_shift=1, until=START + timedelta(days=1), next_shift=None), key=rota)),
        ]
    )
    first, sister = mention(1), replace(mention(1), account="1002")
    world.deliver(first)
    world.deliver(sister)
    world.run()
    assert len(world.posts) == 1
    ends = {world.standing_of(one).state for one in (first, sister)}
    assert ends == {State.POSTED, State.IGNORED}


def test_a_thread_gets_two_acknowledgements_at_most_and_they_are_far_apart(world: World) -> None:
    for number in (1, 2, 3):
        world.deliver(mention(number, thread="thread"))
        world.run()
    assert len(world.posts) == 2
    assert rule(world, mention(3)) == "thread-full"


def test_one_author_gets_one_acknowledgement_in_a_day(world: World) -> None:
    world.deliver(mention(1))
    world.run()
    place = keys.case("x", "1001", "771")
    case = case_of(world, "771")
    world.store.commit([Put(place, to_row(replace(case, version=case.version + 1, status="closed"), key=place))])
    world.deliver(mention(2, author="771"))
    world.run()
    assert rule(world, mention(2)) == "already-acknowledged-author"


def test_a_reply_that_could_not_start_before_its_deadline_goes_to_a_person(world: World) -> None:
    world.deliver(mention(1))
    hold(world)
    world.clock.advance(Limits().deadline + timedelta(minutes=1))
    world._keep_sealed()
    world.run()
    assert not world.posts
    assert reason(world, mention(1)) == "late"


def test_a_mention_that_is_too_old_when_the_reply_would_go_out_is_stale(world: World) -> None:
    old = replace(mention(1), created_at=Known(START - timedelta(minutes=29)))
    world.deliver(old)
    world.run()
    assert rule(world, old) == "stale"


def test_a_throttled_reply_goes_out_when_the_platform_allows(world: World) -> None:
    world.behaviours = ["throttle", "ok"]
    world.deliver(mention(1))
    world.run()
    assert len(world.posts) == 1
    assert world.standing_of(mention(1)).attempt == 2


def test_an_applied_post_whose_answer_was_lost_is_found_and_never_repeated(world: World) -> None:
    world.behaviours = ["apply-and-lose"]
    world.deliver(mention(1))
    world.run()
    assert len(world.posts) == 1
    assert world.standing_of(mention(1)).state is State.POSTED
    assert records(world, mention(1))[-1]["body"]["looked_up"] is True


def test_a_lost_post_that_nobody_finds_goes_to_a_person_who_is_told(world: World) -> None:
    world.behaviours = ["lose"]
    world.deliver(mention(1))
    world.run()
    assert (world.standing_of(mention(1)).state, reason(world, mention(1))) == (State.HUMAN, "may-have-been-posted")


def test_without_look_up_an_unknown_outcome_ends_with_a_person(world: World) -> None:
    world.behaviours, world.look_up_works = ["apply-and-lose"], False
    world.deliver(mention(1))
    world.run()
    assert reason(world, mention(1)) == "may-have-been-posted"


def test_a_signed_webhook_that_nobody_can_read_becomes_a_case(world: World) -> None:
    misread = Misread(platform="x", reason="unknown-type", digest="ab" * 32, body="{}", delivery_id=None, received_at=START)
    world.deliver(misread)
    world.run()
    place = keys.state("x", "misread:" + "ab" * 16, "unknown")
    assert world.store.read([place])[place]["state"] == "human"


@pytest.mark.parametrize("body", ["", "null", "{}", '{"is":"Envelope","schema":99}', '{"is":"Order"}', "[" * 5000, "\ud800"])
def test_a_poison_entry_ends_as_a_case_and_not_in_the_dead_letters(body: str, world: World) -> None:
    body = body.encode("utf-8", "replace").decode()
    world.mentions.entries.append(Entry(body, world.now))
    world.run()
    assert not world.dead.entries
    assert len(SqliteLookup(world.store).find("state", "case#queue")) == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: replace(m, text=Unknown("missing")),
        lambda m: replace(m, author=replace(m.author, id=Unknown("missing"))),
        lambda m: replace(m, summoned=Unknown("missing")),
        lambda m: replace(m, created_at=Unknown("missing")),
        lambda m: replace(m, media=Unknown("missing")),
        lambda m: replace(m, author=replace(m.author, followers=Unknown("missing"))),
    ],
)
def test_anything_unknown_about_a_mention_moves_it_to_a_person(spoil: Callable[[Mention], Mention], world: World) -> None:
    world.deliver(spoil(mention(1)))
    world.run()
    assert not world.posts
    assert world.standing_of(mention(1)).state is State.HUMAN


@pytest.mark.parametrize("kind", ["person", "thread", "case", "control", "budget", "rota", "seal"])
def test_a_row_that_cannot_be_read_moves_the_mention_to_a_person(kind: str, world: World) -> None:
    places = {
        "person": keys.person("x", "771"),
        "thread": keys.thread("x", "551"),
        "case": keys.case("x", "1001", "771"),
        "control": keys.control("x", "1001"),
        "budget": keys.budget("plain"),
        "rota": keys.rota("northwind-bank"),
        "seal": keys.head(),
    }
    world.store.commit([Put(places[kind], {"hour": 7, "cursor": "broken", "version": "?"})])
    world._keep_sealed = lambda: None  # type: ignore[method-assign]
    world.deliver(mention(1))
    world.run()
    assert not world.posts
    assert world.standing_of(mention(1)).state is State.HUMAN


def test_every_decision_replays_to_the_same_rule_and_the_same_words(world: World, loaded: Loaded) -> None:
    for number, text in enumerate(("@NorthwindHelp how do i activate my new card?", LEGAL, "nothing asked here at all today")):
        world.deliver(mention(number, text))
    world.run()
    for number in range(3):
        standing = world.standing_of(mention(number))
        leaf, half = Key("ledger", standing.id, "0-decision"), Key("private", standing.id, "0-decision")
        rows = world.store.read([leaf, half])
        assert replay(json.loads(rows[leaf]["leaf"]), rows[half]["half"], loaded, Limits()).same


def test_a_changed_fact_does_not_replay(world: World, loaded: Loaded) -> None:
    world.deliver(mention(1))
    world.run()
    standing = world.standing_of(mention(1))
    leaf, half = Key("ledger", standing.id, "0-decision"), Key("private", standing.id, "0-decision")
    rows = world.store.read([leaf, half])
    private = json.loads(json.dumps(rows[half]["half"]))
    private["facts"]["mention"]["text"]["value"] = LEGAL
    assert not replay(json.loads(rows[leaf]["leaf"]), private, loaded, Limits()).same
