"""Slips of one letter: which words of a text are one letter away from a cue. Only for checks that refuse."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from weakref import WeakKeyDictionary

from chalicelib.policy.phrases.everyday_words import EVERYDAY
from chalicelib.policy.phrases.index import Index
from chalicelib.policy.text.language_words import ENGLISH
from chalicelib.policy.text.reading import Kind, Reading, Token

SHORTEST_CUE = 5
"""Letters; among shorter words too many ordinary ones are neighbours (``scam``, ``scan``)."""

_SHORTEST_STEM = 6
_AFFIX = 2
_WORDS = re.compile(r"[a-z']+\*?")


class Cues:
    """The longer words of some lists. A slip leaves the first or the last two letters as they are, so both lead to the cue."""

    def __init__(self, phrases: Iterable[str], known: frozenset[str]) -> None:
        """``phrases`` as written; ``known`` are words that stand for themselves."""
        self._known = known
        self._filed: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._stems: dict[str, list[str]] = defaultdict(list)
        for word in {found.replace("'", "") for phrase in phrases for found in _WORDS.findall(phrase.lower())}:
            if len(word) >= SHORTEST_CUE and not word.endswith("*"):
                self._filed[f"{word[:_AFFIX]}-", len(word)].append(word)
                self._filed[f"-{word[-_AFFIX:]}", len(word)].append(word)
            elif len(word) > _SHORTEST_STEM:
                self._stems[word[0]].append(word[:-1])
                self._stems[word[1 : 1 + _AFFIX]].append(word[:-1])

    def meant_by(self, word: str) -> tuple[str, ...]:
        """The cues one letter away from ``word``: one letter other, missing, too many, or two neighbours exchanged."""
        if len(word) < SHORTEST_CUE - 1 or not word.isascii() or self._stands_for_itself(word):
            return ()
        found = {
            cue
            for length in (len(word) - 1, len(word), len(word) + 1)
            for affix in (f"{word[:_AFFIX]}-", f"-{word[-_AFFIX:]}")
            for cue in self._filed.get((affix, length), ())
            if one_letter_apart(word, cue)
        }
        inner = {word[0], *(word[place : place + _AFFIX] for place in range(3))}
        found.update(stem for key in inner for stem in self._stems.get(key, ()) if _begins(word, stem))
        return tuple(sorted(found - {word}))

    def _stands_for_itself(self, word: str) -> bool:
        return any(word.removesuffix(ending) in self._known for ending in ("", "s", "ed", "d", "ing", "er", "ly"))


def with_slips(reading: Reading, cues: Cues) -> Reading | None:
    """``reading`` with the cues that its words may mean as further forms of them; None where no word is near a cue."""
    tokens = tuple(_read_anew(token, cues) for token in reading.tokens)
    return None if tokens == reading.tokens else replace(reading, tokens=tokens)


def cues_of(index: Index, sources: frozenset[str]) -> Cues:
    """The cues of some lists of an index, worked out once."""
    kept = _CUES.setdefault(index, {})
    if sources not in kept:
        words = {word.strip("*").replace("'", "") for written in index.written for word in _WORDS.findall(written.lower())}
        phrases = (written for source, written in zip(index.sources, index.written, strict=True) if source in sources)
        kept[sources] = Cues(phrases, frozenset(words) | ENGLISH | EVERYDAY)
    return kept[sources]


@lru_cache(maxsize=4096)
def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter was changed, left out or put in, or two neighbours were exchanged, to make the other word."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    first = next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) != len(other):
        longer, shorter = (one, other) if len(one) > len(other) else (other, one)
        return longer[first + 1 :] == shorter[first:]
    exchanged = one[first : first + 2] == other[first : first + 2][::-1] and one[first + 2 :] == other[first + 2 :]
    return exchanged or one[first + 1 :] == other[first + 1 :]


def _begins(word: str, stem: str) -> bool:
    starts = (word[: len(stem) - 1], word[: len(stem)], word[: len(stem) + 1])
    return not word.startswith(stem) and any(one_letter_apart(start, stem) for start in starts)


def _read_anew(token: Token, cues: Cues) -> Token:
    if token.kind not in (Kind.WORD, Kind.HASHTAG):
        return token
    meant = cues.meant_by(token.forms[0])
    return token._replace(forms=tuple(dict.fromkeys((*token.forms, *meant)))) if meant else token


_CUES: WeakKeyDictionary[Index, dict[frozenset[str], Cues]] = WeakKeyDictionary()
"""Worked out from an index that never changes, so that it is the same whoever asks first."""
