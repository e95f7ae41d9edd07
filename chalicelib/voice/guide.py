"""The tone guide of a language: what its voices never say, how long a sentence may be and how hard to read; data, not code."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.domain.codec import Json
from chalicelib.voice import document
from chalicelib.voice.document import VoiceError

REQUIRED = frozenset(
    {
        "thanks",
        "apology",
        "joke",
        "feeling",
        "first-person",
        "private-channel",
        "request-for-data",
        "fact",
        "promise",
        "time",
    }
)
"""What every guide has words for: a guide may say more of each, and never nothing."""

_KEYS = frozenset({"language", "longest_sentence", "hardest", "never"})
_TOKEN = re.compile(r"[^\s()|*]+\*?|\((?:[^\s()|*]+\*?\|)+[^\s()|*]+\*?\)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is never said. ``pattern`` is read without regard to case."""

    name: str
    pattern: re.Pattern[str]
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """How one language sounds.

    ``longest_sentence`` counts words, ``hardest`` is the highest LIX of a reply (``voice.reading``), ``known_words`` are
    spelled right although a dictionary may not have them, ``except_`` matches what the rules in ``never`` pass over.
    """

    language: str
    longest_sentence: int
    hardest: int
    never: tuple[Rule, ...]
    except_: re.Pattern[str] | None
    known_words: frozenset[str]

    def without_exceptions(self, text: str) -> str:
        """``text`` with every excepted phrase blanked out, so that no rule sees it."""
        straight = text.replace("’", "'")
        return straight if self.except_ is None else self.except_.sub("_", straight)


def load(source: Json) -> Guide:
    """The guide that a document describes; raises VoiceError where it describes none, or leaves one of ``REQUIRED`` out."""
    root = document.mapping(source, "", _KEYS, frozenset({"known_words", "except"}))
    never = document.mapping(
        root["never"], "never", REQUIRED, frozenset(root["never"]) if isinstance(root["never"], dict) else REQUIRED
    )
    exceptions = document.lines(root.get("except", []), "except")
    return Guide(
        language=document.name(root["language"], "language"),
        longest_sentence=document.number(root["longest_sentence"], "longest_sentence"),
        hardest=document.number(root["hardest"], "hardest"),
        never=tuple(_rule(name, said) for name, said in never.items()),
        except_=_any_of(exceptions, "except") if exceptions else None,
        known_words=frozenset(word.casefold() for word in document.lines(root.get("known_words", []), "known_words")),
    )


def _rule(name: str, source: object) -> Rule:
    place = f"never.{document.name(name, f'never.{name}')}"
    keys = document.mapping(source, place, frozenset({"words", "instead"}))
    words = document.lines(keys["words"], f"{place}.words")
    if not words:
        raise VoiceError(f"{place}.words", "there is none", "write at least one word or phrase")
    return Rule(name, _any_of(words, f"{place}.words"), document.text(keys["instead"], f"{place}.instead"))


def _any_of(phrases: tuple[str, ...], place: str) -> re.Pattern[str]:
    """One pattern for all phrases; only literals, alternatives and endings, so it reads in linear time."""
    alternatives = "|".join(_pattern(phrase, f"{place}.{at}") for at, phrase in enumerate(phrases))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def _pattern(phrase: str, place: str) -> str:
    tokens = phrase.replace("’", "'").split(" ")
    if not all(_TOKEN.fullmatch(token) for token in tokens):
        raise VoiceError(place, "this is no phrase", "write words; word* is any ending, (a|b) one of these")
    return r"\s+".join(_one_of(token) for token in tokens)


def _one_of(token: str) -> str:
    ways = token.strip("()").split("|")
    return "(?:" + "|".join(re.escape(way.rstrip("*")) + (r"\w*" if way.endswith("*") else "") for way in ways) + ")"
