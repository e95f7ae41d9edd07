"""What the recogniser has learnt on top of the encoder: mentions that it compares with, each with its vote for or against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chalicelib.recogniser.encoder import LARGEST
from chalicelib.recogniser.weights import Array

ONE = 1_000_000
"""The score of what could not be more ordinary."""

KERNEL_STEPS = 4_096
"""The table ``kernel``: how alike two mentions are, in 2^20ths, by the cosine of their vectors in 4,096ths, from 0 to 1."""

SCORE_STEPS, SCORE_REACH = 256, 8
"""The table ``score``: millionths by the sum of all votes, in 256ths, from -8 to 8."""

LAYERS = 2
"""How many of the last layers a vector is made of."""

_FINE = 1 << 16


def vector_of(states: Sequence[Array]) -> Array:
    """One vector of 8-bit whole numbers for a mention: the mean of its pieces in each layer, side by side, each of length one."""
    parts = []
    for state in states:
        summed = np.rint(state * _FINE).sum(axis=0)
        mean = np.rint(summed / len(state))
        parts.append(mean / np.sqrt((mean * mean).sum()))
    whole = np.concatenate(parts)
    return np.asarray(np.rint(whole / np.abs(whole).max() * LARGEST))


def score_of(vector: Array, arrays: Mapping[str, Array]) -> int:
    """The score in millionths: the votes of all remembered mentions, each as loud as it is alike."""
    remembered = arrays["remembered"].astype(np.float64)
    products = remembered @ vector
    lengths = np.sqrt((remembered * remembered).sum(axis=1)) * np.sqrt((vector * vector).sum())
    alike = np.clip(np.rint(products / lengths * KERNEL_STEPS), 0, KERNEL_STEPS).astype(np.int64)
    votes = int((arrays["votes"].astype(np.int64) * arrays["kernel"].astype(np.int64)[alike]).sum())
    # votes are in 2^20ths of 2^20ths; the table is in 256ths
    place = (votes + int(arrays["intercept"][0]) * (1 << 20)) * SCORE_STEPS >> 40
    reach = SCORE_REACH * SCORE_STEPS
    return int(arrays["score"][min(max(place + reach, 0), 2 * reach)])


def leanings(states: Sequence[Array], arrays: Mapping[str, Array]) -> list[int]:
    """How much each piece leans towards what is ordinary, in whole numbers: what the evidence points at."""
    fine = np.rint(states[-1] * 256)
    return [int(lean) for lean in fine @ arrays["lean"].astype(np.float64)]
