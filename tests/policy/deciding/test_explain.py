from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.fact import Known
from chalicelib.domain.facts import Recognised, Telling
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.deciding.explain import because_line, explain
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from tests.policy.small import ASKS, BUNDLE, decided


def test_a_person_reads_the_rule_the_words_the_list_and_what_would_be_without_it() -> None:
    say = ASKS + " My lawyer asks too."
    assert explain(decided(say, followers="unknown"), say) == (
        "Goes to a person because of legal: Lawyers are answered by people.\n"
        "  legal: Lawyers are answered by people.\n"
        "    “My lawyer” is on the list legal, written there as “my (lawyer|solicitor)”\n"
        "  large-audience: Too many people read along. (it could not be known, and that counts)\n"
        "    author.followers: unknown: missing\n"
        "Also matched:\n"
        "  ordinary: Ordinary questions about approved topics.\n"
        "    “can you help” is on the list requests\n"
        "    “No signal in Hove, can you help please” is a question (can you)\n"
        "    language: en: 9 of 12 words are English, 0 are of another language\n"
        "    ordinary: 1,000,000 of 1,000,000 by model given, tone unknown\n"
        "    text: nothing of slurs\n"
        "    “No signal” speaks of the topic signal\n"
        "    “signal” speaks of the topic signal\n"
        "It is for legal, priority P1; topic signal.\n"
        "Without legal, large-audience it would get an acknowledgement (ordinary)."
    )


def test_the_default_says_that_nothing_earned_it() -> None:
    assert explain(decided("What a lovely day"), "What a lovely day").splitlines() == [
        "Goes to a person because of default: Nothing earned an acknowledgement.",
        "It is for care, priority P3; no approved topic.",
    ]


def test_shadow_is_told_as_what_would_have_happened() -> None:
    assert "Without the shadow it would get an acknowledgement (ordinary)." in explain(decided(mode="shadow"), ASKS)


def test_what_the_recogniser_heard_is_quoted() -> None:
    told = Known(Recognised(score=700_000, model="ab" * 32, told_by=(Telling(start=0, end=9),)))
    facts = replace(ordinary_facts(ordinary_mention("1", ASKS, account="1003")), ordinary=told)
    assert (
        "    “No signal” sounds ordinary to the model abababababab" in explain(decide(facts, BUNDLE, Limits()), ASKS).splitlines()
    )


def test_one_line_holds_none_of_the_text() -> None:
    assert because_line(decided()) == "acknowledge by ordinary"
    assert because_line(decided(ASKS + " my lawyer", surge=True)) == "human by legal and 1 more"
