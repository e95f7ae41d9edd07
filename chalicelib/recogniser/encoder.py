"""A small sentence encoder, exact to the bit on every machine.

The model is all-MiniLM-L6-v2 (Apache-2.0), taught anew what an ordinary request is, in 8-bit whole numbers. A sum of
floating-point numbers depends on their order, and that differs between machines. So every sum here adds whole numbers that a
float holds exactly (below 2^24 in single, 2^53 in double precision): no order can change it, and a fast library may do the
work. What is left is single operations that IEEE 754 rounds in one way only (+ - * / sqrt, rounding), and two tables in the
weights instead of exp and erf.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chalicelib.recogniser.weights import Array

HEADS, WIDTH, PER_HEAD = 12, 384, 32
LARGEST, STEPS = 127, 340
"""Of an 8-bit whole number in the weights, and of what it is multiplied with: 384 products of the two stay below 2^24."""

EXP_STEPS, EXP_ONE = 64, 1 << 15
"""The table ``exp``: exp(-i / 64) in 32,768ths, i from 0 up; beyond its end it is 0."""

GELU_STEPS, GELU_ONE, GELU_REACH = 256, 1 << 15, 8
"""The table ``gelu``: gelu(i / 256) in 32,768ths, from -8 to 8; below it is 0, above it is the argument."""

_FINE = 1 << 16
"""Sixteen bits behind the point, for means and variances."""

_ATTENTION = 1 << 8
"""Eight bits behind the point, for what attention multiplies."""

_PER_STEP = EXP_STEPS / (_ATTENTION * _ATTENTION * np.sqrt(np.float64(PER_HEAD)))
"""From a product of two looks to a place in the table ``exp``."""

_TINY, _STEPS = np.float32(1e-6), np.float32(STEPS)

_ROWS = 4
"""Rows are filled up to a multiple of this: the matrix library takes a tenth longer for three than for four."""


class Encoder:
    """Turns pieces into one vector for each, layer by layer."""

    def __init__(self, arrays: Mapping[str, Array], layers: int) -> None:
        self._arrays = arrays
        self._layers = layers
        # a transposed copy in single precision, made once: what the matrix library multiplies fastest
        self._matrices = {
            f"{layer}.{name}": np.ascontiguousarray(arrays[f"{layer}.{name}"].T.astype(np.float32))
            for layer in range(layers)
            for name in ("look", "output", "up", "down")
        }
        self._scales = {name: (arrays[f"{name}.scale"] / _FINE / _FINE).astype(np.float32) for name in self._matrices}
        self._biases = {name: (arrays[f"{name}.bias"] / _FINE).astype(np.float32) for name in self._matrices}
        self._exp = arrays["exp"].astype(np.float64)
        self._bend = (arrays["gelu"] / GELU_ONE).astype(np.float32)

    def state(self, numbers: list[int]) -> Array:
        """The state of every piece, one row each, after the last layer; single precision."""
        arrays = self._arrays
        places = np.arange(len(numbers))
        state = (
            arrays["words"][numbers] * arrays["words.scale"][numbers, None].astype(np.float64)
            + arrays["places"][places] * arrays["places.scale"][places, None].astype(np.float64)
        ) / _FINE + arrays["kind"] / _FINE
        state = self._normal(state / _ATTENTION, "start")
        for layer in range(self._layers):
            state = self._layer(state, layer)
        return state

    def _layer(self, state: Array, layer: int) -> Array:
        attended = self._attend(state, layer)
        state = self._normal(state + self._times(attended, f"{layer}.output"), f"{layer}.first")
        inner = self._gelu(self._times(state, f"{layer}.up"))
        return self._normal(state + self._times(inner, f"{layer}.down"), f"{layer}.second")

    def _times(self, state: Array, name: str) -> Array:
        """``state`` times a matrix, plus its bias: whole numbers times whole numbers, then scaled back."""
        matrix = self._matrices[name]
        scale = np.maximum(np.abs(state).max(axis=1, keepdims=True), _TINY) / _STEPS
        length = len(state)
        whole = np.zeros((length + -length % _ROWS, state.shape[1]), np.float32)
        np.rint(state / scale, out=whole[:length])
        product = whole[:, :WIDTH] @ matrix[:WIDTH]
        for start in range(WIDTH, matrix.shape[0], WIDTH):
            # each product is exact; their sum is rounded, and always in this order
            product += whole[:, start : start + WIDTH] @ matrix[start : start + WIDTH]
        product = product[:length]
        product *= scale
        product *= self._scales[name]
        product += self._biases[name]
        return np.asarray(product)

    def _attend(self, state: Array, layer: int) -> Array:
        length = len(state)
        looks = np.rint(self._times(state, f"{layer}.look") * np.float32(_ATTENTION)).astype(np.float64)
        query, key, value = looks.reshape(length, 3, HEADS, PER_HEAD).transpose(1, 2, 0, 3)
        # 32 products of numbers below 2^20 stay below 2^53; what is looked at stands in rows, which are quicker to add up
        alike = key @ query.transpose(0, 2, 1)
        apart = alike.max(axis=1, keepdims=True) - alike
        apart *= _PER_STEP
        weight = np.take(self._exp, np.rint(apart, out=apart).astype(np.intp), mode="clip")
        mixed = (weight.transpose(0, 2, 1) @ value) / (weight.sum(axis=1)[:, :, None] * _ATTENTION)
        return np.asarray(mixed.transpose(1, 0, 2).reshape(length, WIDTH).astype(np.float32))

    def _gelu(self, state: Array) -> Array:
        reach = GELU_REACH * GELU_STEPS
        steps = np.rint(state * np.float32(GELU_STEPS))
        inside = np.take(self._bend, (steps + np.float32(reach)).astype(np.intp), mode="clip")
        return inside if steps.max() <= reach else np.where(steps > reach, state, inside)

    def _normal(self, state: Array, name: str) -> Array:
        """Layer normalisation: mean and variance are sums of whole numbers."""
        fine = np.rint(state * np.float32(_FINE)).astype(np.float64)
        fine -= np.rint(fine.sum(axis=1, keepdims=True) / WIDTH)
        variance = np.einsum("ij,ij->i", fine, fine)[:, None] / WIDTH + 1
        weight, bias = self._arrays[f"{name}.weight"] / _FINE, self._arrays[f"{name}.bias"] / _FINE
        return np.asarray((fine / np.sqrt(variance) * weight + bias).astype(np.float32))
