"""Reads a voice file as people write it: strict YAML in, the voice's document or every problem with its place out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from chalicelib.domain.codec import Json
from chalicelib.voice.document import VoiceError
from chalicelib.voice.lint import flaws
from chalicelib.voice.voice import load

LONGEST_FILE = 200_000
"""Characters."""

DEEPEST = 6
"""Levels of nesting; a voice needs four."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something wrong in a file. ``line`` and ``column`` count from 1; ``shown`` is the line itself."""

    file: str
    line: int
    column: int
    shown: str
    says: str
    remedy: str

    def __str__(self) -> str:
        """``file:line:column: what; remedy``, then the line with a caret under the place."""
        return (
            f"{self.file}:{self.line}:{self.column}: {self.says}; {self.remedy}\n    {self.shown}\n    {' ' * (self.column - 1)}^"
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the file, counted from 0 as PyYAML does."""

    line: int
    column: int


class _Refused(Exception):
    def __init__(self, mark: Any, says: str, remedy: str) -> None:
        self.place, self.says, self.remedy = _place(mark), says, remedy


def read(file: str, text: str) -> dict[str, Json] | tuple[Trouble, ...]:
    """The document of a voice file that is fit to publish, or everything that is wrong with it.

    Every scalar is text: ``no`` and ``08:00`` mean what they look like. Duplicate keys, anchors, aliases, tags and more
    than one document are refused.
    """
    places: dict[str, _Place] = {}
    try:
        _refuse_cleverness(text)
        document = _value(yaml.compose(text, yaml.SafeLoader), "", places)
        voice = load(document)
    except _Refused as refused:
        return (_trouble(file, text, refused.place, refused.says, refused.remedy),)
    except VoiceError as error:
        return (_trouble(file, text, _nearest(places, error.place), f"{error.place}: {error.says}", error.remedy),)
    except yaml.MarkedYAMLError as error:
        return (_trouble(file, text, _place(error.problem_mark), str(error.problem), "correct the YAML"),)
    except yaml.YAMLError as error:
        return (_trouble(file, text, _Place(0, 0), str(error).splitlines()[0], "correct the YAML"),)
    found = flaws(voice)
    if found or not isinstance(document, dict):
        return tuple(
            _trouble(file, text, _nearest(places, flaw.place), f"{flaw.place}: {flaw.says}", flaw.remedy) for flaw in found
        )
    return document


def _refuse_cleverness(text: str) -> None:
    """Refuse what one can hide in YAML before a tree is built of it."""
    if len(text) > LONGEST_FILE:
        raise _Refused(None, f"the file is longer than {LONGEST_FILE} characters", "a voice is much shorter")
    depth = 0
    for told in yaml.parse(text, yaml.SafeLoader):
        if getattr(told, "anchor", None):
            raise _Refused(told.start_mark, "anchors and aliases are not read here", "write the text out")
        if getattr(told, "tag", None):
            raise _Refused(told.start_mark, "tags are not read here", "everything is text already")
        depth += isinstance(told, yaml.CollectionStartEvent) - isinstance(told, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _Refused(told.start_mark, "this is nested too deeply", f"{DEEPEST} levels are enough")


def _value(node: yaml.Node | None, at: str, places: dict[str, _Place]) -> Json:
    """The node as text, lists and mappings; remembers where everything was."""
    if node is None:
        raise _Refused(None, "the file is empty", "start from a voice that exists")
    places.setdefault(at, _place(node.start_mark))
    if isinstance(node, yaml.SequenceNode):
        return [_value(part, f"{at}.{number}", places) for number, part in enumerate(node.value)]
    if not isinstance(node, yaml.MappingNode):
        return str(node.value)
    found: dict[str, Json] = {}
    for key, part in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _Refused(key.start_mark, "a key is one word", "write “key: value”")
        under = f"{at}.{key.value}" if at else key.value
        if key.value in found:
            raise _Refused(key.start_mark, f"“{key.value}” stands here twice", "keep one of them")
        places[under] = _place(key.start_mark)
        found[key.value] = _value(part, under, places)
    return found


def _nearest(places: Mapping[str, _Place], at: str) -> _Place:
    """Where ``at`` is in the file, or the closest thing around it."""
    while at and at not in places:
        at = at.rpartition(".")[0]
    return places.get(at, _Place(0, 0))


def _place(mark: Any) -> _Place:
    """The place of a mark of PyYAML (its two parsers have a type each), the beginning where there is none."""
    return _Place(mark.line, mark.column) if mark else _Place(0, 0)


def _trouble(file: str, text: str, place: _Place, says: str, remedy: str) -> Trouble:
    lines = text.splitlines() or [""]
    line = min(place.line, len(lines) - 1)
    return Trouble(file=file, line=line + 1, column=place.column + 1, shown=lines[line], says=says, remedy=remedy)
