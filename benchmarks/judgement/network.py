"""The encoder in single precision, to be taught: MiniLM's layers, one linear head of every question, and what a mistake costs."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.judgement.sources import REASONS
from chalicelib.recogniser.encoder import HEADS, PER_HEAD, WIDTH

LAYERS = 6
"""All of MiniLM: taught anew, the last ones know the question too (docs/decisions/0021)."""

FROZEN = 3
"""The lowest layers stay as they were published: they know words, and words are the same here."""

CLASSES = ("fine", "soft", "serious", "critical")
QUESTIONS = ("ordinary", *REASONS, *CLASSES)
"""One row of the head each. Only some ship (learnt.QUESTIONS); the others make the encoder tell the reasons apart."""

COST_REASONS, COST_CLASS = 0.2, 0.5
"""What a mistake about a reason or about the class costs, beside one about whether the mention is ordinary."""

SURE = 0.02
"""Nobody is surer than this: a label may be wrong."""

DROPPED = 0.1
"""The share of numbers that are left out at random while learning."""

MATRICES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "output": "attention.output.dense",
    "up": "intermediate.dense",
    "down": "output.dense",
}
NORMS = {"first": "attention.output.LayerNorm", "second": "output.LayerNorm"}
TINY = 1e-12


def published(model: Path) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """What stays as it is (words, places, first normalisation), the layers (stacked), and the vocabulary written in ASCII."""
    floats = _floats(model / "model.safetensors")
    words = [word for word in (model / "vocab.txt").read_text(encoding="utf-8").split("\n") if word]
    kept = [number for number, word in enumerate(words) if word.isascii() and not word.startswith("[unused")]
    fixed = {
        "words": floats["embeddings.word_embeddings.weight"][kept],
        "places": floats["embeddings.position_embeddings.weight"][:128],
        "kind": floats["embeddings.token_type_embeddings.weight"][0],
        "weight": floats["embeddings.LayerNorm.weight"],
        "bias": floats["embeddings.LayerNorm.bias"],
    }
    layers = {}
    for name, theirs in MATRICES.items():
        layers[name] = np.stack([floats[f"encoder.layer.{layer}.{theirs}.weight"].T for layer in range(LAYERS)])
        layers[f"{name}.bias"] = np.stack([floats[f"encoder.layer.{layer}.{theirs}.bias"] for layer in range(LAYERS)])
    for name, theirs in NORMS.items():
        for part in ("weight", "bias"):
            layers[f"{name}.{part}"] = np.stack([floats[f"encoder.layer.{layer}.{theirs}.{part}"] for layer in range(LAYERS)])
    return fixed, layers, [words[number] for number in kept]


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


def laid_out(texts: list[list[int]], width: int, fixed: Mapping[str, Any]) -> tuple[Any, Any]:
    """Texts as pieces, side by side and filled up to ``width``: their first state, and which of it is text."""
    numbers, there = np.zeros((len(texts), width), int), np.zeros((len(texts), width), bool)
    for row, pieces in enumerate(texts):
        numbers[row, : len(pieces)], there[row, : len(pieces)] = pieces, True
        there[row, 0] = True
    state = fixed["words"][numbers] + fixed["places"][:width] + fixed["kind"]
    centred = state - state.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred * centred).mean(-1, keepdims=True) + TINY)
    return (scaled * fixed["weight"] + fixed["bias"]).astype(np.float32), there


def encoded(layers: Mapping[str, Any], state: Any, there: Any, key: Any = None) -> Any:
    """The state after the last layer; with a ``key`` numbers are left out at random, as while learning."""
    outside = jnp.where(there, 0, -1e9)[:, None, None, :]
    low = {name: jax.lax.stop_gradient(one[:FROZEN]) for name, one in layers.items()}
    high = {name: one[FROZEN:] for name, one in layers.items()}
    state, _ = jax.lax.scan(lambda before, layer: (_layer(layer, before, outside, None), None), state, low)
    if key is None:
        state, _ = jax.lax.scan(lambda before, layer: (_layer(layer, before, outside, None), None), state, high)
        return state
    keys = jax.random.split(key, LAYERS - FROZEN)
    state = jax.lax.stop_gradient(state)
    state, _ = jax.lax.scan(lambda before, pair: (_layer(pair[0], before, outside, pair[1]), None), state, (high, keys))
    return state


def _layer(layer: Mapping[str, Any], state: Any, outside: Any, key: Any) -> Any:
    first, second = (None, None) if key is None else jax.random.split(key)
    rows, length, _ = state.shape
    query, look, value = (
        _times(layer, name, state).reshape(rows, length, HEADS, PER_HEAD).transpose(0, 2, 1, 3)
        for name in ("query", "key", "value")
    )
    weight = jax.nn.softmax(query @ look.transpose(0, 1, 3, 2) / PER_HEAD**0.5 + outside, -1)
    mixed = (weight @ value).transpose(0, 2, 1, 3).reshape(rows, length, WIDTH)
    state = _normal(layer, "first", state + some(first, _times(layer, "output", mixed)))
    inner = jax.nn.gelu(_times(layer, "up", state), approximate=False)
    return _normal(layer, "second", state + some(second, _times(layer, "down", inner)))


def _times(layer: Mapping[str, Any], name: str, state: Any) -> Any:
    return state @ layer[name] + layer[f"{name}.bias"]


def _normal(layer: Mapping[str, Any], name: str, state: Any) -> Any:
    centred = state - state.mean(-1, keepdims=True)
    scaled = centred * jax.lax.rsqrt((centred * centred).mean(-1, keepdims=True) + TINY)
    return scaled * layer[f"{name}.weight"] + layer[f"{name}.bias"]


def some(key: Any, state: Any) -> Any:
    """``state`` with a share of its numbers left out, the rest as much louder; all of it without a key."""
    if key is None:
        return state
    return jnp.where(jax.random.bernoulli(key, 1 - DROPPED, state.shape), state / (1 - DROPPED), 0)


def sums(network: Mapping[str, Any], state: Any, there: Any, key: Any = None) -> Any:
    """The sum for each question (columns of ``QUESTIONS``): the head over the mean of all pieces."""
    first, second = (None, None) if key is None else jax.random.split(key)
    after = encoded(network["layers"], state, there, first)
    share = there[..., None].astype(after.dtype)
    mean = (after * share).sum(1) / share.sum(1)
    return some(second, mean) @ network["head"]["matrix"] + network["head"]["bias"]


def cost(network: Mapping[str, Any], state: Any, there: Any, wanted: Any, weight: Any, key: Any) -> Any:
    """How wrong the answers are, weighted."""
    found = sums(network, state, there, key)
    reasons = slice(1, 1 + len(REASONS))
    ordinary = _surprise(found[:, 0], wanted[:, 0] * (1 - 2 * SURE) + SURE)
    classes = -(jax.nn.log_softmax(found[:, reasons.stop :]) * wanted[:, reasons.stop :]).sum(1)
    each = ordinary + COST_REASONS * _surprise(found[:, reasons], wanted[:, reasons]).sum(1) + COST_CLASS * classes
    return (each * weight).sum() / weight.sum()


def _surprise(found: Any, wanted: Any) -> Any:
    return jnp.maximum(found, 0) - found * wanted + jnp.log1p(jnp.exp(-jnp.abs(found)))
