"""Each check: when it is true, when it is false, and what it makes of a fact that is unknown or not offered."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.problem import Problem
from chalicelib.policy.conditions.contract import Names
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.files.ordinary import OF_MENTION, ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.policy.rules.node import Node, Place, Sequence, Text
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding, Truth, all_of, any_of
from tests.policy.small import BUNDLE

PLACE = Place("p", 1, 1, "")
NAMES = Names(lists=frozenset({"legal", "requests", "slurs"}), topics=frozenset({"signal", "billing"}))
DOCS = Path(__file__).resolve().parents[3] / "docs" / "policy-language.md"


def node_of(argument: str) -> Node:
    if argument.startswith("["):
        return Sequence(tuple(Text(part.strip(), PLACE) for part in argument[1:-1].split(",")), PLACE)
    return Text(argument, PLACE)


def found(check: str, argument: str, say: str, now: datetime = ORDINARY_NOW, **given: Any) -> Finding:
    parsed = CONDITIONS[check].parse(node_of(argument), NAMES)
    assert not isinstance(parsed, Problem), str(parsed)
    of_mention = {name: value for name, value in given.items() if name in OF_MENTION}
    of_facts = {name: value for name, value in given.items() if name not in OF_MENTION}
    mention = ordinary_mention("1", say, now=now, account="1003", **of_mention)
    facts = ordinary_facts(mention, now, **of_facts)
    scene = Scene(facts, BUNDLE.policies["telline"], BUNDLE.index, BUNDLE.own)
    return CONDITIONS[check].check(parsed, scene)


TRUE, FALSE, UNKNOWN, NOT_OFFERED = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, Truth.NOT_OFFERED
LONG = "no signal " + "a " * 3_000
NIGHT = datetime(2026, 11, 21, 23, tzinfo=timezone.utc)

TABLE: list[tuple[str, str, str, dict[str, Any], Truth]] = [
    ("text_has", "[legal]", "my lawyer", {}, TRUE),
    ("text_has", "legal", "no lawyers here", {}, FALSE),
    ("text_has", "[legal]", "", {"text": "unknown"}, UNKNOWN),
    ("text_has", "[legal]", LONG, {}, UNKNOWN),
    ("text_has", "[legal]", "my lawyer " + LONG, {}, TRUE),
    ("text_nearly_has", "[legal]", "my lawyr", {}, TRUE),
    ("text_nearly_has", "[legal]", "my lawyer", {}, FALSE),
    ("text_nearly_has", "[legal]", "hello there", {}, FALSE),
    ("text_nearly_has", "[legal]", LONG, {}, UNKNOWN),
    ("text_nearly_has", "[legal]", "", {"text": "unknown"}, UNKNOWN),
    ("text_lacks", "[legal]", "hello there", {}, TRUE),
    ("text_lacks", "[legal]", "my lawyer", {}, FALSE),
    ("text_lacks", "[legal]", LONG, {}, UNKNOWN),
    ("text_lacks", "[legal]", "", {"text": "unknown"}, UNKNOWN),
    ("handle_has", "[slurs]", "x", {"handle": "a_zorgle_1"}, TRUE),
    ("handle_has", "[slurs]", "x", {"name": "the zorgler"}, TRUE),
    ("handle_has", "[slurs]", "x", {}, FALSE),
    ("handle_has", "[slurs]", "x", {"handle": "unknown"}, UNKNOWN),
    ("handle_has", "[slurs]", "x", {"handle": "not offered"}, NOT_OFFERED),
    ("topic", "any", "no signal", {}, TRUE),
    ("topic", "[billing]", "no signal", {}, FALSE),
    ("topic", "[signal, billing]", "no signal", {}, TRUE),
    ("topic", "any", "hello", {"text": "unknown"}, UNKNOWN),
    ("language_is", "[en]", "where is my parcel please", {}, TRUE),
    ("language_is", "[es]", "where is my parcel please", {}, FALSE),
    ("language_is", "[en]", "ok", {}, UNKNOWN),
    ("language_is", "[en]", "where is my parcel please", {"language": "de"}, UNKNOWN),
    ("language_is", "[en]", "where is my parcel please", {"language": "unknown"}, UNKNOWN),
    ("language_is", "[en]", "where is my parcel please", {"language": "not offered"}, TRUE),
    ("language_is", "[en]", "where is my parcel please", {"language": "und"}, TRUE),
    ("language_not", "[en]", "Wo ist mein Paket? Ich warte seit drei Tagen", {"language": "de"}, TRUE),
    ("language_not", "[en]", "where is my parcel please", {}, FALSE),
    ("language_not", "[en]", "ok", {}, UNKNOWN),
    ("words_under", "3", "@TelLine no signal 😀 #help http://x.example", {}, TRUE),
    ("words_under", "3 words", "no signal here", {}, FALSE),
    ("words_under", "3", "", {"text": "unknown"}, UNKNOWN),
    ("words_over", "2", "no signal here", {}, TRUE),
    ("words_over", "3", "no signal here", {}, FALSE),
    ("words_over", "3", "", {"text": "unknown"}, UNKNOWN),
    ("author_followers_over", "10,000", "x", {"followers": 10_001}, TRUE),
    ("author_followers_over", "10000 followers", "x", {"followers": 10_000}, FALSE),
    ("author_followers_over", "10000", "x", {"followers": "unknown"}, UNKNOWN),
    ("author_followers_over", "10000", "x", {"followers": "not offered"}, NOT_OFFERED),
    ("author_verified", "yes", "x", {"verified": True}, TRUE),
    ("author_verified", "yes", "x", {}, FALSE),
    ("author_verified", "no", "x", {}, TRUE),
    ("author_verified", "yes", "x", {"verified": "unknown"}, UNKNOWN),
    ("account_age_under", "30 days", "x", {"account_age_days": 29}, TRUE),
    ("account_age_under", "30 days", "x", {"account_age_days": 30}, FALSE),
    ("account_age_under", "1 month", "x", {"account_age_days": "unknown"}, UNKNOWN),
    ("ordinary_over", "60%", "x", {"ordinary": "61%"}, TRUE),
    ("ordinary_over", "60 percent", "x", {"ordinary": "60%"}, FALSE),
    ("ordinary_over", "60%", "x", {"ordinary": "unknown"}, UNKNOWN),
    ("has_media", "yes", "x", {"media": ["photo"]}, TRUE),
    ("has_media", "yes", "x", {}, FALSE),
    ("has_media", "no", "x", {}, TRUE),
    ("has_media", "no", "x", {"media": "unknown"}, UNKNOWN),
    ("form_is", "[quote, reply]", "x", {"form": "quote"}, TRUE),
    ("form_is", "[quote]", "x", {}, FALSE),
    ("is_reply", "yes", "x", {"reply_to_post": "9"}, TRUE),
    ("is_reply", "yes", "x", {"form": "reply"}, TRUE),
    ("is_reply", "yes", "x", {}, FALSE),
    ("is_reply", "no", "x", {}, TRUE),
    ("channels_tried_over", "1", "x", {"channels_tried": ["phone", "chat"]}, TRUE),
    ("channels_tried_over", "1", "x", {"channels_tried": ["phone"]}, FALSE),
    ("channels_tried_over", "1", "x", {}, NOT_OFFERED),
    ("open_ticket", "yes", "x", {"open_ticket": True}, TRUE),
    ("open_ticket", "yes", "x", {"open_ticket": False}, FALSE),
    ("open_ticket", "yes", "x", {"open_ticket": "unknown"}, UNKNOWN),
    ("history_has", "[brand_human]", "x", {"history": ["author", "brand_human"]}, TRUE),
    ("history_has", "[brand_human]", "x", {"history": ["author"]}, FALSE),
    ("history_has", "[brand_human]", "x", {}, NOT_OFFERED),
    ("wait_over_minutes", "240", "x", {"wait_minutes": 241}, TRUE),
    ("wait_over_minutes", "240 minutes", "x", {"wait_minutes": 240}, FALSE),
    ("wait_over_minutes", "240", "x", {"wait_minutes": "unknown"}, UNKNOWN),
    ("outside_hours", "yes", "x", {"now": NIGHT}, TRUE),
    ("outside_hours", "yes", "x", {}, FALSE),
    ("outside_hours", "no", "x", {}, TRUE),
    ("posted_capitals_over", "50%", "WHERE IS MY parcel", {}, TRUE),
    ("posted_capitals_over", "60%", "NO SIGNAL", {}, FALSE),
    ("posted_capitals_over", "60 percent", "Where is my parcel today", {}, FALSE),
    ("posted_capitals_over", "60%", "", {"text": "unknown"}, UNKNOWN),
    ("exclamations_over", "2", "help! help!!", {}, TRUE),
    ("exclamations_over", "3", "help! help!!", {}, FALSE),
    ("exclamations_over", "3", "", {"text": "unknown"}, UNKNOWN),
    ("mentions_others_over", "1", "@TelLine @one @two", {}, TRUE),
    ("mentions_others_over", "1", "@TelLine @TelLineIE @one", {}, FALSE),
    ("mentions_others_over", "1", "x", {"tagged": ["1003", "77", "78"]}, TRUE),
    ("mentions_others_over", "1", "", {"text": "unknown"}, UNKNOWN),
    ("sentences_over", "2", "One. Two? Three!", {}, TRUE),
    ("sentences_over", "3", "One. Two? Three!", {}, FALSE),
    ("sentences_over", "3", "", {"text": "unknown"}, UNKNOWN),
    ("asks", "yes", "Where is my parcel?", {}, TRUE),
    ("asks", "yes", "Is the app down?", {}, TRUE),
    ("asks", "yes", "Hi, can I merge them?", {}, TRUE),
    ("asks", "yes", "Do visitors from Oslo qualify?", {}, TRUE),
    ("asks", "yes", "Is rain likely?", {}, FALSE),
    ("asks", "yes", "Any idea when the signal is back?", {}, TRUE),
    ("asks", "yes", "Any seats by the window?", {}, TRUE),
    ("asks", "yes", "please help", {}, TRUE),
    ("asks", "question", "please help", {}, FALSE),
    ("asks", "question", "Where is my parcel? please help", {}, TRUE),
    ("asks", "question", "", {"text": "unknown"}, UNKNOWN),
    ("asks", "[slurs]", "a zorgle", {}, TRUE),
    ("asks", "yes", "really?", {}, FALSE),
    ("asks", "yes", "So this is what I pay for?", {}, FALSE),
    ("asks", "yes", "The parcel is where my hope is.", {}, FALSE),
    ("asks", "yes", "", {"text": "unknown"}, UNKNOWN),
]


@pytest.mark.parametrize(
    ("check", "argument", "say", "given", "truth"), TABLE, ids=[f"{row[0]}-{n}" for n, row in enumerate(TABLE)]
)
def test_a_check_finds_what_it_says(check: str, argument: str, say: str, given: dict[str, Any], truth: Truth) -> None:
    finding = found(check, argument, say, **given)
    assert finding.truth is truth
    assert bool(finding.evidence) is (truth is not FALSE)
    assert all(piece.check == check for piece in finding.evidence)


def test_every_check_has_a_true_and_a_false_case_here() -> None:
    assert {row[0] for row in TABLE if row[4] is TRUE} == set(CONDITIONS) == {row[0] for row in TABLE if row[4] is FALSE}


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_the_sample_of_a_check_is_one_that_it_understands(name: str) -> None:
    assert not isinstance(CONDITIONS[name].parse(node_of(CONDITIONS[name].sample), NAMES), Problem)


@pytest.mark.parametrize("name", sorted(CONDITIONS))
def test_the_docs_explain_every_check_in_its_own_words(name: str) -> None:
    condition = CONDITIONS[name]
    assert f"| `{name}: {condition.sample}` | {condition.says} |" in DOCS.read_text(encoding="utf-8")


def test_only_what_a_platform_may_lack_can_be_skipped() -> None:
    never = {"text", "author.id", "author.handle", "summoned", "media", "language"}
    assert not any(condition.may_skip and condition.reads & never for condition in CONDITIONS.values())


def test_a_question_is_quoted_where_it_stands() -> None:
    say = "Good morning. Where is my parcel? I waited."
    (question,) = [piece for piece in found("asks", "yes", say).evidence if piece.source == "question"]
    assert say[question.start : question.end] == "Where is my parcel"


ORDER = [Truth.FALSE, Truth.NOT_OFFERED, Truth.UNKNOWN, Truth.TRUE]


@pytest.mark.parametrize("one", ORDER)
@pytest.mark.parametrize("two", ORDER)
def test_checks_combine_by_kleene(one: Truth, two: Truth) -> None:
    both = {one, two}
    whole = all_of([Finding(one), Finding(two)]).truth
    either = any_of([Finding(one), Finding(two)]).truth
    assert whole is (FALSE if FALSE in both else UNKNOWN if UNKNOWN in both else NOT_OFFERED if NOT_OFFERED in both else TRUE)
    assert either is (TRUE if TRUE in both else UNKNOWN if UNKNOWN in both else NOT_OFFERED if NOT_OFFERED in both else FALSE)
