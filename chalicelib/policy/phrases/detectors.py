"""Named detectors: the patterns that engineers keep for ops. RE2 only, so that no text can make one slow.

They look at the folded text without its dress: small letters, no accents, Latin letters for look-alikes. In RE2 ``\\b``,
``\\d`` and ``\\w`` are ASCII. Whatever a detector sees has a letter or digit in it; where a pattern has a group, the group is
what it sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import re2

from chalicelib.policy.phrases.numbers import ID_NUMBER
from chalicelib.policy.phrases.postcodes import POSTCODE
from chalicelib.policy.text.reading import Reading

_SET_MEMORY = 64 * 1024 * 1024
"""Bytes that the automaton of all detectors may take at most; ours take a few million."""

_NO_BEGINNING = (
    r"b[bcdfghjkmnpqstvwxz]|c[bcdfgjkmnpqsvwx]|d[bcdfgjklmnpqstvxz]|f[bcdfghkmnpqsvwxz]|g[bcdfgjkmpqstvwxz]|"
    r"h[bcdfghjklnpqrstvwxz]|j[bcdfghjklmnpqstvwxz]|k[bcdfgjkmpqstxz]|l[bcdfghjkmpqrstvwxz]|m[bdfghjklmpqtvwxz]|"
    r"n[cdfghjklmnpqrstvwxz]|p[bcdfgjkmpqvxz]|q[bcdfghjklmnpqrstvwxz]|r[bcdfgjklmnpqrstvwxz]|s[bdjsxz]|"
    r"t[bdfgjklmnpqtxz]|v[bcdfghjkmnpqstvwxz]|w[bcdfgjklmnpqstvwxz]|x[bcdfghjklmnpqrstvwxz]|z[bcdfghjklmnpqrstvxz]"
)
"""Two letters with which no ordinary word begins."""

_IN_NO_WORD = (
    r"j[bcdfghkmnpqrstvwxz]|q[^u\W\d_]|[bcfghjkmpqrstvwxz]j|[bcdfghjkmpqrstvwxz]x|[cfghjkmpqtvwxz]v|v[bcdfghjkmnpqtwxz]"
    r"|[bcfghjkmpqrvwx]z|aa|uu|ii|x[bdgjkmnqrvwxz]|z[bcdfgjmnpqrstvwx]"
)
"""Two letters that hardly any word has: three of four rows of six random letters hold some, or begin as no word does."""

_NO_WORD = f"(?:{_NO_BEGINNING})[a-z]{{4}}|" + "|".join(f"[a-z]{{{at}}}(?:{_IN_NO_WORD})[a-z]{{{4 - at}}}" for at in range(5))
"""Six letters that are no word."""

PATTERNS: dict[str, str] = {
    # Not behind another @: @help@brand.example is the handle of an account.
    # Nor does it help to write round it: jo (at) mail.example, email me jo at mail dot example.
    "email": (
        r"(?:^|[^@a-z0-9._%+-])([a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)"
        r"|\b([a-z0-9._-]+ ?[(\[] ?at ?[)\]] ?[a-z0-9.-]*[a-z0-9])"
        r"|\be-?mail(?: is| me| us| address| id| on| to|:)* ([a-z0-9._-]+ at [a-z0-9-]+(?:\.| dot )[a-z]{2,})"
    ),
    # Six letters and digits, at least one of each, where the words before say that it is a code of a booking; letters alone
    # only behind "pnr" or "locator", where no ordinary word stands, or where they are no word; digits alone only behind "booking
    # number" and its like. Without such words before it only what nothing else looks like: letters and digits in turns
    # (K7PMQ2), or a digit in letters that begin as no word does (FWHEI6). A flight or an item (FD-658) is no code of a booking.
    "booking-code": (
        r"\b(?:pnr|(?:record )?locator|ref|reference|"
        r"(?:booking|confirmation|reservation|res|conf|itinerary)(?: (?:code|number|no|num|ref|reference|id))?)"
        r"(?: ?#)?(?: is| was)?[ :#=.-]{0,4}"
        r"((?:[a-z]\d[a-z0-9]{4}|[a-z]{2}\d[a-z0-9]{3}|[a-z]{3}\d[a-z0-9]{2}|[a-z]{4}\d[a-z0-9]|[a-z]{5}\d|"
        r"\d[a-z][a-z0-9]{4}|\d{2}[a-z][a-z0-9]{3}|\d{3}[a-z][a-z0-9]{2}|\d{4}[a-z][a-z0-9]|\d{5}[a-z])\b)"
        r"|\b(?:pnr|locator)(?: code)?(?: is| was)?[ :#=.-]{1,3}([a-z]{6}\b)"
        r"|\b(?:booking|reservation|res) (?:code|number|no|num|ref|id)(?: ?#)?(?: is| was)?[ :#=.-]{0,4}(\d{4,12}\b)"
        r"|\b(?:booking|reservation|res|confirmation|conf|itinerary) (?:code|ref|reference|number|no) ?[:#] ?([a-z]{6}\b)"
        rf"|\brecord l(?:oc)? ?[:#.]{{1,2}} ?([a-z0-9]{{6}}\b)|\brecord l((?:{_NO_WORD})\b)"
        r"|\b(?:trip|reservation|booking|itinerary|res|conf|confirm|confirmation|under|flight|bag|record)"
        rf"(?: ?#| code| number| no| locator| ref)?(?: is| was)?[ :#=.-]{{1,4}}((?:{_NO_WORD})\b)"
        r"|(?:^|[^@a-z0-9_./-])((?:[a-z]\d[a-z]\d[a-z0-9]{2}|[a-z]\d[a-z]{2}\d[a-z0-9]|[a-z]\d[a-z]{3}\d|[a-z]{2}\d[a-z]\d[a-z0-9]|"
        r"[a-z]{2}\d[a-z]{2}\d|[a-z]{3}\d[a-z]\d|\d[a-z]\d[a-z]{3}|\d[a-z]{2}\d[a-z]{2}|\d[a-z]{3}\d[a-z]|\d[a-z]{4}\d|"
        r"\d[a-z]{2}\d[a-z]\d|\d[a-z]{2}\d{2}[a-z])\b)"
        rf"|(?:^|[^@a-z0-9_./-])((?:{_NO_BEGINNING})"
        r"(?:[a-z]{3}\d|[a-z]{2}\d[a-z]|[a-z]\d[a-z]{2}|\d[a-z]{3})\b)"
    ),
    # What tools that hide personal data write in its place, ours (domain/cards.py) too: the post still shows it.
    "masked-data": (
        r"(?:__|[\[{<])((?:(?:credit|debit|bank)[ _-]?)?card(?:[ _-]?(?:number|no)| \*{4}\d{4})?|e-?mail(?:[ _-]?address)?"
        r"|(?:tele)?phone(?:[ _-]?(?:number|no))?|account[ _-]?(?:number|no|id)|iban|ssn|passport|(?:full|first|last)[ _-]?name"
        r"|address|post_?code)(?:__|[\]}>])"
    ),
    # Nine digits and more, in the groups of one country or another: 020 7946 0958, 087 123 4567, (02) 9876 5432, 98765 43210.
    "phone": (
        r"(?:\+|00)\d[\d ().-]{7,17}\d|\b0\d{2,4}\)?[ .-]{0,2}\d{3}[ .-]{0,2}\d{3,4}\b"
        r"|\(?\b\d{3}\)?[ .-]{1,2}\d{3}[ .-]{1,2}\d{4}\b|\(\d{3}\)\d{3}[ .-]?\d{4}\b"
        r"|\b0\d{1,2}\)?[ .-]{1,2}\d{4}[ .-]{1,2}\d{4}\b|\b0\d\)?[ .-]\d{3}[ .-]\d{4}\b"
        r"|\b0\d{2,4}\)?[ .-]{1,2}\d{2,3}[ .-]\d{2}[ .-]\d{2,3}\b|\b0\d{3}[ -]\d{4}[ -]\d{3}\b|\b0\d{3,4}\)?[ /-]{1,3}\d{5,8}\b"
        r"|\b0[1-9](?:[ .-]\d{2}){4}\b|\b[6-9]\d{4}[ -]\d{5}\b|\b(?:number is|call|phone|tel)[ :]{1,2}([2-9]\d{2}[ -]\d{4})\b"
    ),
    "postcode": POSTCODE,
    "id-number": ID_NUMBER,
    "order-number": r"\b(?:[a-z]{1,4}-?\d{6,16}|#\d{5,16}|\d{7,12})\b|#\d{5,16}\b",
    "money": r"[$£€¥₹] ?\d[\d.,]*[km]?\b|\b\d[\d.,]* ?(?:gbp|usd|eur|euros?|dollars?|pounds?|quid|bucks|cents|pence)\b",
    "url": r"(?:https?://|www\.)\S+|\b[a-z0-9-]+\.(?:com|net|org|info|io|co|biz|shop|online|xyz|top|ly|me)(?:/\S*)?\b",
    "number": r"\b\d[\d.,:/]*\b",
    "masked-word": r"\b[a-z]+[*#%$]+[*#%$a-z]*[a-z]\b|\b[a-z]\*{2,}",
}

SAMPLES: dict[str, str] = {
    "[email]": "a@b.example",
    "[booking-code]": "PNR K4X9QZ",
    "[masked-data]": "__email__",
    "[phone]": "+44 20 7946 0958",
    "[postcode]": "SW1A 1AA",
    "[id-number]": "xx1234",
    "[order-number]": "AB12345678",
    "[money]": "$40",
    "[url]": "www.example.com",
    "[number]": "482",
    "[masked-word]": "sh**t",
}
"""Each detector as a phrase names it, and something that it sees: how to say the phrase."""

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
        found = self._set.Match(folded.encode())
        if not found:
            return self._all
        if len(found) == 1:
            return _NONE
        names = self._names
        return frozenset([names[number - 1] for number in found if number])

    def spans(self, names: Iterable[str], reading: Reading) -> Iterator[tuple[str, int, int]]:
        """(name, start, end) of all that these detectors see, as offsets into the original text, by name."""
        bare = reading.bare
        for name in sorted(names):
            if name not in self._patterns:
                self._patterns[name] = re2.compile(PATTERNS[name])
            for found in self._patterns[name].finditer(bare.text):
                start, end = found.span(found.lastindex or 0)
                if start < end:
                    yield name, bare.origin[start], bare.origin[end - 1] + 1


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
