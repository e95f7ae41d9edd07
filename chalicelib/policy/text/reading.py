"""Read a text into tokens: what a person would take for words, with the place of each in the text as received."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from chalicelib.policy.text.folding import LOOK_ALIKES, Folded, fold

LONGEST_TEXT = 4_000
"""Characters. What stands behind them is not read, and every check of the text knows that it has not seen all."""

LONGEST_WORD = 64
"""Letters of a word that are looked at; a longer one is cut, so that one word costs a bounded time."""


class Kind(Enum):
    """What a token is. Handles, links and pictures stand beside the words: a phrase reads across them."""

    WORD = "word"
    NUMBER = "number"
    HASHTAG = "hashtag"
    HANDLE = "handle"
    LINK = "link"
    PICTURE = "picture"
    __hash__ = object.__hash__  # members are compared by identity; hashing their names would cost a call in Python


ASIDE = frozenset({Kind.HANDLE, Kind.LINK, Kind.PICTURE})


class Token(NamedTuple):
    """One word as written. ``forms`` are its readings, the plain one first (``sc4m`` reads as ``scam`` too).

    ``start`` and ``end`` are offsets into the original, half-open; each part of a hashtag has the span of the whole.
    """

    kind: Kind
    forms: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a clause: its marks (``?``, ``!``, ``.``, a new line) and how many tokens stand before it."""

    marks: str
    after: int
    start: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, folded and read. ``complete`` is false where it was longer than ``LONGEST_TEXT``.

    ``folded`` and ``origin`` let a detector look at characters and find its way back to the original. What a phrase is looked
    up in follows from the tokens: ``forms`` are all readings of all of them, ``beside`` those that are not the plain one, and
    ``line`` is the plain reading of every word, each between two spaces (`` my lawyer ``), without what stands beside the words.
    ``bare`` is what a detector looks at: ``folded`` with Latin letters for their look-alikes, one space for many and for
    pictures between words, and hashtags as words.
    """

    text: str
    folded: str
    origin: Sequence[int]
    tokens: tuple[Token, ...]
    stops: tuple[Stop, ...]
    complete: bool
    line: str = field(init=False, repr=False, compare=False)
    forms: frozenset[str] = field(init=False, repr=False, compare=False)
    beside: frozenset[str] = field(init=False, repr=False, compare=False)
    bare: Folded = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """What follows from the tokens, worked out once for all phrases."""
        plain = [token.forms[0] for token in self.tokens]
        beside = frozenset([form for token in self.tokens if len(token.forms) > 1 for form in token.forms[1:]])
        words = [token.forms[0] for token in self.tokens if token.kind not in ASIDE]
        object.__setattr__(self, "line", f" {' '.join(words)} ")
        object.__setattr__(self, "beside", beside)
        object.__setattr__(self, "forms", beside.union(plain))
        object.__setattr__(self, "bare", self._undressed())

    def _undressed(self) -> Folded:
        latin = self.folded if self.folded.isascii() else self.folded.translate(LOOK_ALIKES)
        plain = "#" not in latin and "  " not in latin and latin.isascii()  # folded, so there is no other dress in ASCII
        if plain or _DRESS.search(latin) is None:
            return Folded(latin, self.origin)
        kept: list[str] = []
        origin: list[int] = []
        done = 0
        for dress in (*(found.span() for found in _DRESS.finditer(latin)), (len(latin), len(latin))):
            kept.append(latin[done : dress[0]])
            origin.extend(self.origin[done : dress[0]])
            done = dress[1]
        return Folded("".join(kept), (*origin, self.origin[-1]))


_DRESS = re.compile(r"#(?=[^\W\d_])|(?<![^\w!-~\n£€¥₹])[^\w!-~\n£€¥₹]+(?= )")
"""What stands around words and changes none: it starts where a run of spaces and pictures does, so that a search is linear."""

_PIECE = re.compile(
    r"(?P<link>(?:https?://|www\.)\S+)"
    r"|(?P<handle>@\w+(?:@[\w-]+(?:\.[\w-]+)+)?)"
    r"|(?P<hashtag>\#\w+)"
    r"|(?P<chunk>\$?[^\W_](?:[\w'.*@$-]*[\w$])?)"
    r"|(?P<stop>[?!.;\n]+)"
    r"|(?P<picture>[^\w\s\x00-\x7f])"
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\dA-Za-z_]+")
_STRETCHED = re.compile(r"(.)\1{2,}")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s"})
_LEET_L = str.maketrans({"1": "l"})
_SHORTEST_SPELLED, _LONGEST_SPELLED = 3, 16
_JOINTS = str.maketrans("", "", "'.*-_")


def read(text: str) -> Reading:
    """``text`` as tokens and stops, in linear time; any string gives a reading."""
    folded = fold(text[:LONGEST_TEXT])
    origin = folded.origin
    stretched = _STRETCHED.search(folded.text) is not None
    tokens: list[Token] = []
    stops: list[Stop] = []
    for piece in _PIECE.finditer(folded.text):
        first, after = piece.span()
        start, end = origin[first], origin[after - 1] + 1
        written = piece.group()
        match piece.lastgroup:
            case "chunk" if (
                written.isalpha()
                and written.isascii()
                and after - first <= LONGEST_WORD
                and not (stretched and _STRETCHED.search(written))
            ):
                tokens.append(Token(Kind.WORD, (written,), start, end))  # what _chunk says of an ordinary word, at once
            case "chunk":
                tokens.extend(_chunk(written, first, origin))
            case "stop":
                stops.append(Stop(written, len(tokens), start))
            case "hashtag":
                tokens.extend(_hashtag(written, text[start:end], start, end))
            case "handle":
                tokens.append(Token(Kind.HANDLE, (written[:LONGEST_WORD],), start, end))
            case "link":
                tokens.append(Token(Kind.LINK, (written[:LONGEST_WORD],), start, end))
            case _ if unicodedata.category(written) in ("So", "Sk") or ord(written) > 0x1F000:
                tokens.append(Token(Kind.PICTURE, (written,), start, end))
    return Reading(text, folded.text, origin, _spelled(tokens), tuple(stops), len(text) <= LONGEST_TEXT)


def _chunk(written: str, offset: int, origin: Sequence[int]) -> list[Token]:
    """The words of a run without spaces; where it has joints (``s.c.a.m``, ``sc@m``) the first reads as the whole too."""
    tokens = []
    for word in _WORD.finditer(written):
        start, end = origin[offset + word.start()], origin[offset + word.end() - 1] + 1
        plain = word.group()
        kind = Kind.NUMBER if plain.isdigit() else Kind.WORD
        tokens.append(Token(kind, forms_of(plain), start, end))
    jointed = tokens and len(tokens[0].forms[0]) != len(written.replace("'", "")) and len(written) <= LONGEST_WORD
    if jointed and any(character.isalpha() for character in written):
        whole = written.translate(_JOINTS).translate(_LEET)
        last = origin[offset + len(written) - 1] + 1
        forms = dict.fromkeys((*tokens[0].forms, *forms_of(whole)))
        tokens[0] = Token(Kind.WORD, tuple(forms), origin[offset], last)
    return tokens


def forms_of(word: str) -> tuple[str, ...]:
    """The readings of one folded word: plain, look-alike letters as Latin, digits as letters, stretched letters shortened."""
    plain = word.replace("'", "")[:LONGEST_WORD]
    if plain.isascii() and plain.isalpha() and not _STRETCHED.search(plain):
        return (plain,)
    if plain.isdigit():
        return (plain,)
    forms = [plain]
    latin = plain.translate(LOOK_ALIKES)
    if latin != plain and latin.isascii():
        mixed = any("a" <= letter <= "z" for letter in plain)
        forms = [latin] if mixed else [plain, latin]
    for form in tuple(forms):
        if any(digit.isdigit() for digit in form):
            forms += [form.translate(_LEET), form.translate(_LEET_L).translate(_LEET)]
    for form in tuple(forms):
        if _STRETCHED.search(form):
            forms += [_STRETCHED.sub(r"\1", form), _STRETCHED.sub(r"\1\1", form)]
    return tuple(dict.fromkeys(forms))


def _hashtag(written: str, original: str, start: int, end: int) -> list[Token]:
    """The words of a hashtag (``#BoycottAcme``: boycott, acme); the first reads as the whole too, with and without ``#``."""
    if len(written) > LONGEST_WORD:
        return [Token(Kind.HASHTAG, (written[:LONGEST_WORD], *forms_of(written[1:])), start, end)]
    words = [fold(part).text for piece in original.split("_") for part in _CAMEL.findall(piece)] or [written[1:]]
    tokens = [Token(Kind.HASHTAG, forms_of(word), start, end) for word in words]
    whole = (*tokens[0].forms, written, *forms_of(written[1:].replace("_", "")))
    return [Token(Kind.HASHTAG, tuple(form for form in dict.fromkeys(whole) if form), start, end), *tokens[1:]]


def _spelled(tokens: list[Token]) -> tuple[Token, ...]:
    """``s c a m``: in a run of three or more single letters each reads as the words that it may begin, too."""
    if len([1 for token in tokens if len(token.forms[0]) == 1]) < _SHORTEST_SPELLED:
        return tuple(tokens)
    read_anew = list(tokens)
    place = 0
    while place < len(tokens):
        run = place
        while run < len(tokens) and _letter(tokens[run]):
            run += 1
        if run - place >= _SHORTEST_SPELLED:
            letters = "".join(token.forms[0] for token in tokens[place:run])
            read_anew[place:run] = [_begins(tokens, place, first, letters) for first in range(place, run)]
        place = max(run, place + 1)
    return tuple(read_anew)


def _begins(tokens: list[Token], place: int, first: int, letters: str) -> Token:
    rest = letters[first - place :][:_LONGEST_SPELLED]
    words = [rest[:length] for length in range(_SHORTEST_SPELLED, len(rest) + 1)]
    last = tokens[first + len(rest) - 1] if words else tokens[first]
    return Token(Kind.WORD, tuple(dict.fromkeys((*tokens[first].forms, *words))), tokens[first].start, last.end)


def _letter(token: Token) -> bool:
    return token.kind is Kind.WORD and len(token.forms[0]) == 1
