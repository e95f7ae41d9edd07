"""Random policies, facts and texts: what production looks up is what the simple evaluator finds by asking everything.

More of them, on demand: ``ORACLE=20000 .venv/bin/python -m pytest tests/policy/deciding/test_same_as_oracle.py``.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.decision import Outcome
from chalicelib.domain.facts import Facts
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.phrases.phrase import PhraseError, expand
from chalicelib.policy.rules.rule import BrandPolicy, Check, Rule, Topic
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.text.reading import read
from tests.policy.deciding.oracle import AllPhrases, AsksEverything, FoundByAll, names_by_all
from tests.policy.small import BUNDLE

CASES = int(os.environ.get("ORACLE", "50"))
WORDS = [
    "my",
    "bill",
    "lawyer",
    "burn",
    "burnt",
    "scam",
    "signal",
    "no",
    "help",
    "order",
    "late",
    "a",
    "ok",
    "ai",
    "ails",
    "virgin",
]
ODD = ["@TelLine", "@pat", "😀", "🙄", "https://x.example/my", "#Scam", "#BoycottBill", "#my_order", "pat@x.example", "AB123456"]
ODD += [
    "sc4m",
    "b1ll",
    "5cam",
    "s c a m",
    "s.c.a.m",
    "sc@m",
    "scaaam",
    "ѕсаm",
    "sc\u200bam",
    "ＢＩＬＬ",
    "lawyér",
    "don't",
    "£1,200",
    "f**k",
]
ODD += [
    "?",
    "!",
    "!!!!",
    ".",
    "\n",
    "4th",
    "50",
    "#",
    "a1",
    "m1",
    "…",
    "\u202e",
    "𝐬𝐜𝐚𝐦",
    "ﬁne",
    "İ",
    "ß",
    "\ud800",
    "\U0001f468\u200d\U0001f469",
]
ELEMENTS = [
    *WORDS,
    "burn*",
    "sc*",
    "ai*",
    "la*",
    "(bill|order)",
    "(burn*|no signal|scam)",
    "...",
    "[email]",
    "[number]",
    "[money]",
]
ELEMENTS += ["[masked-word]", "#scam", "#boycottbill", "@pat", "😀", "wi-fi", "don't", "no*", "order-*"]


def phrase(dice: random.Random) -> str:
    while True:
        written = dice.choice((" ", " ", " ... ")).join(dice.choices(ELEMENTS, k=dice.choice((1, 1, 2, 2, 3, 4))))
        try:
            expand(written)
        except PhraseError:
            continue
        return written


def text(dice: random.Random) -> str:
    words = dice.choices([*WORDS, *dice.choices(ODD, k=12)], k=dice.choice((0, 1, 3, 8, 8, 15, 30)))
    said = dice.choice((" ", " ", " ", "")).join(words)
    return said + " a" * 2_500 if dice.random() < 0.02 else dice.choice((said, said, said.upper()))


CHECKS: list[tuple[str, Any]] = [
    ("author_followers_over", lambda dice: dice.choice((0, 199, 200, 201, 10_000))),
    ("account_age_under", lambda dice: dice.choice((60, 24 * 60 * 30, 24 * 60 * 365 * 4))),
    ("author_verified", lambda dice: dice.choice((True, False))),
    ("open_ticket", lambda dice: dice.choice((True, False))),
    ("channels_tried_over", lambda dice: dice.choice((0, 1))),
    ("form_is", lambda dice: dice.sample(["post", "reply", "quote", "review"], 2)),
    ("has_media", lambda dice: dice.choice((True, False))),
    ("is_reply", lambda dice: dice.choice((True, False))),
    ("history_has", lambda dice: ["brand_human"]),
    ("wait_over_minutes", lambda dice: dice.choice((34, 35, 36))),
    ("outside_hours", lambda dice: dice.choice((True, False))),
    ("exclamations_over", lambda dice: dice.choice((0, 3))),
    ("sentences_over", lambda dice: dice.choice((1, 2))),
    ("words_under", lambda dice: dice.choice((3, 8, 9))),
    ("words_over", lambda dice: dice.choice((3, 8))),
    ("posted_capitals_over", lambda dice: 60),
    ("mentions_others_over", lambda dice: dice.choice((0, 1))),
    ("language_is", lambda dice: ["en"]),
    ("language_not", lambda dice: ["en"]),
    ("asks", lambda dice: [dice.choice("abcd")]),
    ("handle_has", lambda dice: [dice.choice("abcd")]),
    ("text_lacks", lambda dice: [dice.choice("abcd")]),
    ("topic", lambda dice: dice.choice(("any", ["bills"], ["signals", "bills"]))),
    *[("text_has", lambda dice: dice.sample(["a", "b", "c", "d"], dice.choice((1, 1, 2))))] * 8,
]
GIVEN: dict[str, list[Any]] = {
    "followers": [0, 200, 20_000, "unknown", "not offered"],
    "verified": [True, "unknown", "not offered"],
    "account_age_days": [3, "unknown", "not offered"],
    "open_ticket": [True, False, "unknown"],
    "channels_tried": [("phone",), ("phone", "mail"), "unknown"],
    "media": [("image",), "unknown", "not offered"],
    "handle": ["a_scam_1", "mybill", "unknown", "not offered"],
    "name": ["Burnt Scam", "unknown", "not offered"],
    "language": ["de", "und", "unknown", "not offered"],
    "text": ["unknown", ""],
    "form": ["reply", "quote", "review"],
    "reply_to_post": ["77"],
    "history": ["brand_human", "unknown"],
    "wait_minutes": [36, "unknown"],
}


def rule(dice: random.Random, number: int) -> Rule:
    human = dice.random() < 0.7
    alternatives = tuple(
        tuple(Check(name, argument(dice)) for name, argument in dice.sample(CHECKS, dice.choice((1, 1, 2, 3))))
        for _ in range(dice.choice((1, 1, 1, 2, 3)))
    )
    return Rule(
        id=f"rule-{number}",
        outcome=Outcome.HUMAN if human else Outcome.ACKNOWLEDGE,
        why="Because.",
        alternatives=alternatives,
        skip=human and dice.random() < 0.4,
        silence=dice.choice((None, "thread")) if human else None,
        per_hour=None if human else 30,
        review_by=None if human else date(2027, 1, 1),
    )


def policy(dice: random.Random) -> Bundle:
    lists: dict[str, list[str]] = {name: [phrase(dice) for _ in range(dice.choice((1, 3, 10)))] for name in "abcd"}
    lists["topics/bills"], lists["topics/signals"] = ["bill", "(my|the) order*"], [phrase(dice), "signal"]
    lists["own"] = [dice.choice(("virgin", "bill", "tel line"))]
    brand = BrandPolicy(
        brand=BUNDLE.brands["telline"],
        rules=tuple(rule(dice, number) for number in range(dice.choice((1, 6, 12)))),
        lists={name: (name,) for name in "abcd"},
        topics={
            "bills": Topic("bills", "care", ("topics/bills",), last=dice.random() < 0.3),
            "signals": Topic("signals", "care", ("topics/signals",)),
        },
        own_names="own",
    )
    index = Index.load(json.loads(json.dumps(compile_index(lists))))
    return replace(BUNDLE, policies={"telline": brand}, index=index)


def name(dice: random.Random) -> str:
    return "".join(dice.choice((*WORDS, "_", "x", dice.choice(ODD))) for _ in range(dice.choice((1, 2, 3, 5, 9))))


def situation(dice: random.Random) -> Facts:
    changed = {name: dice.choice(values) for name, values in GIVEN.items() if dice.random() < 0.15}
    changed |= {fact: name(dice) for fact in ("handle", "name") if dice.random() < 0.3}
    wait = {"wait_minutes": changed.pop("wait_minutes")} if "wait_minutes" in changed else {}
    mention = ordinary_mention("1", text(dice), account="1003", **changed)
    return ordinary_facts(mention, **wait)


@contextmanager
def oracle(bundle: Bundle) -> Iterator[Bundle]:
    """``bundle`` as the simple evaluator decides it."""
    asking = replace(bundle)
    asking._matchers["telline"] = AsksEverything(bundle.policies["telline"], bundle.index)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FoundByAll, "searches", {id(bundle.index): AllPhrases(bundle.index)})
        patch.setattr("chalicelib.policy.rules.scene.Found", FoundByAll)
        patch.setattr(Scene, "name_hits", names_by_all)
        yield asking


def test_every_phrase_is_found_where_trying_everything_finds_it_however_it_is_written() -> None:
    dice = random.Random(20261122)
    found = 0
    for _ in range(CASES):
        lists = {name: [phrase(dice) for _ in range(12)] for name in "ab"}
        index = Index.load(json.loads(json.dumps(compile_index(lists))))
        everything = AllPhrases(index)
        for _ in range(5):
            said = read(text(dice))
            hits = scan(index, said)
            assert hits == everything.scan(said), (lists, said.text)
            found += len(hits)
    assert found > CASES


def test_every_phrase_is_found_in_a_name_that_runs_words_together(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(1122)
    found = 0
    for _ in range(CASES):
        bundle = policy(dice)
        monkeypatch.setattr(FoundByAll, "searches", {id(bundle.index): AllPhrases(bundle.index)})
        for _ in range(8):
            mention = ordinary_mention("1", "", handle=name(dice), name="unknown")
            scene = Scene(ordinary_facts(mention), bundle.policies["telline"], bundle.index, bundle.own)
            hits = scene.name_hits("abcd")
            assert hits == names_by_all(scene, "abcd")
            found += len(hits)
    assert found > CASES


def test_every_decision_is_that_of_the_simple_evaluator_to_the_last_piece_of_evidence() -> None:
    dice = random.Random(4031)
    outcomes = dict.fromkeys(Outcome, 0)
    for _ in range(CASES):
        bundle = policy(dice)
        situations = [situation(dice) for _ in range(6)]
        looked_up = [decide(facts, bundle, Limits()) for facts in situations]
        with oracle(bundle) as asking:
            for facts, decision in zip(situations, looked_up, strict=True):
                assert decision == decide(facts, asking, Limits()), (bundle.policies["telline"].rules, facts.mention)
                outcomes[decision.outcome] += len(decision.matched)
    assert outcomes[Outcome.ACKNOWLEDGE]
    assert outcomes[Outcome.HUMAN] > CASES
