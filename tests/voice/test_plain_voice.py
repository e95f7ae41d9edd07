from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from itertools import combinations
from pathlib import Path

import pytest

from chalicelib.voice.compose import Composed, Request, compose, render
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.guide import Guide
from chalicelib.voice.lint import flaws
from chalicelib.voice.reach import reach
from chalicelib.voice.sameness import mask, overlap, robot_index, trigrams
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.voice import Voice, load
from chalicelib.voice.word import PARTS

OPENS = datetime(2026, 11, 23, 8, 0, tzinfo=timezone.utc)
EXPECTATIONS = (
    Expectation(due=OPENS, minutes=40),
    Expectation(due=OPENS, opens=OPENS, days=1, zone_name="UK"),
    Expectation(),
)
TEAMS = ("cards team", "network desk", "bookings team", "customer care team")
DOCS = Path(__file__).resolve().parents[2] / "docs" / "voice.md"


def series(voice: Voice, count: int) -> list[Composed]:
    """What ``count`` people get one after the other, each about another topic."""
    topics, told = sorted(voice.phrases.topics), list[Composed]()
    for number in range(count):
        ask = Request(
            language="en",
            topic=topics[number * 13 % len(topics)],
            team=TEAMS[number % len(TEAMS)],
            expectation=EXPECTATIONS[number % len(EXPECTATIONS)],
            cursor=told[-1].next_cursor if told else 0,
            length_limit=280,
        )
        found = compose(voice, ask)
        assert isinstance(found, Composed)
        told.append(found)
    return told


def test_the_shipped_voice_has_no_flaw_and_343_words(plain: Voice, guide: Guide) -> None:
    assert flaws(plain, guide) == ()
    found = reach(plain)
    assert (found.size, found.live, found.best_part) == (343, 343, None)
    assert found.lasts_h(10) == pytest.approx(34.3)
    assert found.fill(10) == pytest.approx(720 / 343)


@pytest.mark.parametrize("expected", EXPECTATIONS)
def test_any_two_replies_with_equal_slots_are_mostly_different(plain: Voice, expected: Expectation) -> None:
    values = Values(topic="card", team="cards team", expectation=expected)
    words = [word for index in range(plain.size) if (word := plain.word(index))]
    shapes = [trigrams(mask(render(word, values, plain), plain.disclosures)) for word in words]
    found = sorted(overlap(a, b) for a, b in combinations(shapes, 2))
    assert found[-1] <= 0.65
    assert found[len(found) * 99 // 100] <= 0.51
    assert found[len(found) // 2] <= 0.32


def test_a_stranger_who_scrolls_sees_no_robot(plain: Voice) -> None:
    found = robot_index([reply.text for reply in series(plain, 343)])
    assert (found.exact, found.near) == (0, 0)


def test_a_whole_window_of_replies_shares_at_most_two_wordings_pairwise(plain: Voice) -> None:
    told = series(plain, 343)
    assert len({reply.lock for reply in told}) == 343
    assert max(len(set(a.wordings) & set(b.wordings)) for a, b in combinations(told, 2)) == 2


def test_withdrawing_shortens_the_reach(plain: Voice) -> None:
    found = reach(plain, withdrawn=frozenset({plain.parts["where"][2].mark("where")}))
    assert (found.live, found.best_part) == (294, None)


def test_the_part_where_a_wording_brings_the_most_words_is_worth_one(document: dict[str, object]) -> None:
    parts = document["parts"]
    assert isinstance(parts, dict)
    for part, number in (("where", "2"), ("where", "3"), ("seen", "2")):
        del parts[part][number]
    found = reach(load(json.loads(json.dumps(document))))
    live = {part: 7 - (part == "seen") - 2 * (part == "where") for part in PARTS}
    assert (found.best_part, set(found.gains)) == ("where", {"where", "seen"})
    assert live["where"] < live["seen"]
    parts["where"]["3"] = "one more of them is here"
    assert reach(load(json.loads(json.dumps(document)))).live == found.live + found.gains["where"]


def test_every_part_is_named_by_every_reply(plain: Voice) -> None:
    for reply in series(plain, 60):
        assert [wording.split(":")[0] for wording in reply.wordings] == list(PARTS)
        assert " about 40 minutes" in reply.text or "08:00 UK time tomorrow" in reply.text or not re.search(r"\d", reply.text)


def test_the_samples_in_the_documentation_are_what_the_reader_sees(plain: Voice) -> None:
    samples = re.findall(r"^\d+\. (.+)$", DOCS.read_text().partition("## What the reader sees")[2], re.MULTILINE)
    assert samples == [reply.text for reply in series(plain, 10)]


def test_the_replies_of_famous_failures_cannot_be_made(plain: Voice, shared_data: Path) -> None:
    lines = (shared_data / "scenarios" / "scenarios.jsonl").read_text().splitlines()
    expected = (json.loads(line)["expected"] for line in lines)
    never = {pattern for outcome in expected for pattern in outcome.get("ack_must_not_match") or ()}
    never -= {"07:00|09:00", "(?i)within (the|an) hour"}  # these are about one clock
    told = [reply.text for reply in series(plain, 343) if "the policy" not in reply.text]  # a topic's own name
    assert never
    assert not [(pattern, text) for pattern in sorted(never) for text in told if re.search(pattern, text)]
