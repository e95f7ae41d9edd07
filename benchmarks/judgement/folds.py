"""Out-of-fold figures: what a network says about lessons of which it has seen neither the author nor a near-copy."""

from __future__ import annotations

import hashlib
import math
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.judgement.sources import Lesson

NEAR = 0.5
"""Two texts whose word 3-shingles overlap by this much are near-copies: they stay together."""

SHARES = (0.4, 0.6, 0.8)


def groups(lessons: Sequence[Lesson]) -> list[int]:
    """The group of each lesson: one author, near-copies, and whatever hangs together by these."""
    parent = list(range(len(lessons)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = place = parent[parent[place]]
        return place

    by_author: dict[str, int] = {}
    holders: dict[str, list[int]] = defaultdict(list)
    taken = [_shingles(lesson.text) for lesson in lessons]
    for place, lesson in enumerate(lessons):
        if lesson.author:
            parent[root(place)] = root(by_author.setdefault(lesson.author, place))
        for other in {one for shingle in taken[place] for one in holders[shingle]}:
            if len(taken[place] & taken[other]) >= NEAR * len(taken[place] | taken[other]):
                parent[root(place)] = root(other)
        for shingle in taken[place]:
            holders[shingle].append(place)
    return [root(place) for place in range(len(lessons))]


def _shingles(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_]+", re.sub(r"@\w+|https?://\S+", " ", text.casefold()))
    return frozenset(" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2)))


def fold_of(lessons: Sequence[Lesson], count: int) -> list[int]:
    """The fold of each lesson; a whole group has one, drawn by its first text."""
    drawn = (hashlib.sha256(lessons[group].text.encode()).digest() for group in groups(lessons))
    return [int.from_bytes(one[:4], "big") % count for one in drawn]


def show(given: Sequence[Lesson], count: int, told: Callable[[Sequence[Lesson], Sequence[Lesson]], Any]) -> None:
    """Train ``count`` times and print, per set, how many of each class pass where so much of what is fine passes.

    ``told`` learns its first lessons and gives the sum of each of the others.
    """
    fold = fold_of(given, count)
    found = np.zeros(len(given))
    for one in range(count):
        print(f"fold {one + 1} of {count}", file=sys.stderr, flush=True)
        out = [place for place in range(len(given)) if fold[place] == one]
        rest = [lesson for place, lesson in enumerate(given) if fold[place] != one]
        found[out] = told(rest, [given[place] for place in out])
    print(f"{len(set(groups(given)))} groups; critical / serious / soft that pass where 40, 60 and 80 % of the fine ones do")
    for name in ("own", "ibm"):
        mine = [place for place, lesson in enumerate(given) if lesson.source == name]
        print(f"{name:5} {table([given[place] for place in mine], found[mine])}")
    near = [place for place, lesson in enumerate(given) if lesson.source in ("own", "ibm")]
    slope, intercept = line(found[near], np.array([not given[place].reasons for place in near], float))
    print(f"as a chance: SLOPE, INTERCEPT = {slope:.3f}, {intercept:.3f}")


def table(lessons: Sequence[Lesson], sums: Any) -> str:
    """One row: how many there are of each class, and how many pass at each share of the fine ones."""
    severity = np.array([lesson.severity for lesson in lessons])
    fine = np.sort(sums[severity == 0])[::-1]
    counts = [int((severity == kind).sum()) for kind in (3, 2, 1, 0)]
    cells = []
    for share in SHARES:
        over = sums >= fine[max(0, math.ceil(share * len(fine)) - 1)]
        cells.append(" / ".join(str(int((over & (severity == kind)).sum())) for kind in (3, 2, 1)))
    return f"of {counts[0]} / {counts[1]} / {counts[2]}, {counts[3]} fine: " + "   ".join(cells)


def line(sums: Any, fine: Any) -> tuple[float, float]:
    """Slope and intercept that turn a sum into a chance: logistic regression on one number, by Newton's method."""
    slope, intercept = 1.0, 0.0
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(slope * sums + intercept)))
        spread = chance * (1 - chance)
        pull = np.array([((fine - chance) * sums).sum(), (fine - chance).sum()])
        bend = np.array([[(spread * sums * sums).sum(), (spread * sums).sum()], [(spread * sums).sum(), spread.sum()]])
        slope, intercept = np.array([slope, intercept]) + np.linalg.solve(bend, pull)
    return float(slope), float(intercept)
