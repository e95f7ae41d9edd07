"""YAML to nodes, strictly: strings only, one document, nothing clever. No Lambda imports this."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import yaml

from chalicelib.domain.problem import Problem
from chalicelib.policy.rules.node import Map, Node, Place, Sequence, Text

LARGEST_FILE = 256 * 1024
DEEPEST = 20

_PLAINLY = {
    "expected <block end>, but found '<block mapping start>'": (
        "this line does not begin below the ones that it belongs to",
        "indent it as the line before it that says something of the same rule, with spaces",
    ),
    "mapping values are not allowed here": (
        "a colon where none belongs",
        "the line before may lack its own colon; a text that holds one stands in quotes",
    ),
    "could not find expected ':'": ("a name without a colon", "write  name:  and what it says behind it or under it"),
}
"""What the YAML reader says of the commonest slips, in words for people who do not know YAML."""


class _Stop(Exception):
    """Reading cannot go on; the problem is noted."""


def read_yaml(path: str, text: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The one document of ``text`` as far as it can be read, and every problem with the writing of it."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_FILE:
        return None, (Problem(path, 1, 1, "the file is over 256 KB", "split the lists into lists/<name>.txt", "", "GP101"),)
    if problems := tuple(unreadable(path, text)):
        return None, problems
    reader = _Reader(path, text)
    try:
        node = reader.document()
    except _Stop:
        node = None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        told = error.problem or error.context or "broken YAML"
        says, remedy = _PLAINLY.get(told, (f"not readable: {told}", "check quotes, brackets and the indentation"))
        reader.problems.append(reader.place(line, column).problem(says, remedy, "GP101"))
        node = None
    except yaml.YAMLError:
        reader.problems.append(reader.place(1, 1).problem("not readable as YAML", "save the file as UTF-8 text", "GP101"))
        node = None
    if node is None and not reader.problems:
        return None, (Problem(path, 1, 1, "the file is empty", "write it, or remove it", "", "GP101"),)
    return node, tuple(reader.problems)


def unreadable(path: str, text: str) -> Iterator[Problem]:
    """Characters that deceive the eye: tabs, invisible ones and those that change the direction of writing."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.isprintable():
            continue
        hidden = [column for column, character in enumerate(line, 1) if _hidden(character)]
        if hidden:
            shown = "".join("\N{WHITE SQUARE}" if _hidden(character) else character for character in line)
            name = f"U+{ord(line[hidden[0] - 1]):04X}"
            says, remedy, id = f"an invisible character ({name})", "delete it, or write it as \\u.... in double quotes", "GP106"
            if name == "U+0009":
                says, remedy, id = "a tab", "indent with spaces", "GP101"
            yield Problem(path, number, hidden[0], says, remedy, shown[:200], id)


def _hidden(character: str) -> bool:
    """Emoji are joined by U+200D, and Windows ends its lines with U+000D: both may stay."""
    return character not in "\u200d\r" and unicodedata.category(character) in ("Cf", "Cc", "Cs", "Co")


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self.path, self.lines, self.problems = path, text.split("\n"), list[Problem]()
        self.stream = yaml.parse(text, Loader=yaml.SafeLoader)

    def place(self, line: int, column: int) -> Place:
        shown = self.lines[line - 1] if line <= len(self.lines) else ""
        return Place(self.path, line, min(column, len(shown) + 1), shown[:200].rstrip("\r"))

    def document(self) -> Node | None:
        node: Node | None = None
        documents = 0
        for part in self.stream:
            if isinstance(part, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._wrong(part, "a second document", "one document a file: remove the line ---", "GP101")
                    raise _Stop
            elif isinstance(part, yaml.NodeEvent):
                node = self._node(part, 1)
        return node

    def _wrong(self, part: yaml.Event, says: str, remedy: str, id: str = "GP104") -> None:
        self.problems.append(self._at(part).problem(says, remedy, id))

    def _at(self, part: yaml.Event) -> Place:
        mark = part.start_mark
        return self.place(mark.line + 1, mark.column + 1) if mark else self.place(1, 1)

    def _node(self, part: yaml.Event, depth: int) -> Node:
        if depth > DEEPEST:
            self._wrong(part, f"deeper than {DEEPEST} levels", "flatten it", "GP101")
            raise _Stop
        if isinstance(part, yaml.AliasEvent):
            self._wrong(part, f"a reference (*{part.anchor})", "write the value itself; quote a text that begins with *")
            return Text("", self._at(part))
        if getattr(part, "anchor", None):
            self._wrong(
                part, f"an anchor (&{getattr(part, 'anchor', '')})", "write the value where it is needed, twice if need be"
            )
        if getattr(part, "tag", None):
            self._wrong(part, "a tag (!)", "remove it; quote a text that begins with !")
        if isinstance(part, yaml.MappingStartEvent):
            return self._map(part, depth)
        if isinstance(part, yaml.SequenceStartEvent):
            return self._sequence(part, depth)
        assert isinstance(part, yaml.ScalarEvent)
        place = self._at(part)
        return Text(part.value, place, place.line + 1 if part.style in ("|", ">") else None)

    def _sequence(self, part: yaml.Event, depth: int) -> Sequence:
        place, parts = self._at(part), list[Node]()
        for inner in self.stream:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            parts.append(self._node(inner, depth + 1))
        return Sequence(tuple(parts), place)

    def _map(self, part: yaml.Event, depth: int) -> Map:
        place, parts = self._at(part), dict[str, tuple[Text, Node]]()
        for inner in self.stream:
            if isinstance(inner, yaml.MappingEndEvent):
                break
            key = self._node(inner, depth + 1)
            value = self._node(next(self.stream), depth + 1)
            if not isinstance(key, Text) or key.value == "":
                self._wrong(inner, "a key that is not a word", "write name: value", "GP103")
            elif key.value == "<<":
                self._wrong(inner, "a merge key (<<)", "write the values themselves")
            elif key.value in parts:
                first = parts[key.value][0].place.line
                self._wrong(
                    inner, f'"{key.value}" is written twice', f"the first one is in line {first}: keep one of them", "GP102"
                )
            else:
                parts[key.value] = (key, value)
        return Map(tuple(parts.values()), place)
