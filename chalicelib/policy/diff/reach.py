"""How far a check reaches: whether one holds only where another holds, proven on the argument and never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.policy.phrases.phrase import GAP, expand

Way = tuple[str, ...]
"""One way to read a phrase, as symbols (see ``phrases``)."""

OVER = frozenset(
    {"author_followers_over", "channels_tried_over", "exclamations_over", "mentions_others_over", "ordinary_over"}
    | {"posted_capitals_over", "sentences_over", "wait_over_minutes", "words_over"}
)
"""Checks of a number that hold less often the larger it is."""

UNDER = frozenset({"account_age_under", "words_under"})
"""Checks of a number that hold less often the smaller it is."""

AMONG = frozenset({"language_is", "form_is", "history_has"})
"""Checks of plain names that hold more often the more names there are."""

NOT_AMONG = frozenset({"language_not"})
PHRASES = frozenset({"text_has", "asks", "handle_has"})
NO_PHRASES = frozenset({"text_lacks"})
TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Names:
    """What the lists and topics of one brand hold: name → every way to read a phrase of it; ``last``: its last resorts."""

    lists: Mapping[str, frozenset[Way]]
    topics: Mapping[str, frozenset[Way]]
    last: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Term:
    """One check in normal form: its lists and topics are replaced by what they hold."""

    name: str
    argument: str
    number: int = 0
    names: frozenset[str] = frozenset()
    ways: frozenset[Way] = frozenset()


Alternative = tuple[Term, ...]


def term(name: str, argument: Any, names: Names) -> Term:
    """The normal form of one check as the bundle writes it."""
    written = json.dumps(argument, sort_keys=True)
    if name in OVER | UNDER and type(argument) is int:
        return Term(name, written, number=argument)
    if name in AMONG | NOT_AMONG and isinstance(argument, list):
        return Term(name, written, names=frozenset(argument))
    if name in PHRASES | NO_PHRASES and isinstance(argument, list):
        return Term(name, "", ways=frozenset().union(*(names.lists[one] for one in argument)))
    if name == TOPIC:
        wanted = names.topics.keys() - names.last if argument == "any" else argument
        return Term(name, "", ways=frozenset().union(*(names.topics[one] for one in wanted)))
    return Term(name, written)


def implies(one: Term, other: Term) -> bool:
    """Whether ``other`` is true where ``one`` is, and not false where ``one`` is not false. False where nobody can tell."""
    if one.name != other.name:
        return False
    if one.name in OVER:
        return one.number >= other.number
    if one.name in UNDER:
        return one.number <= other.number
    if one.name in AMONG:
        return one.names <= other.names
    if one.name in NOT_AMONG:
        return one.names >= other.names
    if one.name in PHRASES or one.name == TOPIC:
        return not uncovered(one.ways, other.ways)
    if one.name in NO_PHRASES:
        return not uncovered(other.ways, one.ways)
    return one.argument == other.argument


def narrower(one: Alternative, other: Alternative) -> bool:
    """Whether ``one`` holds only where ``other`` holds: each of the other's checks follows from one of its own."""
    return all(any(implies(mine, theirs) for mine in one) for theirs in other)


def uncovered(ways: frozenset[Way], by: frozenset[Way]) -> frozenset[Way]:
    """Those of ``ways`` that a text may match without matching any of ``by`` at the same place."""
    rest = ways - by
    begun = [way for way in by if any(symbol.endswith("*") for symbol in way)] if rest else []
    return frozenset(way for way in rest if not any(_covers(wider, way) for wider in begun))


def _covers(wider: Way, way: Way) -> bool:
    return len(wider) == len(way) and all(_takes(symbol, other) for symbol, other in zip(wider, way, strict=True))


def _takes(symbol: str, other: str) -> bool:
    """Whether every word that ``other`` takes is one that ``symbol`` takes (``burn*`` takes ``burning`` and ``burnt*``)."""
    if symbol == other:
        return True
    return symbol.endswith("*") and other != GAP and not other.startswith("[") and other.startswith(symbol[:-1])


def ways_of(phrases: Sequence[Sequence[str]]) -> dict[str, frozenset[Way]]:
    """List → every way to read its phrases, from the pairs (list, phrase) of a bundle."""
    found: dict[str, set[Way]] = {}
    for source, phrase in phrases:
        found.setdefault(source, set()).update(expand(phrase))
    return {source: frozenset(ways) for source, ways in found.items()}
