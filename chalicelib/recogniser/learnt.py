"""What the recogniser has learnt on top of the encoder: how every piece leans on each question, and the chance that follows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chalicelib.recogniser.weights import Array

QUESTIONS = ("ordinary", "anger", "sarcasm")
"""What is asked of a mention, one row of the array ``heads`` each: is it an ordinary request, and is its tone one of these."""

HEAD_ONE = 1 << 12
"""One, in ``heads``: whole numbers of at most 2^16."""

FINE = 1 << 16
"""One, in the state of a piece. 384 products of such a number (below 2^22) and a head stay below 2^47: a float holds them."""

STEPS, REACH = 256, 16
"""The table ``chance``: millionths by the sum for a question, in 256ths, from -16 to 16."""

ONE = 1_000_000
"""The chance of what is certain."""

_STEP = FINE * HEAD_ONE // STEPS


def leanings(state: Array, arrays: Mapping[str, Array]) -> Array:
    """How every piece (row) leans on each question (column), in whole numbers: their mean is the sum that the table knows."""
    return np.asarray((np.rint(state * FINE) @ arrays["heads"].T.astype(np.float64)).astype(np.int64))


def chances(leaning: Array, arrays: Mapping[str, Array]) -> list[int]:
    """The chance that each question is answered with yes, in millionths."""
    sums = leaning.sum(axis=0) // len(leaning) + arrays["bias"].astype(np.int64)
    places = np.clip(sums // _STEP + REACH * STEPS, 0, 2 * REACH * STEPS)
    return [int(chance) for chance in arrays["chance"][places]]
