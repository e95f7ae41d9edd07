"""Out-of-fold figures are honest: an author and a near-copy are never on both sides, and a table counts what passes."""

from __future__ import annotations

import numpy as np

from benchmarks.judgement.folds import fold_of, groups, line, table
from benchmarks.judgement.sources import Lesson

ASKS = "hi there, when does the shop in the old town open on sundays please"


def own(text: str, *reasons: str, author: str | None = None) -> Lesson:
    return Lesson(text, reasons, "own", author)


def test_one_author_and_near_copies_stay_in_one_fold() -> None:
    given = [own(ASKS), own(ASKS + " thanks"), own("one thing", author="a"), own("quite another", author="a"), own("a third one")]
    found = groups(given)
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert len(set(found)) == 3
    for count in (2, 3, 5, 50):
        folds = fold_of(given, count)
        assert folds[0] == folds[1]
        assert folds[2] == folds[3]


def test_every_fold_gets_its_share() -> None:
    folds = fold_of([own(f"question number {number} about shop {number * 7}") for number in range(500)], 5)
    assert min(np.bincount(folds, minlength=5)) > 70


def test_the_table_counts_what_passes_with_so_much_of_what_is_fine() -> None:
    given = [own(f"fine {at}") for at in range(10)] + [
        own("scam", "fraud_security"),
        own("grr", "anger"),
        own("ta", "no_ack_needed"),
    ]
    sums = np.array([*range(10, 0, -1), 6.5, 4.5, 2.5])
    assert table(given, sums) == "of 1 / 1 / 1, 10 fine: 0 / 0 / 0   1 / 0 / 0   1 / 1 / 0"


def test_a_sum_becomes_the_chance_that_was_counted() -> None:
    sums = np.repeat([-1.0, 1.0], 100)
    fine = np.array([1] * 20 + [0] * 80 + [1] * 70 + [0] * 30, float)
    slope, intercept = line(sums, fine)
    told = 1 / (1 + np.exp(-(slope * np.array([-1.0, 1.0]) + intercept)))
    assert np.allclose(told, [0.2, 0.7])
