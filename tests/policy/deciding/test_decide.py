from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.decision import Certainty, Decision, Outcome
from chalicelib.domain.fact import NotOffered, Unknown
from chalicelib.domain.facts import Acknowledged, Facts, Person
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Broken
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.deciding.law import IGNORE, LAWS
from chalicelib.policy.files.ordinary import ORDINARY_NOW, ordinary_facts, ordinary_mention
from tests.policy.small import ASKS, BASELINE, BUNDLE, FILES, POLICY, TOPICS, bundle_of, decided


def test_an_ordinary_request_in_an_approved_topic_is_acknowledged() -> None:
    decision = decided()
    assert (decision.outcome, decision.rule, decision.topic) == (Outcome.ACKNOWLEDGE, "ordinary", "signal")
    assert (decision.department, decision.because) == ("network", ("ordinary",))
    assert decision.limit is not None
    assert decision.limit.per_hour == 30
    assert decision.without is Outcome.HUMAN


def test_the_default_is_a_person() -> None:
    decision = decided("What a lovely day it is in town")
    assert (decision.outcome, decision.rule, decision.matched) == (Outcome.HUMAN, "default", ())


PROMISED = Person(
    version=1,
    acknowledged=(
        Acknowledged(at=ORDINARY_NOW - timedelta(days=2), thread="t", opening="seen:1", due=ORDINARY_NOW - timedelta(minutes=1)),
    ),
)

LAW_CASES: list[tuple[str, dict[str, Any]]] = [
    ("not-summoned", {"summoned": "no"}),
    ("not-summoned", {"summoned": "unknown"}),
    ("not-summoned", {"summoned": "not offered"}),
    ("lock-unknown", {"holder": "unknown"}),
    ("bot-unknown", {"bot": "unknown"}),
    ("text-missing", {"text": "unknown"}),
    ("text-missing", {"text": "  "}),
    ("author-missing", {"author_id": "unknown"}),
    ("author-missing", {"author_id": ""}),
    ("author-missing", {"handle": "unknown"}),
    ("stale", {"created_minutes_ago": 29}),
    ("stale", {"created_minutes_ago": -6}),
    ("stale", {"created_minutes_ago": "unknown"}),
    ("already-acknowledged-thread", {"acknowledged_minutes_ago": 60 * 24 * 20}),
    ("already-acknowledged-thread", {"person": "unknown"}),
    (
        "already-acknowledged-thread",
        {"acknowledged_minutes_ago": 60 * 24 * 20, "acknowledged_thread": "t", "thread_id": "unknown"},
    ),
    ("already-acknowledged-author", {"acknowledged_minutes_ago": 60 * 23, "acknowledged_thread": "another"}),
    ("opted-out", {"opted_out": True}),
    ("opted-out", {"person": "unknown"}),
    ("thread-full", {"thread_acknowledgements": 2}),
    ("paused", {"paused": ["all"]}),
    ("paused", {"paused": ["brand"]}),
    ("paused", {"paused": ["account"]}),
    ("paused", {"paused": ["topic:signal"]}),
    ("paused", {"paused": ["a scope that nobody knows"]}),
    ("paused", {"control": "unknown"}),
    ("halted", {"mode": "halted"}),
    ("shadow", {"mode": "shadow"}),
    ("mode-unknown", {"control": "unknown"}),
    ("mode-unknown", {"mode": "lively"}),
    ("open-conversation", {"case": "open"}),
    ("open-conversation", {"case": "taken"}),
    ("open-conversation", {"case": "unknown"}),
    ("promise-broken", {"person": PROMISED, "case": "open"}),
    ("silent-thread", {"silent_thread": True}),
    ("silent-thread", {"thread": "unknown"}),
    ("signal-missing", {"signals": "unknown"}),
    ("review", {"form": "review"}),
    ("reply-to-us", {"reply_to_user": "1003"}),
    ("reply-to-us", {"reply_to_user": "1004"}),
    ("unsealed", {"seal": "unknown"}),
    ("nobody-on-shift", {"on_shift": 0, "next_shift": "none"}),
    ("nobody-on-shift", {"rota": "unknown"}),
    ("surge", {"surge": True}),
    ("surge", {"surge": "unknown"}),
    ("incident", {"incident": "outage"}),
    ("incident", {"incident": "unknown"}),
    ("muted-date", {"now": datetime(2026, 11, 11, 12, tzinfo=timezone.utc)}),
    ("media", {"media": ["photo"]}),
    ("media", {"media": "unknown"}),
    ("too-long", {"text": ASKS + " a" * 2_000}),
    ("hourly-limit", {"used": {"ordinary": 30}}),
    ("hourly-limit", {"budget": "unknown"}),
]


@pytest.mark.parametrize(("law", "given"), LAW_CASES, ids=[f"{law}-{number}" for number, (law, _) in enumerate(LAW_CASES)])
def test_law_sends_it_to_a_person_whatever_the_rules_say(law: str, given: dict[str, Any]) -> None:
    decision = decided(**given)
    assert decision.outcome is Outcome.HUMAN
    assert law in decision.because


def test_every_law_has_a_case_here() -> None:
    tried = {law for law, _ in LAW_CASES}
    elsewhere = {"engine-not-approved", "not-attested"}  # test_bundle.py, test_attestation.py
    assert {law.id for law in LAWS} - tried == elsewhere


def test_a_broken_promise_is_the_most_urgent_until_somebody_has_come() -> None:
    assert decided(person=PROMISED, case="open").rule == "promise-broken"
    assert decided(person=PROMISED, case="open").priority == 0
    for status in ("taken", "closed", "unknown"):
        assert "promise-broken" not in decided(person=PROMISED, case=status).because


def test_law_lets_pass_what_is_just_inside() -> None:
    inside: dict[str, Any] = {
        "created_minutes_ago": 28,
        "acknowledged_minutes_ago": 60 * 24 + 2,
        "acknowledged_thread": "another",
        "thread_acknowledgements": 1,
        "case": "closed",
        "on_shift": 0,
        "paused": ["topic:billing"],
        "used": {"ordinary": 29},
        "reply_to_user": "99",
    }
    for name, value in inside.items():
        beside = {"acknowledged_thread": "another"} if name == "acknowledged_minutes_ago" else {}
        assert decided(**{name: value}, **beside).outcome is Outcome.ACKNOWLEDGE, name


def test_the_date_that_is_muted_is_the_brands_own() -> None:
    late = datetime(2026, 11, 10, 23, 58, 45, tzinfo=timezone.utc)  # a reply would go out after midnight in London
    assert "muted-date" in decided(now=late).because
    assert "muted-date" not in decided(now=late - timedelta(minutes=5)).because


@pytest.mark.parametrize(
    ("rule", "given"),
    [
        ("own-account", {"author_id": "1004"}),
        ("automated-author", {"bot": True}),
        ("no-words", {"form": "repost"}),
        ("no-words", {"form": "reaction"}),
        ("sister-answers", {"holder": "1004"}),
    ],
)
def test_ignore_comes_first_and_only_for_what_is_certain(rule: str, given: dict[str, Any]) -> None:
    decision = decided("my lawyer will call " + ASKS, **given)
    assert (decision.outcome, decision.rule) == (Outcome.IGNORE, rule)
    assert "legal" in {match.rule for match in decision.matched}
    for name in set(given) - {"form"}:
        assert decided(**{name: "unknown"}).outcome is not Outcome.IGNORE


def test_the_holder_of_the_lock_answers_itself() -> None:
    assert decided(holder="1003").outcome is Outcome.ACKNOWLEDGE


def test_any_rule_for_people_wins_and_the_other_side_is_told() -> None:
    decision = decided(ASKS + " my lawyer asks too")
    assert (decision.outcome, decision.rule) == (Outcome.HUMAN, "legal")
    assert (decision.department, decision.priority) == ("legal", 1)
    assert (decision.without, decision.without_rule) == (Outcome.ACKNOWLEDGE, "ordinary")
    legal = next(match for match in decision.matched if match.rule == "legal")
    assert (legal.evidence[0].start, legal.evidence[0].source) == (len(ASKS) + 1, "legal")


def test_a_brand_adds_to_a_list_of_the_baseline() -> None:
    assert "legal" in decided(ASKS + " the bailiffs came").because
    assert "legal" in decided(ASKS + " I will sue all of you").because


def test_unknown_fires_human_and_not_offered_too_unless_the_rule_skips_it() -> None:
    assert decided(followers=10_000).outcome is Outcome.ACKNOWLEDGE
    assert decided(followers=10_001).rule == "large-audience"
    assert decided(followers="unknown").rule == "large-audience"
    assert decided(followers="not offered").outcome is Outcome.ACKNOWLEDGE
    young = decided(account_age_days="not offered")
    assert (young.rule, young.matched[0].certainty) == ("young-account", Certainty.NOT_OFFERED)


def test_a_rule_that_saw_something_stands_before_one_that_fired_on_ignorance() -> None:
    decision = decided(text="unknown")
    assert decision.rule == "text-missing"
    assert "legal" in decision.because


def test_law_stands_before_policy_of_the_same_priority_then_the_name() -> None:
    decision = decided(ASKS + " my lawyer", incident="outage", handle="zorgle99")
    assert decision.because[:3] == ("incident", "hateful-name", "legal")


def test_shadow_tells_what_would_have_happened() -> None:
    assert (decided(mode="shadow").without, decided(mode="shadow").without_rule) == (Outcome.ACKNOWLEDGE, "ordinary")
    both = decided(ASKS + " my lawyer", mode="shadow")
    assert (both.without, both.without_rule) == (Outcome.HUMAN, "legal")


def test_an_acknowledge_rule_works_on_its_review_date_and_not_after() -> None:
    last = datetime(2027, 3, 31, 12, tzinfo=timezone.utc)
    assert decided(now=last).outcome is Outcome.ACKNOWLEDGE
    assert decided(now=last + timedelta(days=1)).rule == "default"


def test_a_slur_run_together_in_a_name_is_seen() -> None:
    assert decided(handle="RealZorgleFan99").rule == "hateful-name"
    assert decided(name="z0rgle").rule == "hateful-name"
    assert decided(name="not offered").outcome is Outcome.ACKNOWLEDGE
    assert decided(name="unknown").rule == "hateful-name"


def test_the_brands_own_name_is_no_bad_word() -> None:
    assert decided("@TelLine Virgin: no signal, can you help please?").outcome is Outcome.ACKNOWLEDGE
    assert decided("no signal you virgins, zorgle, can you help please?").outcome is Outcome.HUMAN


def test_without_a_policy_and_for_strangers_a_person_decides() -> None:
    facts = ordinary_facts(ordinary_mention("1", ASKS, account="1003"))
    broken = decide(facts, Broken("unsigned"), Limits())
    assert (broken.outcome, broken.rule) == (Outcome.HUMAN, "policy-unavailable")
    assert decided(account="7").rule == "unknown-account"
    strange = decide(facts, replace(BUNDLE, engine_approved=False), Limits())
    assert (strange.outcome, strange.rule) == (Outcome.HUMAN, "engine-not-approved")


def _broken(*_: Any) -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("name", ["asks", "text_lacks", "text_has", "author_followers_over", "topic"])
def test_an_exception_in_one_check_counts_as_unknown(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = replace(CONDITIONS[name], check=_broken, sources=None, compares=None)
    monkeypatch.setattr("chalicelib.policy.deciding.matching.CONDITIONS", {**CONDITIONS, name: alone})
    decision = decided(bundle=replace(BUNDLE))
    assert decision.outcome is Outcome.HUMAN
    if name in ("text_has", "author_followers_over"):
        assert {match.certainty for match in decision.matched if match.outcome is Outcome.HUMAN} == {Certainty.UNKNOWN}


def test_a_look_up_that_breaks_takes_the_mention_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    assert decided().outcome is Outcome.ACKNOWLEDGE
    with monkeypatch.context() as patch:
        patch.setattr("chalicelib.policy.rules.scene.Found", _broken)
        assert (decided().outcome, decided().rule) == (Outcome.HUMAN, "not-decided")
    for name in ("author_followers_over", "account_age_under"):
        compares = CONDITIONS[name].compares
        assert compares is not None
        broken = replace(CONDITIONS[name], compares=replace(compares, value=_broken), check=_broken)
        monkeypatch.setattr("chalicelib.policy.deciding.matching.CONDITIONS", {**CONDITIONS, name: broken})
        assert decided(bundle=replace(BUNDLE)).outcome is Outcome.HUMAN, name


NAMES = [field.name for field in fields(Facts) if field.name not in ("mention", "now", "posting_at", "premise")]
AUTHOR = ["id", "handle", "name", "followers", "verified", "created_at", "bot"]
MENTION = ["created_at", "text", "language", "summoned", "thread_id", "media", "history", "open_ticket", "channels_tried"]
TEXTS = [
    ASKS,
    ASKS + " my lawyer",
    "zorgle",
    "",
    "bill please help",
    "Wo ist mein Paket",
    "a" * 5_000,
    "can you help with my bill?",
]


def spoiled(facts: Facts, names: list[str], value: Any) -> Facts:
    """``facts`` with some of them replaced."""
    author = {name[1:]: value for name in names if name.startswith("@")}
    mention = {name[1:]: value for name in names if name.startswith(".")}
    rest = {name: value for name in names if name[0] not in "@."}
    changed = replace(facts.mention, author=replace(facts.mention.author, **author), **mention)
    return replace(facts, mention=changed, **rest)


EVERY_FACT = [*NAMES, *("@" + name for name in AUTHOR), *("." + name for name in MENTION)]
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "mode": st.sampled_from(["live", "shadow", "halted"]),
        "followers": st.sampled_from([0, 20_000, "not offered"]),
        "bot": st.booleans(),
        "case": st.sampled_from(["none", "open", "closed"]),
        "holder": st.sampled_from(["none", "1003", "1004"]),
        "surge": st.booleans(),
        "media": st.sampled_from([(), ("photo",)]),
        "form": st.sampled_from(["post", "reply", "review", "repost"]),
    },
)


@settings(max_examples=300)
@given(st.sampled_from(TEXTS), GIVEN, st.lists(st.sampled_from(EVERY_FACT), max_size=6, unique=True), st.booleans())
def test_losing_facts_never_earns_an_acknowledgement(say: str, given: dict[str, Any], lost: list[str], offered: bool) -> None:
    facts = _facts(say, given)
    before = decide(facts, BUNDLE, Limits())
    after = decide(spoiled(facts, lost, Unknown() if offered else NotOffered()), BUNDLE, Limits())
    if after.outcome is Outcome.ACKNOWLEDGE:
        assert before.outcome is Outcome.ACKNOWLEDGE or not offered
    if after.outcome is Outcome.IGNORE:
        assert before.outcome is Outcome.IGNORE


@pytest.mark.parametrize(
    "name", [name for name in EVERY_FACT if name not in {"wait", ".history", ".open_ticket", ".channels_tried"}]
)
def test_each_single_unknown_fact_that_is_read_ends_with_a_person(name: str) -> None:
    lost = decide(spoiled(_facts(ASKS, {}), [name], Unknown()), BUNDLE, Limits())
    read_by_nobody = {"@verified", ".thread_id"}
    assert lost.outcome is (Outcome.ACKNOWLEDGE if name in read_by_nobody else Outcome.HUMAN)


@given(st.sampled_from(TEXTS), st.text(max_size=60), st.sampled_from(["my lawyer", "sue you", "bailiffs"]))
def test_words_of_an_attack_list_always_send_it_to_a_person(say: str, noise: str, attack: str) -> None:
    assert decided(f"{attack} {say} {noise}").outcome is Outcome.HUMAN


@given(st.sampled_from(["mention", *NAMES]), st.sampled_from([None, 7, "x", Unknown(), object()]))
def test_decide_never_raises_whatever_it_is_given(name: str, rubbish: Any) -> None:
    decision = decide(replace(_facts(ASKS, {}), **{name: rubbish}), BUNDLE, Limits())
    assert decision.outcome is Outcome.HUMAN or name in ("wait", "holder")


@given(st.text(max_size=400), GIVEN)
def test_any_text_is_decided_the_same_way_twice(say: str, given: dict[str, Any]) -> None:
    facts = _facts(say, given)
    assert decide(facts, BUNDLE, Limits()) == decide(facts, BUNDLE, Limits())


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rules_and_phrases_never_matters(seed: int) -> None:
    shuffle = random.Random(seed)
    rules = BASELINE.split("human:\n")[1]
    starts = [number for number, line in enumerate(rules.splitlines()) if line.startswith("  ") and line[2] != " "]
    lines = rules.splitlines()
    written = ["\n".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    shuffle.shuffle(written)
    shuffled = {**FILES, "baseline/policy.yaml": BASELINE.split("human:\n")[0] + "human:\n" + "\n".join(written) + "\n"}
    other = bundle_of(shuffled)
    assert other.sha256 == BUNDLE.sha256
    for say in TEXTS:
        assert decided(say, other, followers=20_000) == decided(say, followers=20_000)


@pytest.mark.parametrize("verified", ["not offered", "unknown"])
def test_an_acknowledge_rule_needs_every_check_to_be_known(verified: str) -> None:
    bundle = bundle_of({**FILES, "telline/policy.yaml": POLICY.replace("{topic: any,", "{author_verified: no, topic: any,")})
    assert decided(bundle=bundle).outcome is Outcome.ACKNOWLEDGE
    assert decided(bundle=bundle, verified=verified).rule == "default"


def test_two_rules_that_fire_give_the_first_name() -> None:
    twice = POLICY + POLICY[POLICY.index("  ordinary:") :].replace("ordinary:", "a-first:")
    bundle = bundle_of({**FILES, "telline/policy.yaml": twice})
    assert decided(bundle=bundle).rule == "a-first"
    assert [match.rule for match in decided(bundle=bundle).matched] == ["a-first", "ordinary"]


def test_the_earliest_and_longest_span_names_the_topic() -> None:
    assert decided("my bill is wrong since there is no signal, can you help please?").topic == "billing"
    assert decided("no signal on my bill, can you help please?").topic == "signal"


LAST = TOPICS + "  general:\n    department: care\n    last_resort: yes\n    has: |\n      please\n"
NAMED = POLICY + POLICY[POLICY.index("  ordinary:") :].replace("ordinary:", "zz-last:", 1).replace(
    "topic: any", "topic: [general]"
)


def test_a_last_resort_counts_only_where_no_other_topic_is_named_and_only_for_rules_that_name_it() -> None:
    only_any = bundle_of({**FILES, "baseline/topics/telecom.yaml": LAST})
    assert decided("can you help please?", bundle=only_any).rule == "default"
    bundle = bundle_of({**FILES, "baseline/topics/telecom.yaml": LAST, "telline/policy.yaml": NAMED})
    alone = decided("can you help please?", bundle=bundle)
    assert (alone.outcome, alone.rule, alone.topic, alone.department) == (Outcome.ACKNOWLEDGE, "zz-last", "general", "care")
    beside = decided("please, no signal, can you help please?", bundle=bundle)
    assert (beside.rule, beside.topic) == ("ordinary", "signal")
    assert "zz-last" not in [match.rule for match in beside.matched]


def test_a_pause_of_a_last_resort_holds_what_stands_for_it_and_nothing_else() -> None:
    bundle = bundle_of({**FILES, "baseline/topics/telecom.yaml": LAST, "telline/policy.yaml": NAMED})
    assert decided("can you help please?", bundle=bundle, paused=["topic:general"]).rule == "paused"
    assert decided("please, no signal, can you help?", bundle=bundle, paused=["topic:general"]).outcome is Outcome.ACKNOWLEDGE


def test_ignore_rules_fire_on_true_alone() -> None:
    assert {law.id for law in IGNORE} == {"own-account", "automated-author", "no-words", "sister-answers"}


def _facts(say: str, given: Mapping[str, Any]) -> Facts:
    of_mention = {name: value for name, value in given.items() if name in ("followers", "bot", "media", "form")}
    mention = ordinary_mention("1", say, account="1003", **of_mention)
    return ordinary_facts(mention, ORDINARY_NOW, **{k: v for k, v in given.items() if k not in of_mention})


def test_what_a_step_knew_before_is_never_overruled_by_the_rules() -> None:
    decision: Decision = decide(replace(_facts(ASKS, {}), premise="misread"), BUNDLE, Limits())
    assert (decision.outcome, decision.rule) == (Outcome.HUMAN, "not-decided")


def test_a_phrase_that_is_the_brands_own_name_leads_to_no_rule_unless_more_stands_there() -> None:
    slurs = BASELINE + "  slur:\n    why: Nobody answers a slur.\n    when: {text_has: [slurs]}\n"
    bundle = bundle_of({**FILES, "baseline/policy.yaml": slurs})
    assert decided(f"{ASKS} virgin", bundle=bundle).outcome is Outcome.ACKNOWLEDGE
    assert decided(f"{ASKS} virgin zorgle", bundle=bundle).rule == "slur"
