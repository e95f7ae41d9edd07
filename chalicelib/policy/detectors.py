"""Named detectors: the patterns that engineers keep for ops. RE2 only, so that no text can make one slow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import re2

from chalicelib.policy.text import Reading

_SET_MEMORY = 64 * 1024 * 1024
"""Bytes that the automaton of all detectors may take at most; ours take a few hundred thousand."""

PATTERNS = {
    "email": r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
    "phone": r"(?:\+|00)\d[\d ().-]{7,17}\d|\b0\d{2,4}[ -]?\d{3}[ -]?\d{3,4}\b|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b",
    "order-number": r"\b(?:[a-z]{1,4}-?\d{6,16}|#\d{5,16}|\d{7,12})\b|#\d{5,16}\b",
    "money": r"[$£€¥₹] ?\d[\d.,]*[km]?\b|\b\d[\d.,]* ?(?:gbp|usd|eur|euros?|dollars?|pounds?|quid|bucks|cents|pence)\b",
    "url": r"(?:https?://|www\.)\S+|\b[a-z0-9-]+\.(?:com|net|org|info|io|co|biz|shop|online|xyz|top|ly|me)(?:/\S*)?\b",
    "number": r"\b\d[\d.,:/]*\b",
    "masked-word": r"\b[a-z]+[*#%$]+[*#%$a-z]*[a-z]\b|\b[a-z]\*{2,}",
}

NAMES = PATTERNS.keys()


class Detectors:
    """Some of the detectors, ready to use. Raises KeyError for a name that is not in ``NAMES``."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(sorted(names))
        self._patterns: dict[str, Any] = {}
        self._all = frozenset(self._names)
        self._set = _set([PATTERNS[name] for name in self._names])

    def seen(self, folded: str) -> frozenset[str]:
        """The detectors that see something in a folded text: one pass for all of them."""
        if not self._names:
            return self._all
        found = self._set.Match(folded)
        if len(found) == 1:
            return _NONE
        if not found:
            return self._all
        names = self._names
        return frozenset([names[number - 1] for number in found if number])

    def spans(self, names: Iterable[str], reading: Reading) -> Iterator[tuple[str, int, int]]:
        """(name, start, end) of all that these detectors see, as offsets into the original text, by name."""
        for name in sorted(names):
            if name not in self._patterns:
                self._patterns[name] = re2.compile(PATTERNS[name])
            for found in self._patterns[name].finditer(reading.folded):
                if found.start() < found.end():
                    yield name, reading.origin[found.start()], reading.origin[found.end() - 1] + 1


_NONE: frozenset[str] = frozenset()


def _set(patterns: Iterable[str]) -> Any:
    """All patterns as one automaton. The first pattern is empty and always found: a search that gave up finds not even that."""
    options = re2.Options()
    options.max_mem = _SET_MEMORY
    found = re2.Set.SearchSet(options)
    for pattern in ("", *patterns):
        found.Add(pattern)
    found.Compile()
    return found
