"""Named detectors: the patterns that engineers keep for ops. RE2 only, so that no text can make one slow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import re2

from chalicelib.policy.text import Reading

_PATTERNS = {
    "email": r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+",
    "phone": r"(?:\+|00)\d[\d ().-]{7,17}\d|\b0\d{2,4}[ -]?\d{3}[ -]?\d{3,4}\b|\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b",
    "order-number": r"\b(?:[a-z]{1,4}-?\d{6,16}|#\d{5,16}|\d{7,12})\b|#\d{5,16}\b",
    "money": r"[$£€¥₹] ?\d[\d.,]*[km]?\b|\b\d[\d.,]* ?(?:gbp|usd|eur|euros?|dollars?|pounds?|quid|bucks|cents|pence)\b",
    "url": r"(?:https?://|www\.)\S+|\b[a-z0-9-]+\.(?:com|net|org|info|io|co|biz|shop|online|xyz|top|ly|me)(?:/\S*)?\b",
    "number": r"\b\d[\d.,:/]*\b",
    "masked-word": r"\b[a-z]+[*#%$]+[*#%$a-z]*[a-z]\b|\b[a-z]\*{2,}|[@#$%&!*]{4,}",
}

NAMES = frozenset(_PATTERNS)


def compiled(names: Iterable[str]) -> Mapping[str, Any]:
    """The patterns of ``names``, ready to use; raises KeyError for a name that is not in ``NAMES``."""
    return MappingProxyType({name: re2.compile(_PATTERNS[name]) for name in sorted(names)})


def spans(patterns: Mapping[str, Any], reading: Reading) -> Iterator[tuple[str, int, int]]:
    """(name, start, end) of all that the detectors see, as offsets into the original text."""
    for name, pattern in patterns.items():
        for found in pattern.finditer(reading.folded):
            if found.start() < found.end():
                yield name, reading.origin[found.start()], reading.origin[found.end() - 1] + 1
