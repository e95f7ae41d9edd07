"""In which language a text is, by positive evidence; short or mixed texts are in none that we would swear to."""

from __future__ import annotations

from chalicelib.policy.text.language_words import ENGLISH, OTHERS
from chalicelib.policy.text.reading import Kind, Reading

_FEWEST_WORDS = 2
_SHARE_OF_TEN = 3
_MARGIN = 4

_SHARED = frozenset(word for words in OTHERS.values() for word in words) & ENGLISH
"""Words of English and of another language: they speak for English only beside a word that is English alone."""

NO_LANGUAGE = frozenset({"und", "mul", "zxx", "art", "qam", "qct", "qht", "qme", "qst", ""})
"""What X and ISO 639 write where they saw no language (docs.x.com, ``lang``)."""


def detect(reading: Reading) -> tuple[str | None, str]:
    """The language of the text (ISO 639-1) or None, and what speaks for that, in words without any of the text.

    English needs two of its everyday words, a fair share of the text, and four times more than any other language has.
    """
    words = [token.forms[0] for token in reading.tokens if token.kind is Kind.WORD]
    if foreign := sum(1 for word in words if not _latin(word)):
        return None, f"{foreign} of {len(words)} words are not in Latin letters"
    english = [word for word in words if word in ENGLISH]
    alone = sum(1 for word in english if word not in _SHARED)
    others = {name: sum(1 for word in words if word in known and word not in ENGLISH) for name, known in OTHERS.items()}
    best, count = max(others.items(), key=lambda found: (found[1], found[0]))
    says = f"{len(english)} of {len(words)} words are English, {count} are of another language"
    if alone and len(english) >= max(_FEWEST_WORDS, _MARGIN * count) and len(english) * 10 >= _SHARE_OF_TEN * len(words):
        return "en", says
    if count >= _FEWEST_WORDS and count > alone and count * 10 >= _SHARE_OF_TEN * len(words):
        return best, says
    return None, says


def contradicts(told: str, detected: str | None) -> bool:
    """Whether the platform names a real language other than the one detected."""
    primary = told.lower().replace("_", "-").split("-")[0]
    return primary not in NO_LANGUAGE and primary != detected


def _latin(word: str) -> bool:
    return word.isascii() or all(letter < "\u0250" or "\u1e00" <= letter <= "\u1eff" for letter in word)
