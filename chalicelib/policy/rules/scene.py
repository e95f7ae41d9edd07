"""What a check may look at: the facts, the text as read, the phrases found in it, and the brand's policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from chalicelib.domain.account import Account
from chalicelib.domain.fact import Known, Unknown
from chalicelib.domain.facts import Facts
from chalicelib.policy.phrases.index import Found, Index, Span, scan
from chalicelib.policy.rules.rule import BrandPolicy, Topic
from chalicelib.policy.text import language
from chalicelib.policy.text.reading import LONGEST_WORD, Kind, Reading, Token, read

_SHORTEST_PART = 4
_LONGEST_PART = 24


class Scene:
    """One mention before one brand's policy. Everything is worked out once, when it is first asked for."""

    def __init__(self, facts: Facts, policy: BrandPolicy, index: Index, own: frozenset[Account]) -> None:
        self.facts = facts
        self.policy = policy
        self.index = index
        self.own = own

    @cached_property
    def own_ids(self) -> frozenset[tuple[str, str]]:
        """(platform, id) of every account of the deployment."""
        return frozenset((account.platform, account.id) for account in self.own)

    def own_handles(self, platform: str) -> frozenset[str]:
        """The deployment's handles on one platform, folded, with ``@``."""
        return frozenset("@" + account.handle.lstrip("@").casefold() for account in self.own if account.platform == platform)

    @cached_property
    def today(self) -> date:
        """The date on the brand's calendar when a reply would go out."""
        return self.facts.posting_at.astimezone(ZoneInfo(self.policy.brand.zone)).date()

    @cached_property
    def reading(self) -> Reading | None:
        """The text as read; None where the text is not known."""
        text = self.facts.mention.text
        return read(text.value) if isinstance(text, Known) else None

    @cached_property
    def found(self) -> Found | None:
        """The phrases in the text, those in the brand's own name with them."""
        return Found(self.index, self.reading) if self.reading is not None else None

    @cached_property
    def sources(self) -> Set[str]:
        """The sources that have a hit in the text; empty where the text is not known."""
        if self.found is None:
            return frozenset()
        sources = self.found.sources
        return self._spans.keys() if self.policy.own_names in sources else sources

    @cached_property
    def _spans(self) -> Mapping[str, list[Span]]:
        """Source → hits in the text. What lies within the brand's own name is not a hit (a brand may be called Virgin)."""
        found = self.found.spans if self.found is not None else {}
        own = found.get(self.policy.own_names)
        if own is None:
            return found
        outside = {
            source: [span for span in spans if not any(name[0] <= span[0] and span[1] <= name[1] for name in own)]
            for source, spans in found.items()
        }
        return {source: spans for source, spans in outside.items() if spans}

    def hits(self, lists: Iterable[str]) -> list[tuple[int, int, str, str]]:
        """(start, end, list, phrase) for the named lists of this brand, in the order of the text."""
        by_source, sources_of = self._spans, self.policy.lists
        found = [
            (start, end, name, phrase)
            for name in lists
            for source in sources_of[name]
            if source in by_source
            for start, end, phrase in by_source[source]
        ]
        found.sort()
        return found

    @cached_property
    def topics(self) -> tuple[tuple[Topic, Span], ...]:
        """The topics recognised, the one that stands for the mention first: earliest span, then longest, then name.

        Last resorts are among them only where there is nothing else.
        """
        found = [
            (topic, span)
            for topic in self.policy.topics.values()
            for source in topic.sources
            for span in self._spans.get(source, ())
        ]
        found = [pair for pair in found if not pair[0].last] or found
        return tuple(sorted(found, key=lambda pair: (pair[1][0], -pair[1][1], pair[0].id, pair[1][2])))

    @cached_property
    def language(self) -> tuple[str | None, str]:
        """The language of the text and why; none where the platform says another one."""
        if self.reading is None:
            return None, "the text is unknown"
        detected, says = language.detect(self.reading)
        told = self.facts.mention.language
        if isinstance(told, Unknown):
            return None, f"{says}; the platform's word is unknown ({told.why})"
        if isinstance(told, Known) and language.contradicts(told.value, detected):
            return None, f"{says}; the platform says {told.value}"
        return detected, says

    def name_hits(self, sources: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Source → phrases of ``sources`` found in the author's handle or display name, also inside run-together words."""
        author, index = self.facts.mention.author, self.index.only(sources)
        found: dict[str, tuple[str, ...]] = {}
        for fact in (author.handle, author.name):
            if isinstance(fact, Known):
                for hit in scan(index, _name_reading(fact.value, index)):
                    found[hit.source] = (*found.get(hit.source, ()), hit.phrase)
        return found

    @cached_property
    def words(self) -> int | None:
        """How many words the text has, without handles, links, hashtags and emoji; None where the text is not known."""
        if self.reading is None:
            return None
        return sum(1 for token in self.reading.tokens if token.kind in (Kind.WORD, Kind.NUMBER))


def _name_reading(name: str, index: Index) -> Reading:
    """A handle reads as words, and every part of it of four letters or more that ``index`` asks for as a word too."""
    plain = read("#" + name.lstrip("@#")[:LONGEST_WORD]) if name.lstrip("@#") else read("")
    spaced = read(name)
    whole = "".join([token.forms[-1].lstrip("#@") for token in spaced.tokens])[:LONGEST_WORD]
    parts = frozenset(_parts(whole, index.stems))
    extra = (Token(Kind.WORD, tuple(sorted(parts)), 0, len(name)),) if parts else ()
    return Reading(name, spaced.folded, spaced.origin, (*spaced.tokens, *plain.tokens, *extra), (), True)


def _parts(whole: str, stems: Mapping[str, bool]) -> Iterator[str]:
    """The parts of a name run together that are a word of ``stems``, and for each beginning one part that begins with it."""
    for stem in [stem for stem in stems if stem in whole]:
        start, length = whole.find(stem), max(len(stem), _SHORTEST_PART) if stems[stem] else len(stem)
        if _SHORTEST_PART <= length <= _LONGEST_PART and start + length <= len(whole):
            yield whole[start : start + length]
