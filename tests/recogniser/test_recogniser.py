"""What ships is exact and pinned: the same weights, the same numbers on every machine, and unknown where anything breaks."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.domain.fact import Known, Unknown
from chalicelib.domain.facts import Tone
from chalicelib.policy.text.reading import LONGEST_TEXT, LONGEST_WORD
from chalicelib.recogniser import learnt
from chalicelib.recogniser.encoder import LARGEST, STEPS, WIDTH, Encoder
from chalicelib.recogniser.model import Model, _tone
from chalicelib.recogniser.pieces import MOST_PIECES, TooLong, pieces_of
from chalicelib.recogniser.recogniser import LazyRecogniser
from chalicelib.recogniser.weights import FILE, MODEL, OtherWeights, load, packed, parse

ASKS = "@BrandDemo how do I change the address on my account?"


@cache
def model() -> Model:
    return Model()


def test_the_code_names_the_weights_that_ship() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == MODEL
    assert model().recognised(ASKS).model == MODEL


def test_this_machine_gives_the_numbers_of_the_machine_that_trained() -> None:
    samples = model().about["samples"]
    assert len(samples) > 4
    assert [[text, model().recognised(text).score] for text, _ in samples] == samples


class InAnotherOrder(Encoder):
    """Multiplies whole numbers as whole numbers, and adds them up from the back."""

    def _times(self, state: Any, name: str) -> Any:
        matrix, self._matrices[name] = self._matrices[name], Backwards(self._matrices[name])
        try:
            return super()._times(state, name)
        finally:
            self._matrices[name] = matrix


class Backwards:
    """A matrix that is multiplied in 64-bit whole numbers, last row first."""

    def __init__(self, matrix: Any) -> None:
        self.matrix, self.shape = matrix, matrix.shape

    def __getitem__(self, rows: slice) -> Backwards:
        return Backwards(self.matrix[rows])

    __array_ufunc__ = None

    def __rmatmul__(self, left: Any) -> Any:
        product = left[:, ::-1].astype(np.int64) @ self.matrix[::-1].astype(np.int64)
        assert np.abs(product).max() < 1 << 24
        return product.astype(np.float32)


def test_no_order_of_adding_changes_a_bit() -> None:
    arrays, about = load()
    numbers = [piece.number for piece in pieces_of(ASKS, {word: place for place, word in enumerate(about["vocabulary"])})]
    ours, theirs = (kind(arrays, about["layers"]).state(numbers) for kind in (Encoder, InAnotherOrder))
    assert np.array_equal(ours, theirs)
    assert np.array_equal(learnt.leanings(ours, arrays), in_whole_numbers(ours, arrays["heads"]))


def in_whole_numbers(state: Any, heads: Any) -> Any:
    """What ``learnt.leanings`` is to give, without a single float after the state."""
    return np.rint(state * learnt.FINE).astype(np.int64) @ heads.T.astype(np.int64)


def test_no_sum_of_products_leaves_the_numbers_that_a_float_holds() -> None:
    """Whatever the text: bounds from the weights alone, so that the same bits come out on every machine."""
    arrays, about = load()
    assert LARGEST * STEPS * WIDTH < 1 << 24
    assert max(np.abs(arrays[name]).max() for name in arrays if arrays[name].dtype == np.int8) <= LARGEST
    last = f"{about['layers'] - 1}.second"
    # a normalised number is at most the square root of the width, times its weight, plus its bias
    reach = (np.sqrt(WIDTH) * np.abs(arrays[f"{last}.weight"]) + np.abs(arrays[f"{last}.bias"])).max()
    assert reach * WIDTH * np.abs(arrays["heads"]).max() < 1 << 53


def test_a_request_is_calm_and_what_is_angry_or_mocking_is_never_called_so() -> None:
    assert model().recognised(ASKS).tone is Tone.CALM
    for say in ("you useless clowns, worst bank ever, I am leaving", "wow great job losing my bag, love it"):
        assert model().recognised(f"@BrandDemo {say}").tone is not Tone.CALM, say


def test_between_calm_and_upset_nobody_knows() -> None:
    assert [_tone(chance) for chance in (0, 49_999, 50_000, 500_000, 500_001)] == [
        *(Tone.CALM, Tone.CALM, Tone.UNKNOWN, Tone.UNKNOWN, Tone.UPSET)
    ]


def test_an_ordinary_request_scores_over_the_thresholds_and_a_calm_tragedy_far_below() -> None:
    assert model().recognised(ASKS).score > 800_000
    for say in ("my mum died on sunday, what happens to her account", "wow great job losing my bag, love it", "boycott them all"):
        assert model().recognised(f"@BrandDemo {say}").score < 400_000, say


def test_the_evidence_points_at_words_of_the_text() -> None:
    words = [ASKS[one.start : one.end] for one in model().recognised(ASKS).told_by]
    assert words
    assert set(words) <= {"address", "account", "change"}


def test_a_handle_is_never_evidence() -> None:
    scores = {model().recognised(ASKS.replace("@BrandDemo", handle)).score for handle in ("@BrandDemo", "@a", "@idieofcancer")}
    assert len(scores) == 1


@settings(max_examples=15)
@given(st.text(max_size=200))
def test_any_text_has_a_score_or_none_and_nothing_is_raised(text: str) -> None:
    told = wiring.recogniser().recognise(text)
    if told == Unknown("too-long"):
        return
    assert isinstance(told, Known)
    assert 0 <= told.value.score <= 1_000_000
    assert all(0 <= one.start < one.end <= len(text) for one in told.value.told_by)


def test_a_text_that_is_not_looked_at_to_its_end_is_unknown() -> None:
    vocabulary = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "a": 3, "##a": 4}
    assert len(pieces_of("a " * (MOST_PIECES - 2), vocabulary)) == MOST_PIECES
    with pytest.raises(TooLong):
        pieces_of("a " * (MOST_PIECES - 1), vocabulary)
    padded = f"{ASKS} {'please ' * MOST_PIECES} my mother died of it"
    assert wiring.recogniser().recognise(padded) == Unknown("too-long")
    assert isinstance(wiring.recogniser().recognise(ASKS), Known)


@pytest.mark.parametrize(
    "unread",
    ["#" + "thankyousomuchforthat" * 4 + "mymotherdiedofit", "a" * LONGEST_WORD, "x" * LONGEST_TEXT + " my mother died of it"],
)
def test_a_word_that_is_not_read_to_its_end_is_unknown(unread: str) -> None:
    assert wiring.recogniser().recognise(f"{ASKS} {unread}") == Unknown("too-long")
    assert isinstance(wiring.recogniser().recognise(f"{ASKS} @{'a' * 80} https://x.test/{'a' * 80} {'a' * 20}"), Known)


def test_a_text_is_cut_into_the_longest_pieces_that_are_known() -> None:
    vocabulary = {"[CLS]": 0, "[SEP]": 1, "[UNK]": 2, "a": 3, "##a": 4}
    assert [piece.number for piece in pieces_of("aa b", vocabulary)] == [0, 3, 4, 2, 1]


@pytest.mark.parametrize(("content", "why"), [(None, "missing"), (b"other weights", "another-model")])
def test_weights_that_are_not_the_ones_of_this_engine_mean_unknown(content: bytes | None, why: str, tmp_path: Path) -> None:
    file = tmp_path / "weights.bin"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(OtherWeights, match=why):
        Model(file)
    asked = []

    def wake() -> Model:
        asked.append(1)
        return Model(file)

    recogniser = LazyRecogniser(wake)
    assert [recogniser.recognise(ASKS), recogniser.recognise(ASKS)] == [Unknown(why), Unknown(why)]
    assert asked == [1]


def test_whatever_breaks_is_unknown_and_the_next_text_is_tried_again() -> None:
    class Breaks:
        def recognised(self, text: str) -> Any:
            if text == "bad":
                raise RuntimeError("the library is not well")
            return model().recognised(text)

    recogniser = LazyRecogniser(Breaks)  # type: ignore[arg-type]
    assert recogniser.recognise("bad") == Unknown("broken")
    assert isinstance(recogniser.recognise(ASKS), Known)


def test_weights_that_were_packed_are_read_back() -> None:
    arrays = {"a": np.arange(5, dtype=np.int8), "b": np.arange(6, dtype=np.int64).reshape(2, 3)}
    found, about = parse(packed(arrays, {"layers": 2}))
    assert about == {"layers": 2}
    assert all(np.array_equal(found[name], array) for name, array in arrays.items())


def test_the_library_is_not_imported_before_somebody_asks_and_then_computes_in_one_thread() -> None:
    code = (
        "import os, sys; from chalicelib import wiring; ask = wiring.recogniser(); print('numpy' in sys.modules);"
        "ask.recognise('where is my card?'); threads = '/proc/self/task';"
        "print('numpy' in sys.modules, len(os.listdir(threads)) if os.path.exists(threads) else 1)"
    )
    told = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], cwd=FILE.parents[2], env=told, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "1"]
