"""The choices inside the brackets of a phrase, one by one: what the phrase is without one of them, and what still needs it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.phrases.phrase import Choice, expand
from chalicelib.policy.text.reading import Reading

_GROUP = re.compile(r"\(([^()]*\|[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Dropped:
    """One choice of a phrase: which bracket it stands in, as it is written, its symbols, and the phrase without it."""

    bracket: int
    written: str
    symbols: Choice
    rest: str


@lru_cache(maxsize=1 << 14)
def choices_of(phrase: str) -> tuple[Dropped, ...]:
    """Every choice of every bracket that has several."""
    return tuple(_choices(phrase))


def needed(phrase: str, reading: Reading, span: tuple[int, int]) -> Iterator[Dropped]:
    """The choices without which ``phrase``, which finds ``span``, would not find it.

    Exact: where one choice of a bracket alone has all its words in the text, every way to find anything goes through it; only
    where several have is the phrase looked up without each.
    """
    possible = [one for one in choices_of(phrase) if all(_seen(symbol, reading) for symbol in one.symbols)]
    rivals = Counter(one.bracket for one in possible)
    return (one for one in possible if rivals[one.bracket] == 1 or _missed(one.rest, reading, span))


def _missed(rest: str, reading: Reading, span: tuple[int, int]) -> bool:
    index = Index.load(compile_index({"-": [rest]}))
    return all((hit.start, hit.end) != span for hit in scan(index, reading))


def _choices(phrase: str) -> Iterator[Dropped]:
    for bracket, group in enumerate(_GROUP.finditer(phrase)):
        written = [choice.strip() for choice in group[1].split("|")]
        for place, choice in enumerate(written):
            rest = "|".join(written[:place] + written[place + 1 :])
            instead = f"({rest})" if "|" in rest else rest
            yield Dropped(bracket, choice, expand(choice)[0], f"{phrase[: group.start()]}{instead}{phrase[group.end() :]}")


def _seen(symbol: str, reading: Reading) -> bool:
    if symbol.startswith("["):
        return True
    if symbol.endswith("*"):
        return any(form.startswith(symbol[:-1]) for form in reading.forms)
    return symbol in reading.forms
