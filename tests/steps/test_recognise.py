"""The recogniser can only earn, and is asked last: never for a mention that goes to a person anyway."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.codec import decode, encode
from chalicelib.domain.decision import Outcome
from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.facts import NOT_ASKED, Facts, Recognised, Telling
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from chalicelib.steps.recognise import Nobody, recognised
from tests.policy.small import ASKS, BUNDLE


class Says:
    """A recogniser that says what it was told to, and counts how often it was asked."""

    def __init__(self, fact: Fact[Recognised]) -> None:
        self.fact, self.asked = fact, 0

    def recognise(self, text: str) -> Fact[Recognised]:
        self.asked += 1
        return self.fact


def facts_of(say: str, **given: Any) -> Facts:
    return replace(ordinary_facts(ordinary_mention("1", say, account="1003"), **given), ordinary=NOT_ASKED)


def sure(score: int) -> Says:
    return Says(Known(Recognised(score=score, model="ab" * 32, told_by=(Telling(start=0, end=9),))))


@pytest.mark.parametrize(
    "facts",
    [
        facts_of(f"{ASKS} My lawyer will write."),
        facts_of("Nothing in here is asked or approved"),
        facts_of(ASKS, mode="halted"),
        facts_of(ASKS, used={"ordinary": 30}),
        facts_of(ASKS, holder="1004"),
        replace(facts_of(ASKS), premise="rescued"),
    ],
    ids=["a rule for people", "no rule at all", "halted", "the hour is spent", "a sister answers", "a premise"],
)
def test_a_mention_that_earns_nothing_never_pays_for_the_recogniser(facts: Facts) -> None:
    says = sure(1_000_000)
    assert recognised(facts, BUNDLE, Limits(), says) == facts
    assert says.asked == 0


def test_without_a_policy_nobody_is_asked() -> None:
    says = sure(1_000_000)
    assert recognised(facts_of(ASKS), Broken("unsigned"), Limits(), says).ordinary == NOT_ASKED
    assert says.asked == 0


@pytest.mark.parametrize(("score", "outcome"), [(600_001, Outcome.ACKNOWLEDGE), (600_000, Outcome.HUMAN), (0, Outcome.HUMAN)])
def test_an_acknowledgement_is_earned_only_over_the_threshold(score: int, outcome: Outcome) -> None:
    says = sure(score)
    facts = recognised(facts_of(ASKS), BUNDLE, Limits(), says)
    assert says.asked == 1
    assert decide(facts, BUNDLE, Limits()).outcome is outcome


def test_the_evidence_names_the_model_and_the_words_that_told_it() -> None:
    facts = recognised(facts_of(ASKS), BUNDLE, Limits(), sure(900_000))
    found = [one for one in decide(facts, BUNDLE, Limits()).matched[0].evidence if one.check == "ordinary_over"]
    assert [(one.fact, one.start, one.end, one.source) for one in found] == [
        ("ordinary", None, None, None),
        ("text", 0, 9, "model abababababab"),
    ]


@pytest.mark.parametrize("recogniser", [Nobody(), Says(Unknown("another-model"))])
def test_a_recogniser_that_does_not_know_means_a_person(recogniser: Any) -> None:
    facts = recognised(facts_of(ASKS), BUNDLE, Limits(), recogniser)
    assert isinstance(facts.ordinary, Unknown)
    assert decide(facts, BUNDLE, Limits()).outcome is Outcome.HUMAN


def test_in_shadow_the_recogniser_is_asked_so_that_the_record_tells_what_would_have_happened() -> None:
    facts = recognised(facts_of(ASKS, mode="shadow"), BUNDLE, Limits(), sure(900_000))
    decision = decide(facts, BUNDLE, Limits())
    assert (decision.outcome, decision.without) == (Outcome.HUMAN, Outcome.ACKNOWLEDGE)
    weak = recognised(facts_of(ASKS, mode="shadow"), BUNDLE, Limits(), sure(1))
    assert decide(weak, BUNDLE, Limits()).without is Outcome.HUMAN


def test_recorded_facts_are_decided_with_the_recorded_score_and_never_asked_again() -> None:
    told = decode(Facts, encode(recognised(facts_of(ASKS), BUNDLE, Limits(), sure(900_000))))
    another = sure(0)
    assert recognised(told, BUNDLE, Limits(), another) == told
    assert another.asked == 0
    assert decide(told, BUNDLE, Limits()).outcome is Outcome.ACKNOWLEDGE
