"""What is wrong in a file that people write, said to whoever wrote it: place, line, caret, remedy; policies and voices alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum


class Severity(IntEnum):
    """An error stops ``check`` and ``publish``; a warning stops ``check`` only where it is told to be strict; advice never."""

    ERROR = 0
    WARNING = 1
    ADVICE = 2


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault, as the loaders and the lints of every room report it.

    ``line`` and ``column`` count from 1; ``shown`` is the line as written, empty where a whole file is meant. ``id`` names the
    rule that was broken and its page (``GP...`` for policies); ``fix`` is what the line becomes when a machine may mend it:
    None where it may not, ``""`` where the line goes.
    """

    path: str
    line: int
    column: int
    says: str
    remedy: str
    shown: str = ""
    id: str = ""
    severity: Severity = Severity.ERROR
    fix: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        """``path:line:column: what (id)`` · the line · a caret · the remedy."""
        caret = " " * min(self.column - 1, len(self.shown))
        picture = f"\n    {self.shown}\n    {caret}^" if self.shown else ""
        told = " ".join(part for part in (self.severity.name.lower() if self.severity else "", self.id) if part)
        return f"{self.path}:{self.line}:{self.column}: {self.says}{f' ({told})' if told else ''}{picture}\n    {self.remedy}"


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """The remedy for an unknown name: the nearest one, or all of them."""
    known = sorted(names)
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if nearest:
        return f'did you mean "{nearest[0]}"?'
    return "one of: " + ", ".join(known) if known else "there are none yet"
