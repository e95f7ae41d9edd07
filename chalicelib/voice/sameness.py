"""How alike two public texts are, as a stranger who scrolls past would say."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

NEAR = 0.8
"""Share of common word 3-shingles from which the robot index calls two replies near-copies."""

_URL = re.compile(r"(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"@\w+")
_INITIALS = re.compile(r"\^ ?\w{1,3}\b")
_HONORIFIC = re.compile(r"\b(?:mr|mrs|ms|miss|mx|dr|sir|madam)\b\.?")
_GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|dear)(?: there)?(?: (?!there)\w+)?|good (?:morning|afternoon|evening)(?: \w+)?) ?[,.!:–-]+"
)
_ADDRESSEE = re.compile(r"^(?:\W*@\w+)+\W*")
_NUMBER = re.compile(r"\d+")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """``text`` without what differs for free: case, look, links, handles, greeted names, initials, honorifics, numbers."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = "".join(character for character in folded if unicodedata.category(character) != "Cf")
    for pattern in (_URL, _HANDLE, _INITIALS, _HONORIFIC):
        folded = pattern.sub(" ", folded)
    folded = _GREETING.sub(" ", " ".join(folded.split()))
    return _BETWEEN_WORDS.sub(" ", _NUMBER.sub(" ", folded)).strip()


def mask(text: str, disclosures: Iterable[str]) -> str:
    """``text`` without any of the approved disclosures, which everybody repeats on purpose."""
    for disclosure in sorted(disclosures, key=len, reverse=True):
        text = re.sub(re.escape(disclosure), " ", text, flags=re.IGNORECASE)
    return text


def trigrams(text: str) -> frozenset[str]:
    """The character trigrams of the normalised text; a shorter one is its own single trigram."""
    plain = normalise(text)
    return frozenset(plain[at : at + 3] for at in range(max(1, len(plain) - 2)))


def overlap(a: frozenset[str], b: frozenset[str]) -> float:
    """Jaccard: the share of all that both have, 0 … 1."""
    return len(a & b) / len(a | b)


def similarity(a: str, b: str, disclosures: Iterable[str] = ()) -> float:
    """DESIGN §1's similarity of two texts, 0 … 1: character-trigram Jaccard after normalising, disclosures masked."""
    forms = tuple(disclosures)
    return overlap(trigrams(mask(a, forms)), trigrams(mask(b, forms)))


@dataclass(frozen=True, slots=True)
class RobotIndex:
    """How repeated a brand's replies are. ``exact`` and ``near`` count replies that repeat an earlier one of ``replies``."""

    replies: int
    exact: int
    near: int


def robot_index(texts: Sequence[str]) -> RobotIndex:
    """The robot index of replies in the order in which they were posted, to compare with what other brands do.

    Exact: identical once the addressee is dropped. Near: at least ``NEAR`` of the word 3-shingles in common with any
    earlier reply, after masking. Exact ones are near too.
    """
    said: set[str] = set()
    same: set[frozenset[str]] = set()
    shingled: list[frozenset[str]] = []
    where: dict[str, list[int]] = {}
    exact = near = 0
    for text in texts:
        bare, shingles = _bare(text), _shingles(text)
        exact += bare in said
        near += shingles in same or any(
            len(shingles & shingled[earlier]) >= NEAR * len(shingles | shingled[earlier]) for earlier in _like(shingles, where)
        )
        same.add(shingles)
        for shingle in shingles:
            where.setdefault(shingle, []).append(len(shingled))
        shingled.append(shingles)
        said.add(bare)
    return RobotIndex(len(texts), exact, near)


def most_used(texts: Sequence[str]) -> tuple[str, int]:
    """The text that was said most often once the addressee is dropped, and how often; ("", 0) where there is none."""
    counted = Counter(map(_bare, texts))
    return counted.most_common(1)[0] if counted else ("", 0)


def _like(shingles: frozenset[str], where: Mapping[str, Sequence[int]]) -> set[int]:
    """Every earlier reply that may be near, and few others: a near one has all but a fifth of the shingles at most.

    So it has one of any fifth and one more, also of the rarest.
    """
    rarest = sorted(shingles, key=lambda shingle: (len(where.get(shingle, ())), shingle))
    enough = len(shingles) - math.ceil(NEAR * len(shingles)) + 1
    return {earlier for shingle in rarest[:enough] for earlier in where.get(shingle, ())}


def _bare(text: str) -> str:
    return _ADDRESSEE.sub("", text).strip()


def _shingles(text: str) -> frozenset[str]:
    words = normalise(text).split()
    return frozenset(" ".join(words[at : at + 3]) for at in range(max(1, len(words) - 2)))
