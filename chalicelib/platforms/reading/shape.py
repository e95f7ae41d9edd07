"""Shapes of JSON values, as ``docs/relay.schema.json`` writes them: a small closed part of JSON Schema without its library."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.platforms.reading.fields import LARGEST
from chalicelib.platforms.reading.times import rfc_3339

_SURROGATE = re.compile("[\ud800-\udfff]")


class Shape(Protocol):
    """Anything that can say where a value breaks it."""

    def broken(self, value: Any, pointer: str) -> str | None:
        """The JSON pointer (RFC 6901) of the first place that breaks the shape, None where it holds."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string of Unicode characters. Its length is for the reader of the value: too long is a fact unknown, not a wrong body."""

    longest: int | None = None

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        fine = isinstance(value, str) and not _SURROGATE.search(value) and (self.longest is None or len(value) <= self.longest)
        return None if fine else pointer


@dataclass(frozen=True, slots=True)
class Pattern:
    """A string that matches whole."""

    pattern: re.Pattern[str]

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        return None if isinstance(value, str) and self.pattern.fullmatch(value) else pointer


@dataclass(frozen=True, slots=True)
class Moment:
    """A date-time of RFC 3339."""

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        return None if isinstance(value, str) and rfc_3339(value) is not None else pointer


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from 0 that every reader agrees on."""

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        return None if type(value) is int and 0 <= value <= LARGEST else pointer


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        return None if isinstance(value, bool) else pointer


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a closed list of strings."""

    values: frozenset[str]

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        return None if isinstance(value, str) and value in self.values else pointer


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of at most ``most`` values of one shape."""

    each: Shape
    most: int

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        if not isinstance(value, list) or len(value) > self.most:
            return pointer
        return next((found for n, one in enumerate(value) if (found := self.each.broken(one, f"{pointer}/{n}"))), None)


@dataclass(frozen=True, slots=True)
class Closed:
    """An object with these keys and no others; those in ``required`` must be there. Null is a value like any other: wrong."""

    required: Mapping[str, Shape]
    optional: Mapping[str, Shape]

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape. A key that should not be there breaks its object: its name is the sender's text and stays out."""
        if not isinstance(value, dict) or value.keys() - self.required.keys() - self.optional.keys():
            return pointer
        for name, shape in {**self.required, **self.optional}.items():
            if name in value:
                found = shape.broken(value[name], f"{pointer}/{name}")
                if found is not None:
                    return found
            elif name in self.required:
                return f"{pointer}/{name}"
        return None
