"""Thirty-two writers of one voice at once: nothing that they do may break the guarantee."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest

from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.limits import Limits
from chalicelib.embedded.memory import START
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import AbsentOrBefore, Cancelled, Put
from chalicelib.steps.judge import word_expiry
from chalicelib.voice.compose import RUN, Composed, Request, compose, upcoming
from chalicelib.voice.expectation import Expectation
from chalicelib.voice.voice import Voice, load

LIMITS = Limits(window=timedelta(hours=1))
WRITERS, ROUNDS = 32, 9
ASK = Request(language="en", topic="card", team="cards team", expectation=Expectation(minutes=40), cursor=0, length_limit=280)


@dataclass
class Street:
    """One voice on one store; everybody sees the cursor and the switch, in whatever order the threads get there."""

    voice: Voice
    locked: bool = True
    store: SqliteStore = field(default_factory=lambda: SqliteStore(":memory:"))
    cursor: int = 0
    withdrawn: frozenset[str] = frozenset()
    posted: list[tuple[datetime, Composed]] = field(default_factory=list)
    exhausted: int = 0
    mine: threading.Lock = field(default_factory=threading.Lock)

    def write(self, seed: int, now: datetime) -> None:
        """One acknowledgement: words, the lock on them, and then a crash, a refusal or a post within its deadline."""
        pick, taken = Random(seed), frozenset[str]()
        for _ in range(6):
            ask = replace(ASK, cursor=self.cursor if pick.random() < 0.9 else pick.randrange(9999), withdrawn=self.withdrawn)
            found = compose(self.voice, replace(ask, taken=taken))
            if not isinstance(found, Composed):
                with self.mine:
                    self.exhausted += 1
                return
            deadline = now + LIMITS.deadline
            expires = iso(deadline + word_expiry(LIMITS))
            free = () if not self.locked else (AbsentOrBefore("expires", iso(now)),)
            if not isinstance(self.store.commit([Put(keys.word(found.lock), {"expires": expires}, when=free)]), Cancelled):
                return self._said(found, pick, now)
            ahead = [lock for _, lock in upcoming(self.voice, found.next_cursor, RUN, self.withdrawn)]
            rows = self.store.read([keys.word(lock) for lock in ahead])
            held = {lock for lock in ahead if (row := rows.get(keys.word(lock))) and str(row["expires"]) >= iso(now)}
            taken |= held | {found.lock}

    def _said(self, found: Composed, pick: Random, now: datetime) -> None:
        if pick.random() < 0.9:  # a crash here loses the cursor
            self.cursor = found.next_cursor
        if pick.random() < 0.8:  # refused, stopped or crashed: the word stays locked and is never seen
            with self.mine:
                self.posted.append((now + pick.random() * LIMITS.deadline, found))

    def worst(self) -> int:
        """The most wordings that two posts inside the window share."""
        pairs = itertools.combinations(sorted(self.posted, key=lambda one: one[0]), 2)
        near = ((a[1], b[1]) for a, b in pairs if b[0] - a[0] <= LIMITS.window)
        return max(len(set(a.wordings) & set(b.wordings)) for a, b in near)


def lived(voice: Voice, locked: bool = True) -> Street:
    """Nine rounds of half an hour: the code is gone through twice and more, wordings are withdrawn, at last all of a part."""
    street, pick = Street(voice, locked), Random(5)
    everything = [wording.mark(part) for part, wordings in voice.parts.items() for wording in wordings.values()]
    with ThreadPoolExecutor(WRITERS) as pool:
        for turn in range(ROUNDS):
            now = START + turn * timedelta(minutes=30)
            street.withdrawn = frozenset(everything[:5] if turn == ROUNDS - 1 else pick.sample(everything, turn % 3))
            list(pool.map(street.write, range(turn * 999, turn * 999 + WRITERS), itertools.repeat(now)))
    return street


@pytest.fixture
def five(document: dict[str, Any]) -> Voice:
    """The smallest code: 125 words of 25 wordings, so that it wraps early."""
    document["p"] = "5"
    document["parts"] = {
        part: {at: said for at, said in known.items() if int(at) < 5} for part, known in document["parts"].items()
    }
    return load(document)


def test_no_two_posts_inside_the_window_share_more_than_two_wordings(five: Voice) -> None:
    street = lived(five)
    assert street.worst() == 2
    words = [one.index for _, one in street.posted]
    assert len(words) > len(set(words)), "the code was gone through more than once, and words came back after their window"
    assert street.exhausted == WRITERS, "where no word is left, a person answers"


def test_without_the_lock_the_same_words_meet(five: Voice) -> None:
    assert lived(five, locked=False).worst() == 5
