"""What is wrong in a policy file, said to the person who wrote it: place, line, caret, remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault. ``line`` and ``column`` count from 1; ``shown`` is the line as written, empty where a whole file is meant."""

    path: str
    line: int
    column: int
    says: str
    remedy: str
    shown: str = ""

    def __str__(self) -> str:
        """``path:line:column: what`` · the line · a caret · the remedy."""
        picture = f"\n    {self.shown}\n    {' ' * (self.column - 1)}^" if self.shown else ""
        return f"{self.path}:{self.line}:{self.column}: {self.says}{picture}\n    {self.remedy}"


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """The remedy for an unknown name: the nearest one, or all of them."""
    known = sorted(names)
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if nearest:
        return f'did you mean "{nearest[0]}"?'
    return "one of: " + ", ".join(known) if known else "there are none yet"
