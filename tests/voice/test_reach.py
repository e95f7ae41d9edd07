from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from chalicelib.voice.closest import Shapes, alike, closest
from chalicelib.voice.compose import render
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.guide import Guide
from chalicelib.voice.lint import flaws, live_numbers, longest
from chalicelib.voice.reach import reach
from chalicelib.voice.reading import counts
from chalicelib.voice.sameness import similarity
from chalicelib.voice.slots.contract import Values
from chalicelib.voice.voice import Voice, load
from chalicelib.voice.word import PARTS

VALUES = Values(topic="card", team="cards team", expectation=Expectation(minutes=40))


def test_every_word_of_a_full_voice_is_live(plain: Voice, guide: Guide) -> None:
    assert flaws(plain, guide) == ()
    found = reach(plain)
    assert (found.size, found.live, found.best_part) == (343, 343, None)
    assert found.lasts_h(10) == pytest.approx(34.3)
    assert found.fill(10) == pytest.approx(720 / 343)


def test_withdrawing_shortens_the_reach(plain: Voice) -> None:
    found = reach(plain, withdrawn=frozenset({plain.parts["where"][2].mark("where")}))
    assert (found.live, found.best_part) == (294, None)
    assert found.live == sum("where:2" not in word.wordings for index in range(343) if (word := plain.word(index)))


def test_the_part_where_a_wording_brings_the_most_words_is_worth_one(document: dict[str, Any]) -> None:
    for part, number in (("where", "2"), ("where", "3"), ("seen", "2")):
        del document["parts"][part][number]
    found = reach(load(document))
    assert (found.best_part, set(found.gains)) == ("where", {"where", "seen"})
    document["parts"]["where"]["3"] = "one more of them is here"
    assert reach(load(document)).live == found.live + found.gains["where"]


def test_unequal_parts_keep_the_distance(document: dict[str, Any]) -> None:
    for part, number in (("where", "2"), ("where", "3"), ("seen", "2"), ("when", "0")):
        del document["parts"][part][number]
    words = [numbers for _, numbers in live_numbers(load(document))]
    assert 0 < len(words) < 343
    assert max(sum(x == y for x, y in zip(a, b, strict=True)) for a, b in combinations(words, 2)) == 2


@pytest.mark.parametrize("gone", ["0125", "0236", "1246", "3456"])
def test_the_closest_pair_is_the_closest_of_all(gone: str, document: dict[str, Any]) -> None:
    for part in PARTS[:3]:
        for number in gone:
            del document["parts"][part][number]
    voice = load(document)
    texts = {index: render(word, VALUES, voice) for index in range(343) if (word := voice.word(index))}
    pairs = ((similarity(texts[a], texts[b], voice.disclosures), a, b) for a, b in combinations(texts, 2))
    found = closest(voice, VALUES)
    assert found is not None
    assert found.similarity == pytest.approx(max(pairs)[0])
    assert similarity(texts[found.a], texts[found.b], voice.disclosures) == pytest.approx(found.similarity)


def test_one_word_alone_has_no_closest_pair(document: dict[str, Any]) -> None:
    for part in PARTS:
        document["parts"][part] = {"0": document["parts"][part]["0"]}
    assert closest(load(document), VALUES) is None


def test_shapes_compare_as_texts_do() -> None:
    shapes = Shapes()
    a, b = "Your post is here. We read it.", "We read it. It is with the cards team."
    assert alike(shapes.of(a), shapes.of(b)) == pytest.approx(similarity(a, b))


def test_the_longest_reply_is_the_longest_of_all(plain: Voice) -> None:
    from chalicelib.voice.lint import longest_values

    words = [word for index in range(343) if (word := plain.word(index))]
    lengths = {len(render(word, longest_values(plain), plain)) for word in words}
    assert max(lengths) <= longest(plain)[0] <= max(lengths) + 4  # disclosures differ by four letters


def test_a_reply_that_is_too_long_or_too_hard_is_a_flaw(document: dict[str, Any], guide: Guide) -> None:
    document["parts"]["where"]["3"] = "the " + "very " * 15 + "same thread has it"
    assert next(flaw.place for flaw in flaws(load(document), guide)) == "parts.where.3"
    document["parts"]["where"]["3"] = "conversations continue underneath"
    document["parts"]["happens"]["3"] = "professionals investigate everything"
    document["parts"]["when"]["3"] = {"text": "answers {when}", "without": "availability remains unpredictable"}
    assert "parts" in [flaw.place for flaw in flaws(load(document), guide)]


def test_a_sentence_of_too_many_words_is_a_flaw_of_its_frame(document: dict[str, Any], guide: Guide) -> None:
    document["frames"].append("seen; owner; happens; where; when.")
    assert "frames.4" in [flaw.place for flaw in flaws(load(document), guide)]


def test_lix_is_what_its_inventor_counted() -> None:
    found = counts("The man sleeps. It rains cats, notwithstanding everything.")
    assert (found.words, found.long, found.sentences) == (8, 2, 2)
    assert found.lix == pytest.approx(8 / 2 + 100 * 2 / 8)
    assert counts("no stop").sentences == 1
