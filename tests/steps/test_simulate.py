"""A simulation says first how much it could replay, then which mentions end otherwise, and never takes silence for safety."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from chalicelib.domain.facts import NOT_ASKED
from chalicelib.domain.limits import Limits
from chalicelib.policy.files.ordinary import ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.recognise import Nobody
from chalicelib.steps.simulate import Played, Simulation, outcome_of, played_of
from tests.pack import Sure, files, loaded_from, small_pack
from tests.simulation.mentions import mention
from tests.simulation.world import World

FOR_PEOPLE = "@NorthwindHelp my solicitor will call about my card, how do i complain"
ORDINARY = "@NorthwindHelp how do i activate my new card?"
LOOSER = loaded_from(files() | {"baseline/lists/legal.txt": "(lawyer|sue)\n"})


def played(text: str, **given: Any) -> Played:
    of_facts = {"mode": given.pop("mode", "live")}
    facts = ordinary_facts(ordinary_mention("1", text, account="1001", **given), ORDINARY_NOW, **of_facts)
    return Played(id="1", facts=facts)


def simulation(after: Loaded = LOOSER, before: Loaded | None = None, recogniser: Any = None) -> Simulation:
    return Simulation(after, before or small_pack(), Limits(), recogniser or Sure())


def recorded(world: World) -> list[tuple[dict[str, Any], dict[str, Any] | None]]:
    found = []
    for _, key, row in world.store.changes(0, 100):
        if row["kind"] == "decision":
            half = dict(world.store.partition("private", key.partition))
            private = next((one["half"] for at, one in half.items() if at.sort == key.sort), None)
            found.append((json.loads(row["leaf"]), private))
    return found


def test_recorded_mentions_replay_with_the_facts_of_then_and_the_flip_is_shown_with_its_evidence(world: World) -> None:
    world.deliver(mention(1, FOR_PEOPLE))
    world.deliver(mention(2, ORDINARY))
    world.run()
    made = simulation()
    flips = [made.play(one) for public, private in recorded(world) if isinstance(one := played_of(public, private), Played)]
    (flip,) = [flip for flip in flips if flip is not None]
    assert (made.replayed, made.total, made.flips) == (2, 2, 1)
    assert (flip.before.rule, flip.after.rule) == ("legal", "ordinary-question")
    assert any(rule == "legal" and piece.says == "solicitor" for rule, piece in flip.evidence)


def test_what_the_policy_in_force_decided_is_taken_from_the_record_and_not_decided_again(world: World) -> None:
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    ((public, private),) = recorded(world)
    assert private is not None
    private["decision"]["outcome"] = "ignore"
    one = played_of(public, private)
    assert isinstance(one, Played)
    made = Simulation(LOOSER, Loaded(public["policy"]["sha256"], small_pack().bundle, {}), Limits(), Sure())
    made.play(one)
    assert set(made.moves) == {("ignore", "acknowledge")}


def test_coverage_counts_what_was_erased_or_unreadable_and_why(world: World) -> None:
    world.deliver(mention(1, FOR_PEOPLE))
    world.run()
    ((public, private),) = recorded(world)
    assert private is not None
    assert played_of(public, None) == "erased"
    assert played_of(public, {**private, "facts": {"is": "Facts"}}) == "written-by-another-version"
    assert played_of(public, {**private, "facts": private["facts"] | {"premise": "misread"}}) == "decided-before-any-rule"
    made = simulation()
    for why in ("erased", "erased", "decided-before-any-rule"):
        made.leave_out(why)
    made.play(played(ORDINARY))
    assert (made.replayed, made.total) == (1, 3)


def test_rules_are_counted_and_those_that_nothing_hit_are_named() -> None:
    made = simulation()
    made.play(played(FOR_PEOPLE))
    assert ("legal", 1, 0) in made.changed_rules()
    assert "legal" in made.silent()
    assert "ordinary-question" not in made.silent()


def test_a_week_in_shadow_shows_what_would_have_been_said() -> None:
    made = simulation()
    flip = made.play(played(FOR_PEOPLE, mode="shadow"))
    assert flip is not None
    assert (outcome_of(flip.before), outcome_of(flip.after)) == ("human", "acknowledge")
    assert made.flips == 1


def test_without_a_policy_in_force_everything_was_for_people() -> None:
    made = Simulation(LOOSER, None, Limits(), Nobody())
    made.play(played(ORDINARY))
    assert made.flips == 1


def test_a_recogniser_that_was_never_asked_is_asked_now_and_its_silence_is_no_coverage() -> None:
    """A rule for people stood before it, so the record has no answer: taking that for "stays with a person" would hide flips."""
    tree = files() | {"baseline/lists/legal.txt": "(lawyer|sue)\n"}
    tree |= {path: text.replace("ordinary_over: 1%", "ordinary_over: 60%") for path, text in tree.items() if "/policy" in path}
    earning = loaded_from(tree)
    one = played(FOR_PEOPLE)
    unasked = replace(one, facts=replace(one.facts, ordinary=NOT_ASKED))
    sure, silent = simulation(earning), simulation(earning, recogniser=Nobody())
    assert sure.play(unasked) is not None
    assert sure.flips == 1
    assert silent.play(unasked) is None
    assert (silent.replayed, silent.total, silent.left_out) == (0, 1, {"recogniser-does-not-answer": 1})
