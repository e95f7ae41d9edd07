"""Reads voice files and tone guides as people write them: strict YAML in, a document or every problem with its place out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import yaml

from chalicelib.domain.codec import Json
from chalicelib.domain.problem import Problem
from chalicelib.voice.document import VoiceError
from chalicelib.voice.guide import Guide
from chalicelib.voice.guide import load as load_guide
from chalicelib.voice.lint import flaws
from chalicelib.voice.voice import load

LONGEST_FILE = 200_000
"""Characters."""

DEEPEST = 6
"""Levels of nesting; a voice needs four."""


GUIDE = "tone"
"""A file ``tone.<language>.yaml`` among the voices is the guide of that language."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place in the file, counted from 0 as PyYAML does."""

    line: int
    column: int


class _Refused(Exception):
    def __init__(self, mark: Any, says: str, remedy: str) -> None:
        self.place, self.says, self.remedy = _place(mark), says, remedy


def read(path: str, text: str, guide: Guide) -> dict[str, Json] | tuple[Problem, ...]:
    """The document of a voice file that is fit to publish under the guide of its language, or everything wrong with it."""
    written = _written(path, text, load)
    if isinstance(written, tuple):
        return written
    if written.said.language != guide.language:
        return (
            written.problem("language", f"the tone guide is for “{guide.language}”", "write the guide of this language first"),
        )
    found = flaws(written.said, guide)
    return tuple(written.problem(flaw.place, flaw.says, flaw.remedy) for flaw in found) or written.document


def read_guide(path: str, text: str) -> Guide | tuple[Problem, ...]:
    """The tone guide of a file, or what is wrong with it."""
    written = _written(path, text, load_guide)
    return written if isinstance(written, tuple) else written.said


def read_all(files: Mapping[str, str]) -> tuple[dict[str, Json], tuple[Problem, ...]]:
    """The voices of a folder (path → text) by ``<voice>.<language>``, each under the guide of its language; and all problems."""
    guides, voices, problems = dict[str, Guide](), dict[str, Json](), list[Problem]()
    for path, text in sorted(files.items(), key=lambda file: (_stem(file[0])[0] != GUIDE, file[0])):
        name, language = _stem(path)
        if name == GUIDE:
            guide = read_guide(path, text)
            problems += guide if isinstance(guide, tuple) else ()
            guides |= {} if isinstance(guide, tuple) else {guide.language: guide}
            continue
        if language not in guides:
            remedy = f"write {GUIDE}.{language}.yaml first: nobody could say what this voice must not say"
            problems.append(Problem(path, 1, 1, f"there is no tone guide for “{language}”", remedy))
            continue
        voice = read(path, text, guides[language])
        if isinstance(voice, tuple):
            problems += voice
        elif (voice["voice"], voice["language"]) != (name, language):
            says = f"the file is called {name}.{language}, the voice {voice['voice']}.{voice['language']}"
            problems.append(Problem(path, 1, 1, says, "give both the same name"))
        else:
            voices[f"{name}.{language}"] = voice
    return voices, tuple(problems)


S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class _Written(Generic[S]):
    """A file as read: its document, what it says, and where everything stands in it."""

    path: str
    text: str
    document: dict[str, Json]
    said: S
    places: Mapping[str, _Place]

    def problem(self, place: str, says: str, remedy: str) -> Problem:
        """A problem at ``place`` (a path in the document) or at the nearest thing around it."""
        return _problem(self.path, self.text, _nearest(self.places, place), f"{place}: {says}", remedy)


def _written(path: str, text: str, load: Callable[[Json], S]) -> _Written[S] | tuple[Problem, ...]:
    """What a file says, or why it says nothing.

    Every scalar is text: ``no`` and ``08:00`` mean what they look like. Duplicate keys, anchors, aliases, tags and more
    than one document are refused.
    """
    places: dict[str, _Place] = {}
    try:
        _refuse_cleverness(text)
        document = _value(yaml.compose(text, yaml.SafeLoader), "", places)
        said = load(document)
    except _Refused as refused:
        return (_problem(path, text, refused.place, refused.says, refused.remedy),)
    except VoiceError as error:
        return (_problem(path, text, _nearest(places, error.place), f"{error.place}: {error.says}", error.remedy),)
    except yaml.MarkedYAMLError as error:
        return (_problem(path, text, _place(error.problem_mark), str(error.problem), "correct the YAML"),)
    except yaml.YAMLError as error:
        return (_problem(path, text, _Place(0, 0), str(error).splitlines()[0], "correct the YAML"),)
    assert isinstance(document, dict)
    return _Written(path, text, document, said, places)


def _stem(path: str) -> tuple[str, str]:
    """(voice, language) of a file name such as ``voices/plain.en.yaml``."""
    name, _, language = path.rpartition("/")[2].removesuffix(".yaml").partition(".")
    return name, language


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


def _problem(path: str, text: str, place: _Place, says: str, remedy: str) -> Problem:
    lines = text.splitlines() or [""]
    line = min(place.line, len(lines) - 1)
    return Problem(path, line + 1, place.column + 1, says, remedy, lines[line])
