"""The story of one mention as the ledger, its private halves, its state and its case tell it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chalicelib.domain.codec import decode, instant
from chalicelib.domain.decision import Decision
from chalicelib.domain.facts import Case
from chalicelib.ports import Key, Row

ENDS = {"posted": "acknowledge", "human": "human", "ignored": "ignore"}
"""The outcome that each end of a mention amounts to."""


class Finder(Protocol):
    """Searches a whole store, for people at a terminal only."""

    def find(self, table: str, partition_prefix: str, limit: int = 100) -> Sequence[tuple[Key, Row]]:
        """Rows whose partition starts with the prefix, in the order of partition and sort."""


class Lookup(Finder, Protocol):
    """The same, and rows by when they came, which only the embedded backend knows."""

    def recent(self, table: str, limit: int = 100) -> Sequence[tuple[Key, Row]]:
        """The rows of a table that were made last, newest first."""

    def history(self, after: int, limit: int = 100) -> Sequence[tuple[int, Key, Row]]:
        """Ledger rows in the order in which they came, each with its number, above ``after``."""

    def newest(self) -> int:
        """The number of the ledger row that came last; 0 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One record: its sort key, its public half, and its private half (None: nothing to hide, or erased)."""

    sort: str
    public: Mapping[str, Any]
    private: Mapping[str, Any] | None
    beside: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Every record of one id in order."""

    id: str
    records: tuple[Kept, ...]

    def kind(self, name: str) -> Kept | None:
        """The first record of a kind, None if there is none."""
        return next((kept for kept in self.records if kept.public.get("kind") == name), None)

    @property
    def at(self) -> datetime:
        """When it began (UTC)."""
        return instant(self.records[0].public["at"])

    @property
    def brand(self) -> str:
        """The brand, ``unknown`` where nobody could tell."""
        return self.records[0].public.get("brand") or "unknown"

    @property
    def decided(self) -> Mapping[str, Any]:
        """The public decision; empty where the records are of another kind."""
        kept = self.kind("decision")
        return kept.public["decision"] if kept else {}

    @property
    def decision(self) -> Decision | None:
        """The decision with its evidence; None where its private half was erased."""
        kept = self.kind("decision")
        return decode(Decision, kept.private["decision"]) if kept and kept.private else None

    @property
    def end(self) -> Mapping[str, Any]:
        """The body of the terminal record; empty while the mention is on its way."""
        kept = self.kind("terminal")
        return kept.public["body"] if kept else {}

    @property
    def outcome(self) -> str:
        """What it came to: the end if there is one, else what was decided."""
        return ENDS.get(str(self.end.get("state")), str(self.decided.get("outcome", "")))

    @property
    def rule(self) -> str:
        """The rule or the reason that stands for the outcome."""
        reason, outcome = self.end.get("reason"), self.decided.get("outcome")
        return str(reason) if reason and self.outcome != outcome else str(self.decided.get("rule", reason or ""))

    @property
    def mention(self) -> Mapping[str, Any]:
        """The mention as it was read; empty where its private half was erased."""
        kept = self.kind("decision")
        mention: Mapping[str, Any] = kept.private["facts"]["mention"] if kept and kept.private else {}
        return mention

    @property
    def reply(self) -> str | None:
        """The acknowledgement's text, None where there is none or it was erased."""
        kept = self.kind("decision")
        reply = kept.private.get("reply") if kept and kept.private else None
        return reply["text"] if reply else None


def stories(lookup: Finder, prefix: str, limit: int = 100) -> list[Story]:
    """The stories whose id starts with ``prefix``, at most ``limit`` rows long."""
    halves = {(key.partition, key.sort): row for key, row in lookup.find("private", prefix, limit)}
    found: dict[str, list[Kept]] = {}
    for key, row in lookup.find("ledger", prefix, limit):
        beside = halves.get((key.partition, key.sort), {})
        kept = Kept(sort=key.sort, public=json.loads(row["leaf"]), private=beside.get("half"), beside=beside)
        found.setdefault(key.partition, []).append(kept)
    return [Story(id=name, records=tuple(records)) for name, records in found.items()]


def latest(lookup: Lookup, limit: int, kind: str | None = None) -> list[Story]:
    """The stories that began or moved last, newest first; of one ``kind`` of record, else of all but views of others."""
    span = limit * 8
    while True:
        rows = lookup.recent("ledger", span)
        wanted = (key for key, row in rows if (row["kind"] == kind if kind else row["kind"] != "viewed"))
        ids = dict.fromkeys(key.partition for key in wanted)
        if len(ids) >= limit or len(rows) < span:
            return [story for name in list(ids)[:limit] for story in stories(lookup, name)]
        span *= 4


def value(fact: Any, default: Any = None) -> Any:
    """The value of an encoded fact, ``default`` where it is not known."""
    return fact.get("value", default) if isinstance(fact, dict) and fact.get("is") == "Known" else default


def handle_of(mention: Mapping[str, Any]) -> str:
    """Who wrote the mention, as people know them."""
    author = mention.get("author") or {}
    return str(value(author.get("handle")) or value(author.get("name")) or "unknown author")


def text_of(mention: Mapping[str, Any]) -> str:
    """The text of the mention, or why there is none."""
    fact = mention.get("text")
    found = value(fact)
    return str(found) if found is not None else f"({(fact or {}).get('why', 'erased')})"


def cases(lookup: Finder) -> list[Case]:
    """Every case, the most urgent first."""
    rows = [row for _, row in lookup.find("state", "case#", 100_000)]
    found = [decode(Case, dict(row)) for row in rows]
    return sorted(found, key=lambda case: (case.priority, case.due, case.id))


def case_of(lookup: Finder, mention: str, known: Sequence[Case] | None = None) -> Case | None:
    """The case that the mention opened or joined."""
    return next((case for case in (known if known is not None else cases(lookup)) if mention in case.mentions), None)
