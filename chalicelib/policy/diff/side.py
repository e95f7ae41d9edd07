"""One side of a diff: a bundle's document in normal form, lists and topics replaced by what they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.policy.deciding.bundle import FORMAT
from chalicelib.policy.diff.reach import Alternative, Names, Way, term, ways_of

Written = Mapping[str, Any]
"""A part of the document as it is written."""

NOTHING: frozenset[Way] = frozenset()
LAST = "(last resort)"
"""Stands before every way of a last resort; no phrase has such a symbol."""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as written, its owner (``baseline`` or a brand) and its alternatives in normal form."""

    owner: str
    written: Written
    alternatives: tuple[Alternative, ...]

    @property
    def id(self) -> str:
        """The rule's name."""
        return str(self.written["id"])

    @property
    def acknowledges(self) -> bool:
        """Whether it is an acknowledge rule; anything else counts as one for people."""
        return bool(self.written["outcome"] == "acknowledge")


@dataclass(frozen=True, slots=True)
class BrandForm:
    """One brand: its document, what its lists and topics hold, and its rules by name, the baseline's included."""

    written: Written
    names: Names
    phrases: Mapping[str, frozenset[str]]
    rules: Mapping[str, RuleForm]

    def of(self, acknowledges: bool) -> list[RuleForm]:
        """The rules of one section in the order of their names."""
        return [rule for _, rule in sorted(self.rules.items()) if rule.acknowledges is acknowledges]


@dataclass(frozen=True, slots=True)
class Side:
    """A whole bundle: the document, and its brands."""

    written: Written
    brands: Mapping[str, BrandForm]

    @property
    def engines(self) -> frozenset[str]:
        """The engines it was approved for."""
        return frozenset(self.written["engines"])


def side_of(document: bytes) -> Side:
    """The normal form of a bundle's bytes; raises ValueError where they are no bundle of this format."""
    try:
        written = json.loads(document)
        if written["format"] != FORMAT:
            raise ValueError("another format")
        pairs = [(source, phrase) for source, found in written["index"]["lists"].items() for phrase in found]
        ways = ways_of(pairs)
        phrases: dict[str, set[str]] = {}
        for source, phrase in pairs:
            phrases.setdefault(source, set()).add(phrase)
        return Side(written, {name: _brand(written, name, ways, phrases) for name in written["brands"]})
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a bundle: {type(error).__name__}") from None


def _brand(written: Written, name: str, ways: Mapping[str, frozenset[Way]], phrases: Mapping[str, set[str]]) -> BrandForm:
    brand = written["brands"][name]
    names = Names(
        lists={
            known: NOTHING.union(*(ways.get(source, NOTHING) for source in sources)) for known, sources in brand["lists"].items()
        },
        topics={topic: _topic(body, ways) for topic, body in brand["topics"].items()},
        last=frozenset(topic for topic, body in brand["topics"].items() if body.get("last")),
    )
    spelled = {
        **{f"list {known}": _spelled(sources, phrases) for known, sources in brand["lists"].items()},
        **{f"topic {topic}": _spelled(body["sources"], phrases) for topic, body in brand["topics"].items()},
    }
    rules = {
        rule["id"]: RuleForm(owner, rule, tuple(_alternative(checks, names) for checks in rule["alternatives"]))
        for owner in ("baseline", name)
        for rule in written["rules"].get(owner, ())
    }
    return BrandForm(brand, names, spelled, rules)


def _topic(body: Written, ways: Mapping[str, frozenset[Way]]) -> frozenset[Way]:
    """What recognises a topic. A last resort is silent beside any other, so its ways cover no other's and none covers them."""
    found = NOTHING.union(*(ways.get(source, NOTHING) for source in body["sources"]))
    return frozenset((LAST, *way) for way in found) if body.get("last") else found


def _alternative(checks: Any, names: Names) -> Alternative:
    return tuple(term(name, argument, names) for name, argument in checks)


def _spelled(sources: Any, phrases: Mapping[str, set[str]]) -> frozenset[str]:
    return frozenset(phrase for source in sources for phrase in phrases.get(source, ()))
