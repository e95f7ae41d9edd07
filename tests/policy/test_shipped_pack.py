from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib.domain.cards import mask_cards
from chalicelib.domain.decision import Outcome
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.compile import compile_bundle
from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.files.ordinary import ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.policy.files.tests_file import Case, read_cases
from chalicelib.policy.proving.testing import rehearse, run
from tests.pack.spoken import spoken

ROOT = Path(__file__).parents[2] / "policies"
FILES = {str(path.relative_to(ROOT)): path.read_text() for path in sorted(ROOT.rglob("*")) if path.is_file()}
BRANDS = {"northwind-bank": 15, "northwind-uk": 15, "telline": 15, "swiftparcel": 15, "demo": 40}
EARNING = frozenset({"requests", "faults", "hints"})
ORDINARY = "@BrandDemo how does the refund work?"


@pytest.fixture(scope="module")
def pack() -> Pack:
    found = load_pack(FILES)
    assert isinstance(found, Pack), "\n".join(map(str, found))
    return found


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    found = rehearse(FILES)
    assert isinstance(found, Bundle), "\n".join(map(str, found))
    return found


def cases() -> tuple[Case, ...]:
    found, problems = read_cases(FILES)
    assert not problems, "\n".join(map(str, problems))
    return found


def outcome(bundle: Bundle, text: str, **given: Any) -> tuple[Outcome, tuple[str, ...]]:
    mention = ordinary_mention("1", text, account="1099", **given)
    decision = decide(ordinary_facts(mention, ORDINARY_NOW), bundle, Limits())
    return decision.outcome, decision.because


def test_the_shipped_pack_compiles_without_problems_and_to_the_same_bytes() -> None:
    first = compile_bundle(FILES, {}, ["engine"])
    assert isinstance(first, bytes), "\n".join(map(str, first))
    assert first == compile_bundle(dict(reversed(FILES.items())), {}, ["engine"])


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.brand}:{case.place.line}")
def test_the_policy_does_what_its_owners_expect(case: Case, bundle: Bundle) -> None:
    failure = run(case, bundle)
    assert failure is None, str(failure)


@pytest.mark.parametrize("brand", sorted(BRANDS))
def test_every_brand_has_cases_of_both_outcomes_near_misses_and_an_unknown_fact(brand: str) -> None:
    own = [case for case in cases() if case.brand == brand]
    assert len(own) >= BRANDS[brand]
    assert {case.expect for case in own} == {"acknowledge", "human"}
    assert any(case.also_matched and case.expect == "human" for case in own)
    assert any("unknown" in case.given.values() for case in own)


def test_every_human_rule_is_proved_by_a_case_of_its_own(pack: Pack) -> None:
    proved = {
        (owner, rule) for case in cases() if case.expect == "human" for rule in case.because for owner in ("baseline", case.brand)
    }
    written = {(owner, rule.id) for owner, rules in pack.rules.items() for rule in rules if rule.outcome is Outcome.HUMAN}
    assert written - proved == set()


def test_every_phrase_of_a_human_list_takes_an_ordinary_question_away_from_the_machine(pack: Pack, bundle: Bundle) -> None:
    assert outcome(bundle, ORDINARY)[0] is Outcome.ACKNOWLEDGE
    spoke = [
        f"{source}: {phrase}"
        for source, phrases in pack.lists.items()
        if source.startswith("baseline/") and source.removeprefix("baseline/") not in EARNING
        for phrase in phrases[::5]  # the others differ by their words alone, and each is shown to find itself
        if outcome(bundle, f"{ORDINARY} {next(spoken(phrase))}")[0] is Outcome.ACKNOWLEDGE
    ]
    assert spoke == []


def test_no_list_is_left_without_a_rule(pack: Pack) -> None:
    used = {
        name
        for rules in pack.rules.values()
        for rule in rules
        for checks in rule.alternatives
        for check in checks
        if isinstance(check.argument, list)
        for name in check.argument
    }
    lists = {source.split("/", 1)[1] for source in pack.lists if not source.startswith("topics/")}
    assert lists - used == set()


@pytest.mark.parametrize("brand", sorted(BRANDS))
def test_every_topic_of_a_brand_has_a_team_that_the_public_may_read(brand: str, pack: Pack) -> None:
    known = pack.brands[brand]
    asked = {department for industry in known.industries for department in pack.topics[industry].values()}
    assert asked - set(known.teams) == set()


def test_every_topic_has_its_noun_in_the_plain_voice(pack: Pack) -> None:
    voice = yaml.safe_load(FILES["voices/plain.en.yaml"])
    topics = {topic for topics in pack.topics.values() for topic in topics}
    assert topics - set(voice["topics"]) == set()


def test_hate_in_a_handle_is_seen_run_together_and_the_lists_are_plain_lines(pack: Pack, bundle: Bundle) -> None:
    words, lines = pack.lists["baseline/hate-words"], pack.lists["baseline/hate-lines"]
    assert all(word.isalpha() for word in words)
    assert all(line.replace(" ", "").isalpha() for line in lines)
    assert [word for word in words if "hateful-name" not in outcome(bundle, ORDINARY, handle=f"ihate{word}")[1]] == []
    assert outcome(bundle, ORDINARY, handle="jo_sails")[0] is Outcome.ACKNOWLEDGE


@pytest.mark.parametrize(
    "text", ["why was my card {} declined?", "{} was charged twice, how long does the refund take?", "is {} set up for the app?"]
)
def test_a_card_number_is_for_a_person_also_where_it_is_masked(text: str, bundle: Bundle) -> None:
    for number in ("4111 1111 1111 1111", "5555-5555-5555-4444"):
        masked = mask_cards(f"@BrandDemo {text.format(number)}")
        assert number not in masked
        told = outcome(bundle, masked)
        assert told[0] is Outcome.HUMAN
        assert "personal-data" in told[1]


def test_no_other_language_is_acknowledged_however_sure_the_recogniser_is(bundle: Bundle) -> None:
    """206 of them are Spanish, ordinary ones and critical ones alike: what nobody here can judge goes to a person."""
    lines = (
        Path(__file__).resolve().parents[2].joinpath("benchmarks/judgement/languages/pack.jsonl").read_text("utf-8").splitlines()
    )
    others = [json.loads(line)["text"] for line in lines]
    assert len(others) > 200
    for language in ("en", "unknown", "not offered"):
        assert [text for text in others if outcome(bundle, text, language=language)[0] is Outcome.ACKNOWLEDGE] == []
