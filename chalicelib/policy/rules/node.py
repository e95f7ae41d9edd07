"""A policy file as read: texts, lists and maps with their places. There is nothing else: no numbers, no yes, no dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from chalicelib.domain.problem import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: file, line and column from 1, and the line as written."""

    path: str
    line: int
    column: int
    shown: str

    def problem(self, says: str, remedy: str, id: str = "GP202") -> Problem:
        """A fault at this place; ``id`` is the page that explains it."""
        return Problem(self.path, self.line, self.column, says, remedy, self.shown, id)


@dataclass(frozen=True, slots=True)
class Text:
    """A text. ``lines_from`` is the number of the file's line with the first line of a ``|`` text, None for others."""

    value: str
    place: Place
    lines_from: int | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, in order."""

    parts: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Map:
    """A map; keys are texts and occur once."""

    parts: tuple[tuple[Text, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of ``key``, None where it is not there."""
        return next((value for name, value in self.parts if name.value == key), None)


Node = Union[Text, Sequence, Map]
