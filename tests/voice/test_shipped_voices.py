from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voice import code
from chalicelib.voice.closest import Shapes, alike
from chalicelib.voice.compose import RUN, Composed, Exhausted, Request, compose, upcoming
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.lint import LENGTH, longest
from chalicelib.voice.loader import read_all
from chalicelib.voice.reach import reach
from chalicelib.voice.sameness import mask, robot_index
from chalicelib.voice.sample import in_a_row
from chalicelib.voice.tone import check_reading
from chalicelib.voice.voice import Voice, load
from chalicelib.voice.word import PARTS

FOLDER = Path(__file__).resolve().parents[2] / "policies" / "voices"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "voice.md"
SHIPPED = sorted(file.name.removesuffix(".yaml") for file in FOLDER.glob("*.yaml") if not file.name.startswith("tone."))


@pytest.fixture(scope="session")
def voices() -> dict[str, Voice]:
    """Every shipped voice; reading them proves that none breaks its tone guide."""
    documents, problems = read_all({file.name: file.read_text() for file in FOLDER.glob("*.yaml")})
    assert problems == (), "\n".join(map(str, problems))
    return {name: load(document) for name, document in documents.items()}


@pytest.fixture(params=SHIPPED)
def voice(request: pytest.FixtureRequest, voices: dict[str, Voice]) -> Voice:
    return voices[request.param]


@pytest.mark.parametrize(("name", "p", "words"), [("plain.en", 23, 12_167), ("plain.es", 7, 343)])
def test_a_shipped_voice_can_say_every_word_of_its_code(name: str, p: int, words: int, voices: dict[str, Voice]) -> None:
    found = reach(voices[name])
    assert (voices[name].p, found.size, found.live) == (p, words, words)
    assert longest(voices[name])[0] <= LENGTH


def test_no_two_shipped_wordings_share_four_words_in_a_row(voice: Voice) -> None:
    said: dict[str, str] = {}
    for part, wordings in voice.parts.items():
        for at, wording in wordings.items():
            for form in wording.forms():
                words = re.findall(r"\w+", form)
                for four in {" ".join(words[start : start + 4]) for start in range(len(words) - 3)}:
                    assert said.setdefault(four, f"{part}:{at}") == f"{part}:{at}", four


def test_replies_with_equal_slots_are_mostly_different(voice: Voice) -> None:
    """A seeded slice of all pairs; ``ackguard voice lint`` compares every one, `benchmarks/voice.py` a busy brand's window."""
    pick, shapes = Random(7), Shapes()
    ask = {
        "language": voice.language,
        "topic": "card",
        "team": "cards team",
        "expectation": Expectation(minutes=40),
        "length_limit": LENGTH,
    }
    replies = [compose(voice, Request(**ask, cursor=cursor)) for cursor in sorted(pick.sample(range(voice.size), 300))]
    found = sorted(alike(a, b) for a, b in combinations([shapes.of(mask(reply.text, voice.disclosures)) for reply in replies], 2))
    assert found[-1] <= 0.65
    # with seven wordings a part two words share two of them five times as often as with 23
    assert found[len(found) * 99 // 100] <= (0.50 if voice.p == 23 else 0.55)


def test_a_stranger_who_scrolls_sees_no_robot(voice: Voice) -> None:
    found = robot_index([reply.text for reply in in_a_row(voice, min(1000, voice.size))])
    assert (found.exact, found.near) == (0, 0)


def test_a_window_of_replies_shares_at_most_two_wordings_pairwise(voice: Voice) -> None:
    told = [frozenset(reply.wordings) for reply in in_a_row(voice, min(700, voice.size))]
    assert max(len(a & b) for a, b in combinations(told, 2)) <= 2


def test_every_part_is_named_by_every_reply(voice: Voice) -> None:
    for reply in in_a_row(voice, 60):
        assert [wording.split(":")[0] for wording in reply.wordings] == list(PARTS)
        assert " 40 minut" in reply.text or "08:00" in reply.text or not re.search(r"\d", reply.text)


expectations = st.one_of(
    st.just(Expectation()),
    st.integers(10, 6000).map(lambda minutes: Expectation(minutes=minutes)),
    st.builds(
        Expectation,
        opens=st.datetimes(),
        days=st.integers(0, 6),
        zone_name=st.sampled_from(["UK", "New York", "Eastern", "", "a\nb", "{zone}"]),
    ),
)


@given(
    name=st.sampled_from(SHIPPED),
    cursor=st.integers(0, 12_166),
    topic=st.text() | st.sampled_from(["card", "login", "wifi", "cash-machine"]),
    team=st.text(max_size=40) | st.sampled_from(["cards team", "customer care team", "Hi ,", "{team}", "x@y.example"]),
    expected=expectations,
)
def test_whatever_fills_the_slots_a_reply_is_cleanly_set(
    voices: dict[str, Voice], name: str, cursor: int, topic: str, team: str, expected: Expectation
) -> None:
    voice = voices[name]
    ask = Request(language=voice.language, topic=topic, team=team, expectation=expected, cursor=cursor, length_limit=LENGTH)
    found = compose(voice, ask)
    assert isinstance(found, Composed)
    assert found.index == cursor % voice.size, "no word has to be skipped for its length"
    assert check_reading(found.text.removesuffix(f" {found.disclosure}")) == ()
    assert re.search(r"[{}@<>]|  | ,|\bHi\b", found.text) is None


def test_a_bundle_stays_small_and_a_decision_reads_one_word(voices: dict[str, Voice], monkeypatch: pytest.MonkeyPatch) -> None:
    counted = [0]
    numbers = code.numbers

    def counting(index: int, p: int) -> tuple[int, ...]:
        counted[0] += 1
        return numbers(index, p)

    monkeypatch.setattr(code, "numbers", counting)
    next(in_a_row(voices["plain.en"], 1))
    assert counted[0] == 1
    assert sum(len(file.read_text()) for file in FOLDER.glob("plain.*.yaml")) < 40_000


def test_a_search_among_words_that_are_all_taken_ends_after_four_hundred(voices: dict[str, Voice]) -> None:
    voice, starts = voices["plain.en"], [quarter * 12_167 // 4 for quarter in range(4)]
    taken = {start: frozenset(lock for _, lock in upcoming(voice, start, RUN)) for start in starts}
    ask = Request(language="en", topic="card", team="cards team", expectation=Expectation(), cursor=0, length_limit=LENGTH)
    found = compose(voice, replace(ask, taken=taken[0]))
    assert isinstance(found, Composed)
    assert found.index == starts[1]
    exhausted = compose(voice, replace(ask, taken=frozenset().union(*taken.values())))
    assert isinstance(exhausted, Exhausted)
    assert exhausted.reason == "wording-exhausted"


def test_the_samples_in_the_documentation_are_what_the_reader_sees(voices: dict[str, Voice]) -> None:
    samples = re.findall(r"^\d+\. (.+)$", DOCS.read_text().partition("## What the reader sees")[2], re.MULTILINE)
    assert samples == [reply.text for reply in in_a_row(voices["plain.en"], 10)]


def test_the_replies_of_famous_failures_cannot_be_made(voices: dict[str, Voice], shared_data: Path) -> None:
    lines = (shared_data / "scenarios" / "scenarios.jsonl").read_text().splitlines()
    expected = (json.loads(line)["expected"] for line in lines)
    never = {pattern for outcome in expected for pattern in outcome.get("ack_must_not_match") or ()}
    never -= {"07:00|09:00", "(?i)within (the|an) hour"}  # these are about one clock
    told = [reply.text for reply in in_a_row(voices["plain.en"], 343) if "policy" not in reply.text]  # a topic's own name
    assert never
    assert not [(pattern, text) for pattern in sorted(never) for text in told if re.search(pattern, text)]
