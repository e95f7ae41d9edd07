"""What an acknowledgement never says: rules as data, for every language and for each one that has a voice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.voice.length import weighs_one


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: its name, the words that broke it, what to do."""

    rule: str
    found: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is never said. ``pattern`` is read without regard to case."""

    name: str
    pattern: re.Pattern[str]
    remedy: str


def _rule(name: str, pattern: str, remedy: str) -> Rule:
    return Rule(name, re.compile(pattern, re.IGNORECASE), remedy)


def _words(name: str, alternatives: str, remedy: str) -> Rule:
    return _rule(name, rf"\b(?:{alternatives})\b", remedy)


EVERY_LANGUAGE = (
    _rule("exclamation", r"[!¡]", "end on a word; a full stop follows by itself"),
    _rule("question", r"[?¿]", "ask for nothing"),
    _rule("price", r"[€$£¥%]", "leave money to the person"),
    _rule("link", r"https?:|www\.|\b\w+\.(?:com|org|net|io|co|uk|eu|me)\b|/\w", "leave links to the person"),
    _rule("address", r"[@#]\w", "name nobody and no campaign"),
    _rule("initials", r"\^ ?\w{1,3}\b|(?:^|\s)[-–—] ?\w{2}$", "nobody signs what a machine posts"),
    _rule("number", r"\d", "only the slots may bring a number"),
    _rule("face", r"[:;]-?[()DPp](?!\w)", "no faces"),
)

BY_LANGUAGE: Mapping[str, tuple[Rule, ...]] = {
    "en": (
        _words("thanks", r"thank\w*|thx|cheers|grateful|appreciat\w+", "acknowledge without thanks"),
        _words(
            "apology",
            r"sorry|apolog\w+|regret\w*|forgive|pardon|inconvenien\w+|unfortunate\w*",
            "an apology is a person's to make",
        ),
        _words("joke", r"ha(?:ha)+|lol|oops|uh-oh|yikes|psst|fun|funny|kidding", "humour belongs to people"),
        _words(
            "feeling",
            r"great|awesome|amazing|lovely?|happy|glad|delighted|pleased|excited|valued|hope\w*|understandabl\w+",
            "stay neutral",
        ),
        _words("first person singular", r"i|i['’]\w+|me|my|mine|myself", "a machine is nobody: say “we”"),
        _words(
            "private channel",
            r"dms?|direct messages?|inbox|private(?:ly)?|whatsapp|telegram|messenger|e-?mail|phone(?! line)|call",
            "stay in public",
        ),
        _words(
            "request for data",
            r"(?:send|share|provide|confirm|tell|give|message|text|ring|contact) (?:us|your|over)"
            r"|please|password|passcode|pin|account number|postcode|date of birth",
            "ask for nothing",
        ),
        _words(
            "fact",
            r"because|due to|caused by|according to|our polic(?:y|ies)|policy (?:is|says)|outage|maintenance|known issue|terms",
            "give no reason",
        ),
        _words(
            "promise",
            r"fixed|resolved|solved|sorted|refunded|compensat\w+|replaced|repaired|guarantee\w*|promis\w+",
            "promise a person, no result",
        ),
        _words(
            "time",
            r"today|tonight|tomorrow|soon|shortly|quickly|immediately|asap|right away|in no time"
            r"|minutes?|(?<!opening )hours?|days?",
            "only the slot {when} may name a time",
        ),
    ),
}


def check(text: str, language: str = "en") -> tuple[Problem, ...]:
    """Every rule that a wording (slots in braces, which are not read) or a topic breaks; empty where it breaks none.

    A language without rules is a problem of its own: nobody could say what its voice must not say. Text of the mention
    needs no rule: no slot can see it.
    """
    said = re.sub(r"\{[^{}]*\}", " ", text)
    strange = tuple(
        Problem("character", f"U+{ord(character):04X}", "use characters that X counts once, and no control ones")
        for character in dict.fromkeys(said)
        if not weighs_one(character) or not character.isprintable()
    )
    if language not in BY_LANGUAGE:
        return (*strange, Problem("language", language, "write the rules of this language first"))
    broken = ((rule, rule.pattern.search(said)) for rule in (*EVERY_LANGUAGE, *BY_LANGUAGE[language]))
    return (*strange, *(Problem(rule.name, found.group().strip(), rule.remedy) for rule, found in broken if found))


_SENTENCE = re.compile(r"[^\W\d_a-zß-öø-ÿ][^.]*\.")


def check_reading(text: str) -> tuple[Problem, ...]:
    """What is wrong with the shape of a whole reply, disclosure left out: it is one or more sentences, cleanly set."""
    found = [
        Problem("shape", bad, remedy)
        for bad, remedy in (
            ("{", "fill the slot"),
            ("}", "fill the slot"),
            ("  ", "single spaces"),
            (" ,", "fill the gap"),
            (" .", "fill the gap"),
        )
        if bad in text
    ]
    sentences = text.split(". ")
    closed = (*(f"{sentence}." for sentence in sentences[:-1]), sentences[-1])
    found += [
        Problem("sentence", sentence, "a capital first, a full stop last")
        for sentence in closed
        if not _SENTENCE.fullmatch(sentence)
    ]
    return tuple(found)
