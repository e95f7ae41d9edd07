"""Phrases as ops write them: what each one asks for, as symbols.

A symbol is a word, a beginning (``burn*``), a detector (``[email]``) or the gap (``...``). A phrase is a row of parts, each part
one or several choices, each choice one or several symbols: ``(sue|take) you ...`` has the parts sue or take, you, the gap.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

from chalicelib.policy.phrases import detectors
from chalicelib.policy.text.reading import Kind, read

GAP = "..."
GAP_WORDS = 5
"""How many words may stand where a phrase has ``...``."""

LONGEST_EXPANSION = 64
"""In how many ways one phrase may be read (``(a|b) (c|d)`` has four)."""

_SHORTEST_BEGINNING = 2
_ELEMENT = re.compile(r"\s+|\.{3}|[()|]|\[[^\]\s]*\]?|[^\s()|\[\]]+")

Choice = tuple[str, ...]


class PhraseError(ValueError):
    """A phrase that says nothing, or not what its writer thinks. ``place`` is the offset of the fault, ``id`` its page."""

    def __init__(self, says: str, remedy: str, place: int = 0, id: str = "GP401") -> None:
        super().__init__(says)
        self.says, self.remedy, self.place, self.id = says, remedy, place, id


def expand(phrase: str) -> list[Choice]:
    """Every way to read ``phrase``, as symbols; raises PhraseError with the place and the remedy."""
    return [tuple(itertools.chain.from_iterable(way)) for way in itertools.product(*parts_of(phrase))]


def parts_of(phrase: str) -> list[list[Choice]]:
    """The parts of ``phrase`` and the choices of each; raises PhraseError with the place and the remedy."""
    ways: list[list[Choice]] = []
    group: list[Choice] | None = None
    opened = 0
    for found in _ELEMENT.finditer(phrase):
        written, place = found.group(), found.start()
        if written.isspace():
            continue
        if written == "(":
            if group is not None:
                raise PhraseError("a bracket inside a bracket", "write (a|b|c) on one level", place)
            group, opened = [()], place
        elif written in (")", "|") and group is None:
            raise PhraseError(f'"{written}" without an opening bracket', "write (a|b)", place)
        elif written in (")", "|") and not group[-1]:  # type: ignore[index]
            raise PhraseError("an empty choice", "write a word on both sides of |", place)
        elif written == "|":
            group.append(())  # type: ignore[union-attr]
        elif written == ")":
            ways.append(group or [])
            group = None
        elif group is None:
            ways.append([_symbols(written, place)])
        elif written == GAP:
            raise PhraseError('"..." inside a bracket', "write two phrases on two lines", place)
        else:
            group[-1] = (*group[-1], *_symbols(written, place))
    if group is not None:
        raise PhraseError("a bracket that is never closed", "add )", opened)
    _sensible(ways)
    return ways


def _sensible(ways: list[list[Choice]]) -> None:
    count = 1
    for choices in ways:
        count *= len(choices)
    if count > LONGEST_EXPANSION:
        raise PhraseError(f"{count} ways to read it, at most {LONGEST_EXPANSION}", "split it into several phrases", id="GP403")
    if not ways:
        raise PhraseError("an empty phrase", "remove the line")
    if ways[0] == [(GAP,)] or ways[-1] == [(GAP,)]:
        raise PhraseError('"..." at the edge of a phrase', "put a word on both sides of it, or leave it out", id="GP402")
    if any(one == two == [(GAP,)] for one, two in itertools.pairwise(ways)):
        raise PhraseError('"..." twice in a row', f'"..." is up to {GAP_WORDS} words; write it once', id="GP402")


def _symbols(written: str, place: int) -> Choice:
    if written == GAP:
        return (GAP,)
    if written.startswith("["):
        if written[1:-1] not in detectors.NAMES or not written.endswith("]"):
            raise PhraseError(
                f"no detector {written}", "write one of " + " ".join(f"[{n}]" for n in sorted(detectors.NAMES)), place
            )
        return (written,)
    begins = written.endswith("*")
    word = written.removesuffix("*")
    if "*" in word:
        raise PhraseError('"*" in the middle of a word', 'only "word*" is understood: any ending', place)
    plain = _plain(word)
    if not plain:
        raise PhraseError(f'"{written}" has nothing to find', "write words, numbers, a #tag, an @handle or one emoji", place)
    if begins and len(plain[-1]) < _SHORTEST_BEGINNING:
        raise PhraseError(f'"{written}" is almost every word', f'at least {_SHORTEST_BEGINNING} letters before "*"', place)
    return (*plain[:-1], plain[-1] + "*") if begins else plain


@lru_cache(maxsize=16_384)  # a pack says 80,000 words, and few of them for the first time
def _plain(word: str) -> Choice:
    """The words that a text has where it says ``word``, each in its plain form; none where there is nothing to find."""
    reading = read(word)
    if not reading.tokens or reading.stops:
        return ()
    first = reading.tokens[0]
    if first.kind is Kind.HASHTAG and word.startswith("#"):
        return (next(form for form in first.forms if form[0] == "#"),)
    return (first.forms[0],) if first.kind in (Kind.HASHTAG, Kind.HANDLE) else tuple(token.forms[0] for token in reading.tokens)
