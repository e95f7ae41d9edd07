"""The choices inside the brackets of a phrase, one by one: what the phrase is without one of them, and what still needs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from chalicelib.policy.phrase_index import Index, compile_index, scan
from chalicelib.policy.phrases import Choice, expand
from chalicelib.policy.text import Reading

_GROUP = re.compile(r"\(([^()]*\|[^()]*)\)")


@dataclass(frozen=True, slots=True)
class Dropped:
    """One choice of a phrase: as it is written, its symbols, and the phrase without it."""

    written: str
    symbols: Choice
    rest: str

    def may_stand_in(self, reading: Reading) -> bool:
        """Whether all its words are in the text, in any order: quick, and never wrongly false."""
        return all(_seen(symbol, reading) for symbol in self.symbols)

    def missed_in(self, reading: Reading, span: tuple[int, int]) -> bool:
        """Whether the phrase without this choice finds ``span`` no more."""
        index = Index.load(compile_index({"-": [self.rest]}))
        return all((hit.start, hit.end) != span for hit in scan(index, reading))


@lru_cache(maxsize=1 << 14)
def choices_of(phrase: str) -> tuple[Dropped, ...]:
    """Every choice of every bracket that has several."""
    return tuple(_choices(phrase))


def _choices(phrase: str) -> Iterator[Dropped]:
    for group in _GROUP.finditer(phrase):
        written = [choice.strip() for choice in group[1].split("|")]
        for place, choice in enumerate(written):
            rest = "|".join(written[:place] + written[place + 1 :])
            instead = f"({rest})" if "|" in rest else rest
            yield Dropped(choice, expand(choice)[0], f"{phrase[: group.start()]}{instead}{phrase[group.end() :]}")


def _seen(symbol: str, reading: Reading) -> bool:
    if symbol.startswith("["):
        return True
    if symbol.endswith("*"):
        return any(form.startswith(symbol[:-1]) for form in reading.forms)
    return symbol in reading.forms
