"""What an acknowledgement never says: the law of every language here, the rest in the tone guide of each language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.voice.guide import Guide, Rule
from chalicelib.voice.length import weighs_one


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule: its name, the words that broke it, what to do."""

    rule: str
    found: str
    remedy: str


def _rule(name: str, pattern: str, remedy: str) -> Rule:
    return Rule(name, re.compile(pattern, re.IGNORECASE), remedy)


LAW = (
    _rule("exclamation", r"[!¡]", "end on a word; a full stop follows by itself"),
    _rule("question", r"[?¿]", "ask for nothing"),
    _rule("price", r"[€$£¥%]", "leave money to the person"),
    _rule("link", r"https?:|www\.|\b\w+\.(?:com|org|net|io|co|uk|eu|me|es)\b|/\w", "leave links to the person"),
    _rule("address", r"[@#]\w", "name nobody and no campaign"),
    _rule("initials", r"\^ ?\w{1,3}\b|(?:^|\s)[-–—] ?\w{2}$", "nobody signs what a machine posts"),
    _rule("number", r"\d", "only the slots may bring a number"),
    _rule("face", r"[:;]-?[()DPp](?!\w)", "no faces"),
)
"""What no guide can allow. Text of the mention needs no rule: no slot can see it."""


def check(text: str, guide: Guide) -> tuple[Fault, ...]:
    """Every rule that a wording (slots in braces, which are not read) or a topic breaks; empty where it breaks none."""
    said = re.sub(r"\{[^{}]*\}", " ", text)
    strange = tuple(
        Fault("character", f"U+{ord(character):04X}", "use characters that X counts once, and no control ones")
        for character in dict.fromkeys(said)
        if not weighs_one(character) or not character.isprintable()
    )
    plain = guide.without_exceptions(said)
    broken = [(rule, rule.pattern.search(said)) for rule in LAW] + [(rule, rule.pattern.search(plain)) for rule in guide.never]
    return (*strange, *(Fault(rule.name, found.group().strip(), rule.remedy) for rule, found in broken if found))


OF_PEOPLE = frozenset({"joke", "promise", "request-for-data", "contempt"})
"""The rules of a guide that hold for people too: the others say what a machine may not, and a person may thank and be sorry."""


def asked(text: str, guide: Guide) -> tuple[Fault, ...]:
    """What to ask a person about who wrote ``text``: it is theirs to say all the same."""
    plain = guide.without_exceptions(text)
    found = ((rule, rule.pattern.search(plain)) for rule in guide.never if rule.name in OF_PEOPLE)
    return tuple(Fault(rule.name, match.group().strip(), rule.remedy) for rule, match in found if match)


_SENTENCE = re.compile(r"[^\W\d_a-zß-öø-ÿ][^.]*\.")
_GAPS = {"{": "fill the slot", "}": "fill the slot", "  ": "single spaces", " ,": "fill the gap", " .": "fill the gap"}


def check_reading(text: str) -> tuple[Fault, ...]:
    """What is wrong with the shape of a whole reply, disclosure left out: it is one or more sentences, cleanly set."""
    found = [Fault("shape", bad, remedy) for bad, remedy in _GAPS.items() if bad in text]
    sentences = text.split(". ")
    closed = (*(f"{sentence}." for sentence in sentences[:-1]), sentences[-1])
    found += [
        Fault("sentence", sentence, "a capital first, a full stop last")
        for sentence in closed
        if not _SENTENCE.fullmatch(sentence)
    ]
    return tuple(found)
