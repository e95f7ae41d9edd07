"""The 28 traps that other systems fell into, each through the real steps; its number is in the docstring."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain import keys
from chalicelib.domain.fact import Known, Unknown
from chalicelib.domain.facts import Acknowledged, Case, Control, Person
from chalicelib.domain.keys import Key
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.domain.state import State
from chalicelib.embedded.memory import START
from chalicelib.local.policies import POLICIES, read_tree
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from chalicelib.policy.files.tests_file import read_cases
from chalicelib.policy.proving.testing import run_tests
from chalicelib.ports import Put
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.rows import from_row, to_row
from chalicelib.voice.compose import Composed, Request, compose
from chalicelib.voice.expectation import Expectation
from tests.acceptance.play import Played, play
from tests.acceptance.scenario import Scenario, merged
from tests.acceptance.stage import Outside
from tests.acceptance.test_runner import SAID
from tests.pack import small_pack
from tests.simulation.mentions import deletion, mention, native_reply
from tests.simulation.world import Fault, World

LIMITS = Limits()


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    """The small pack of the tests."""
    return small_pack()


@pytest.fixture
def world(loaded: Loaded) -> Iterator[World]:
    """A deployment in which nothing fails by itself."""
    made = World(loaded, calm=True)
    yield made
    made.store.close()


def hold(world: World) -> None:
    """Everything up to the hold."""
    while world.step():
        pass


def kinds(world: World, of: Mention) -> list[str]:
    """The kinds of record of a mention, in order."""
    return [row["kind"] for _, row in world.store.partition("ledger", world.standing_of(of).id)]


def case_of(world: World, author: str) -> Case:
    place = keys.case("x", "1001", author)
    return from_row(Case, world.store.read([place])[place])


def staged(patch: Mapping[str, Any], outside: Outside) -> Played:
    said = merged(SAID, {**patch, "id": f"trap-{random.Random(str(patch)).random()}"})
    return play(Scenario(id=said["id"], flipped=False, said=said, expects=said["expected"]), outside)


def test_two_concurrent_deliveries_one_ack(outside: Outside) -> None:
    """1: the same mention delivered several times at once, each reading before any of them writes."""
    played = staged({"event": {"delivery": 4, "concurrent": True}}, outside)
    assert len(played.public) == 1
    assert sorted(set(played.stage.done)) == ["queued-again", "reserved"]


def test_race_1000_workers_single_winner(loaded: Loaded) -> None:
    """2: a counter is no lock; in whatever order twenty times fifty workers come, one decides and at most one posts."""
    posted = 0
    for seed in range(20):
        world = World(loaded, seed=seed)
        world.deliver(mention(1), times=50)
        world.run(most=40_000)
        posted += len(world.posts)
        assert len(world.posts) <= 1
        assert kinds(world, mention(1)).count("decision") == 1
        world.store.close()
    assert posted > 0


def test_crash_between_post_and_mark(loaded: Loaded) -> None:
    """3: the process dies anywhere around the post; the reply is never sent again, and found if it is there."""
    probe = World(loaded, calm=True)
    probe.deliver(mention(1))
    probe.run()
    for call in range(1, probe.calls + 1):
        for kind in ("crash-before", "crash-after"):
            world = World(loaded, calm=True, faults=[Fault(call, kind)])
            world.deliver(mention(1))
            world.run()
            assert len(world.posts) <= 1
            world.store.close()


def test_error_after_side_effect_no_repost(world: World) -> None:
    """4: the platform applies and answers nothing: looked up, never sent again; a clean refusal is never retried."""
    world.behaviours = ["apply-and-lose", "refuse"]
    world.deliver(mention(1))
    world.run()
    world.deliver(mention(2))
    world.run()
    assert len(world.posts) == 1
    assert [world.standing_of(mention(n)).state for n in (1, 2)] == [State.POSTED, State.HUMAN]
    assert kinds(world, mention(2)).count("intent") == 1


def test_takeover_between_check_and_send(loaded: Loaded) -> None:
    """5: a person takes the conversation at any moment between the decision and the intent: no intent after that."""
    for call in range(1, 14):
        world = World(loaded, calm=True)
        world.deliver(mention(1))
        world.happens(call, lambda world=world: world.take_case("771"))  # type: ignore[misc]
        world.run()  # raises where an intent commits after the person took it
        world.store.close()


def test_a_brand_post_we_did_not_send_means_a_person_took_over(world: World) -> None:
    """6: a colleague answers in the native app; no field says so but that it is not ours."""
    world.deliver(mention(1))
    hold(world)
    world.deliver(native_reply(mention(1)))
    world.run()
    assert world.posts == []
    assert (case_of(world, "771").status, case_of(world, "771").owner) == ("taken", "native-app")


def test_stale_read_replica(world: World) -> None:
    """7: a decision made on rows that have moved on does not commit; it is made again on what is there now."""
    world.deliver(mention(1, author="771"))
    world.deliver(mention(2, author="771"))
    world.run()
    assert len(world.posts) <= 1
    assert case_of(world, "771").version == 2


def test_reply_target_gone_never_top_level(outside: Outside) -> None:
    """8: every public reply stands under the post it answers; a target that is gone ends with silence."""
    played = staged({}, outside)
    assert [one.in_reply_to for one in played.public] == [played.post.id]
    gone = staged({"event": {"type": "create_then_delete", "at_s": 30}}, outside)
    assert (gone.public, gone.outcome) == ((), "ignore")


def test_own_account_ids_all_tenants_ignored(outside: Outside) -> None:
    """9: posts by our own and sister accounts are never answered."""
    assert staged({"mention": {"author": {"tags": ["own_account"]}}}, outside).outcome == "ignore"


def test_bot_vs_bot_two_turns_max(world: World) -> None:
    """10: another machine answers each of our notes at once: it gets one, then silence, without any bot mark."""
    for turn in range(1, 6):
        world.deliver(mention(turn, author="77", thread="551"))
        world.run()
    assert len(world.posts) == 1


def test_second_message_same_author_no_ack(world: World) -> None:
    """11: a follow-up joins the case and gets no note."""
    world.deliver(mention(1, author="771", thread="551"))
    world.run()
    world.deliver(mention(2, author="771", thread="551"))
    world.run()
    assert len(world.posts) == 1
    assert len(case_of(world, "771").mentions) == 2


def test_agent_authored_event_no_ack(world: World) -> None:
    """11: a post by the brand's own people is no mention."""
    world.deliver(native_reply(mention(1)))
    world.run()
    assert world.posts == []


def test_only_a_new_mention_can_lead_to_an_ack(world: World) -> None:
    """12: a deletion, an own post, an edit of what was decided and a changed case fire no rule on the old post."""
    world.deliver(mention(1, "@NorthwindHelp my solicitor will hear about this card"))
    world.run()
    world.take_case("771")
    world.deliver(mention(1, "@NorthwindHelp how do i activate my new card?", post="5519", edited=True))
    world.deliver(native_reply(mention(1)))
    world.run()
    assert world.posts == []


def test_unsummoned_never_ack(outside: Outside) -> None:
    """13: who did not call us is not answered."""
    assert staged({"mention": {"summoned": False}}, outside).public == ()


def test_ack_leaves_sla_clock_running(world: World) -> None:
    """14: an acknowledgement closes nothing: the case is open, its time is set and not moved by the post."""
    world.deliver(mention(1))
    hold(world)
    before = case_of(world, "771")
    world.run()
    after = case_of(world, "771")
    assert len(world.posts) == 1
    assert (after.status, after.due, after.opened) == ("open", before.due, before.opened)


def test_missing_slot_drops_clause(loaded: Loaded) -> None:
    """15: no braces, no double space, no empty greeting, whatever a slot lacks."""
    voice = loaded.voices["plain.en"]
    for cursor in range(voice.size):
        request = Request(language="en", topic="", team="", expectation=Expectation(), cursor=cursor, length_limit=280)
        made = compose(voice, request)
        if isinstance(made, Composed):
            assert not any(trouble in made.text for trouble in ("{", "}", "  ", " ,", " .", "None", "Hi ,")), made.text


def test_a_reply_is_frozen_with_its_recipient(world: World) -> None:
    """16: what was reserved names post and author; an order that names another author finds no case and posts nothing."""
    world.deliver(mention(1))
    hold(world)
    body = world.replies.entries[0].body
    world.replies.entries[0].body = body.replace('"771"', '"999"')
    world.run()
    assert world.posts == []
    assert world.standing_of(mention(1)).state is State.HUMAN


def test_a_lost_order_is_found_by_the_schedule(world: World) -> None:
    """17: what a queue loses does not stay reserved: a person gets it when its time is over."""
    world.deliver(mention(1))
    hold(world)
    world.replies.entries.clear()
    world.run()
    assert world.standing_of(mention(1)).state is State.HUMAN


@pytest.mark.parametrize(("at", "expected"), [("2026-10-25T00:30:00Z", "08:00 UK"), ("2026-03-28T23:30:00Z", "08:00 UK")])
def test_hours_over_both_clock_changes(at: str, expected: str, outside: Outside) -> None:
    """18: an opening is named in the brand's own zone on both nights; overnight and 24:00 are tests/domain/test_hours.py."""
    opening = "2026-10-25T08:00:00Z" if at.startswith("2026-10") else "2026-03-29T07:00:00Z"
    patch = {"now": at, "mention": {"created_at": at}, "state": {"on_shift": 0, "next_shift": opening}}
    played = staged(patch, outside)
    assert expected in played.text


def test_every_post_and_every_non_post_has_a_record(world: World) -> None:
    """19: the rule that did it, or that stopped it, is on the record."""
    world.deliver(mention(1))
    world.deliver(mention(2, "@NorthwindHelp my solicitor will hear about this card"))
    world.deliver(deletion(mention(3)))
    world.deliver(mention(3))
    world.run()
    for number in (1, 2, 3):
        assert kinds(world, mention(number))[0] == "decision"
        assert kinds(world, mention(number))[-1] == "terminal"


def test_shadow_never_posts(world: World) -> None:
    """20: shadow mode decides, records, says what would have happened, and posts nothing."""
    place = keys.control("x", "1001")
    world.store.commit([Put(place, to_row(Control(version=2, mode="shadow"), key=place))])
    world.deliver(mention(1))
    world.run()
    half = world.store.read([Key("private", world.standing_of(mention(1)).id, "0-decision")])
    decision = next(iter(half.values()))["half"]["decision"]
    assert (world.posts, decision["rule"], decision["without"]) == ([], "shadow", "acknowledge")


def test_an_ack_leaves_no_second_draft(world: World) -> None:
    """21: when a person takes over during the hold the machine's note is retired with the same write, not parked."""
    world.deliver(mention(1))
    hold(world)
    world.take_case("771")
    world.run()
    assert world.posts == []
    assert world.standing_of(mention(1)).state is State.HUMAN


def test_late_body_reevaluated_once_without_double_ack(world: World) -> None:
    """22: the text comes with an edit after an empty first version: a person has it, and there is no note at all."""
    world.deliver(replace(mention(1), text=Unknown("truncated")))
    world.run()
    world.deliver(mention(1, "@NorthwindHelp how do i activate my new card?", post="5519", edited=True))
    world.run()
    assert world.posts == []
    assert kinds(world, mention(1)).count("decision") == 1


@pytest.mark.parametrize(("ago", "posts"), [(timedelta(hours=23, minutes=50), 0), (timedelta(hours=24, minutes=10), 1)])
def test_cooldown_ends_at_its_boundary_and_opt_out_never_does(ago: timedelta, posts: int, loaded: Loaded) -> None:
    """23: expiry is a comparison with the clock, never a deletion that may come late; an opt-out has no expiry."""
    for opted_out in (False, True):
        world = World(loaded, calm=True)
        had = Acknowledged(at=START - ago, thread="another", opening="seen:9")
        place = keys.person("x", "771")
        world.store.commit([Put(place, to_row(Person(version=1, acknowledged=(had,), opted_out=opted_out), key=place))])
        world.deliver(mention(1))
        world.run()
        assert len(world.posts) == (0 if opted_out else posts)
        world.store.close()


def test_a_rule_that_never_matches_is_not_green() -> None:
    """24: every rule for people of the shipped pack has a case that it alone is named for, and the cases are met."""
    tree = read_tree(POLICIES)
    report = run_tests(tree)
    assert not isinstance(report, tuple)
    assert report.failures == ()
    cases, problems = read_cases(tree)
    assert problems == ()
    assert {"protest", "grief", "impostor", "refuses-the-machine"} <= {rule for case in cases for rule in case.because}


def test_shuffled_rules_same_decision(loaded: Loaded) -> None:
    """25: order never matters: whatever order the rules stand in, the decision is the same, to its last reason."""
    bundle = loaded.bundle
    assert isinstance(bundle, Bundle)
    facts = ordinary_facts(ordinary_mention("1", "how do i sue you over my card?", account="1001", followers=50_000))
    expected = decide(facts, bundle, LIMITS)
    for seed in range(20):
        shuffled = {
            name: replace(policy, rules=tuple(random.Random(seed).sample(policy.rules, len(policy.rules))))
            for name, policy in bundle.policies.items()
        }
        assert decide(facts, replace(bundle, policies=shuffled), LIMITS) == expected


@pytest.mark.parametrize(
    "fact", ["control", "person", "thread", "case", "holder", "budget", "rota", "seal", "surge", "incident", "signals"]
)
def test_any_signal_missing_means_human(fact: str, loaded: Loaded) -> None:
    """26: a missing signal never makes a rule skip."""
    facts = ordinary_facts(ordinary_mention("1", "how do i activate my card?", account="1001"))
    assert decide(facts, loaded.bundle, LIMITS).outcome.value == "acknowledge"
    assert decide(replace(facts, **{fact: Unknown("missing")}), loaded.bundle, LIMITS).outcome.value == "human"


@pytest.mark.parametrize(("version", "outcome"), [("last_good", "ack"), ("invalid,no_last_good", "human")])
def test_invalid_policy_means_the_last_good_version_else_no_acks(version: str, outcome: str, outside: Outside) -> None:
    """27: a broken policy never gets into force; without any that is valid nothing is acknowledged."""
    assert staged({"state": {"policy_version": version}}, outside).outcome == outcome
    assert decide(ordinary_facts(ordinary_mention("1", "hello?")), Broken("unreadable"), LIMITS).rule == "policy-unavailable"


@pytest.mark.parametrize(
    "created", [Unknown("unreadable"), Known(START - timedelta(days=20_000)), Known(START + timedelta(days=20_000))], ids=str
)
def test_a_bad_timestamp_goes_to_a_person_and_stops_nothing(created: Any, world: World) -> None:
    """28: a mention without a believable time is a person's, and the one after it is decided as ever."""
    world.deliver(replace(mention(1), created_at=created))
    world.deliver(mention(2))
    world.run()
    assert [world.standing_of(mention(number)).state for number in (1, 2)] == [State.HUMAN, State.POSTED]
