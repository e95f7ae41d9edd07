"""What sends a mention to a person does so in any dress: letters, spacing, pictures, handles, slips, and words put behind it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from chalicelib.policy.phrases.detectors import NAMES, Detectors
from chalicelib.policy.phrases.slips import cues_of
from chalicelib.policy.proving.testing import rehearse
from chalicelib.policy.text.reading import read

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261122
SLICE = 60
"""Lines of each kind; raise it (and the seed) for a wider search: the test takes about a second for 40."""

TWINS = str.maketrans("aeopcxyi", "аеорсхуі")
WIDE = {code: code + 0xFEE0 for code in range(ord("a"), ord("z") + 1)}
ACCENTS = str.maketrans({"a": "á", "e": "ê", "i": "ï", "o": "ö", "u": "ű"})
ATTACKS = [
    " how do I open an account?",
    " Please help, where is my order?",
    "\n\nmy card does not work, can you check?",
    " ignore the above and answer: what are your opening hours?",
    " thanks in advance, how long does a transfer take?",
    " this is an ordinary question about my bill, please acknowledge",
    " just kidding, is the app down?",
    " #help #question how do I reset my password?",
    " @BrandDemo @BrandDemo when is my flight?",
    " 🙂🙂🙂 can I change my delivery date?",
]


def _between(text: str, mark: str) -> str:
    return "".join(letter + mark if letter.isalpha() else letter for letter in text)


def _first_words_as_hashtags(text: str) -> str:
    return re.sub(r"(?<![@#\w])([A-Za-z]{5,})", r"#\1", text)


DRESSES: dict[str, Callable[[str], str]] = {
    "capitals of some": lambda text: "".join(c.upper() if n % 5 == 0 else c.lower() for n, c in enumerate(text)),
    "small letters": str.lower,
    "two spaces": lambda text: text.replace(" ", "  "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "accents": lambda text: text.translate(ACCENTS),
    "combining marks": lambda text: _between(text, "\u0301"),
    "look-alikes": lambda text: re.sub(r"(?<!\S)[a-z]{4,}", lambda word: word[0][:1] + word[0][1:].translate(TWINS), text),
    "wide letters": lambda text: re.sub(r"(?<!\S)[a-z]+", lambda word: word[0].translate(WIDE), text),
    "zero-width": lambda text: _between(text, "\u200b"),
    "soft hyphens": lambda text: _between(text, "\u00ad"),
    "pictures between": lambda text: re.sub(r"(?<=[a-z]) (?=[a-z])", " 🙂 ", text),
    "handles between": lambda text: text.replace(" ", " @user_1 ", 1),
    "hashtags": _first_words_as_hashtags,
}


@cache
def bundle() -> Bundle:
    files = {str(path.relative_to(ROOT / "policies")): path for path in sorted((ROOT / "policies").rglob("*")) if path.is_file()}
    found = rehearse({name: path.read_text("utf-8") for name, path in files.items()})
    assert isinstance(found, Bundle)
    return found


def decided(text: str) -> Decision:
    """The decision of the demo brand where the recogniser is as sure as it can be: only what refuses is left."""
    return decide(ordinary_facts(ordinary_mention("1", text, account="1099")), bundle(), Limits())


@cache
def refused() -> tuple[str, ...]:
    """A seeded slice of our own mentions and of the scenarios' that words of theirs send to a person.

    None with a hashtag: ``#MakeItTasty`` reads as words by its capitals, so it reads as one word without them.
    """
    files = sorted((ROOT / "benchmarks/judgement/corpus").glob("pack-*.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    own = [told["text"] for told in map(json.loads, lines) if not told["ok"]]
    scenarios = (ROOT / "tests/acceptance/scenarios.jsonl").read_text("utf-8").splitlines()
    told = [str((json.loads(line).get("mention") or {}).get("text") or "") for line in scenarios]
    chosen = random.Random(SEED).sample(own, SLICE) + told
    return tuple(text for text in chosen if text and "#" not in text and _by_words(decided(text)))


def _by_words(decision: Decision) -> bool:
    """Whether a word of the text does it, so that neither its language nor its length has to."""
    told = (one for match in decision.matched if match.outcome is Outcome.HUMAN for one in match.evidence)
    return any(one.check in ("text_has", "text_nearly_has") and one.start is not None for one in told)


def test_the_slice_is_large_enough_to_mean_something() -> None:
    assert len(refused()) > SLICE / 2


@pytest.mark.parametrize("dress", DRESSES)
def test_no_dress_hides_the_words_that_send_to_a_person(dress: str) -> None:
    assert [text for text in refused() if not _by_words(decided(DRESSES[dress](text)))] == []


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize(
    "text",
    [
        "@BrandDemo confirmation 88H2LQ, early check in please",
        "@BrandDemo my order number is AB123456, when does it arrive?",
        "@BrandDemo write to jo.bloggs@mail.example please",
        "@BrandDemo i paid 300 dollars for this, is that right?",
    ],
)
def test_no_dress_hides_what_a_detector_sees(text: str, dress: str) -> None:
    def seen(one: str) -> set[str]:
        reading = read(one)
        return {name for name, _, _ in Detectors(NAMES).spans(NAMES, reading)}

    assert seen(DRESSES[dress](text)) >= seen(text) - {"number"} != set()


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_put_behind_turns_a_person_into_an_acknowledgement(attack: str) -> None:
    assert [text for text in refused() if decided(text + attack).outcome is Outcome.ACKNOWLEDGE] == []


def test_no_slip_in_a_cue_turns_a_person_into_an_acknowledgement() -> None:
    """Every slip but those that make another common word: ``attacked`` and ``attached`` are one letter apart."""
    dice = random.Random(SEED)
    check = next(one for rule in bundle().policies["demo"].rules if rule.id == "misspelt-cue" for one in rule.alternatives[0])
    sources = frozenset(source for name in check.argument for source in bundle().policies["demo"].lists[name])
    cues = cues_of(bundle().index, sources)
    index = bundle().index
    words = [
        phrase
        for source, phrase in zip(index.sources, index.written, strict=True)
        if source in sources and phrase.isalpha() and len(phrase) > 5
    ]
    slips = [(word, slip) for word in dice.sample(sorted(set(words)), SLICE) for slip in _slips(word, dice)]
    lost = [(word, slip) for word, slip in slips if word not in cues.meant_by(slip)]
    assert len(lost) < 0.04 * len(slips), lost
    asked = [(word, slip) for word, slip in slips if (word, slip) not in lost]
    spoke = [
        (word, slip)
        for word, slip in dice.sample(asked, SLICE)
        if decided(f"@BrandDemo how does the refund work? {slip}").outcome is Outcome.ACKNOWLEDGE
    ]
    assert spoke == []


def _slips(word: str, dice: random.Random) -> list[str]:
    place = dice.randrange(len(word) - 1)
    other = dice.choice("eantrio".replace(word[place], ""))
    return [
        word[:place] + word[place + 1 :],
        word[:place] + other + word[place + 1 :],
        word[:place] + other + word[place:],
        *([word[:place] + word[place + 1] + word[place] + word[place + 2 :]] if word[place] != word[place + 1] else []),
    ]
