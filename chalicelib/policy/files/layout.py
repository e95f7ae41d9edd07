"""The one format of policy files: the same tree, the same notes, one way to write them. Whatever would lose a word is refused."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

import yaml

from chalicelib.domain.problem import Problem
from chalicelib.policy.files.yaml_nodes import read_yaml
from chalicelib.policy.rules.node import Map, Node, Sequence

_RULE_KEYS = ("why", "when", "any_of", "if_not_offered", "department", "priority", "silence", "limit", "review_by")
_LIST_NOTE = re.compile(r"(^|\s)\s*//\s*")
Comment = tuple[int, int, str]
"""Line and column from 1, and the text with its ``#``."""


def laid_out(path: str, text: str) -> str | tuple[Problem, ...]:
    """``text`` in the one format; every problem where the file cannot be read, or not be written again without a loss."""
    if path.endswith(".txt"):
        return _phrases(text)
    if not path.endswith(".yaml"):
        return text
    node, problems = read_yaml(path, text)
    if node is None or problems:
        return problems
    plain = text.replace("\r\n", "\n")
    made = _Writer(plain).written()
    again, _ = read_yaml(path, made)
    if again is None or _bare(again) != _bare(node) or _notes(made) != _notes(plain) or _Writer(made).written() != made:
        says, remedy = "this file cannot be laid out without losing something", "put each comment on a line of its own"
        return (Problem(path, 1, 1, says, remedy, "", "GP107"),)
    return made


def comments(text: str) -> list[Comment]:
    """Every comment of a YAML text that can be read; an empty list for one that cannot."""
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return []
    spans = sorted(_spans(root)) if root else []
    found, start, at = [], 0, 0
    for number, line in enumerate(text.split("\n"), 1):
        for match in re.finditer(r"(?:(?<=\s)|^)#", line):
            place = start + match.start()
            while at < len(spans) and spans[at][1] <= place:
                at += 1
            if at == len(spans) or place < spans[at][0]:
                found.append((number, match.start() + 1, line[match.start() :].rstrip()))
                break
        start += len(line) + 1
    return found


def _spans(node: yaml.Node) -> Iterator[tuple[int, int]]:
    if isinstance(node, yaml.ScalarNode):
        yield node.start_mark.index, node.end_mark.index
    for part in node.value if isinstance(node.value, list) else ():
        for inner in part if isinstance(part, tuple) else (part,):
            yield from _spans(inner)


def _phrases(text: str) -> str:
    """A list or a file of sentences: no spaces at the ends, one before a note, no two empty lines."""
    trimmed = (line.strip() for line in text.split("\n"))
    lines = [_LIST_NOTE.sub(lambda at: f"{at[1] and ' '}// ", line, count=1).rstrip() for line in trimmed]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _bare(node: Node) -> object:
    """What a node says, without where it stands; the keys of a map in any order."""
    if isinstance(node, Map):
        return {key.value: _bare(value) for key, value in node.parts}
    return [_bare(part) for part in node.parts] if isinstance(node, Sequence) else node.value


def _notes(text: str) -> Counter[str]:
    return Counter(note.lstrip("# ") for _, _, note in comments(text))


class _Writer:
    """Writes a composed tree again, line by line, with the comments where they stood."""

    def __init__(self, text: str) -> None:
        self.text, self.lines, self.out = text, text.split("\n"), list[str]()
        self.root = yaml.compose(text, Loader=yaml.BaseLoader)
        self.ahead = [one for one in comments(text) if not self.lines[one[0] - 1][: one[1] - 1].strip()]
        self.beside = {line: note for line, column, note in comments(text) if self.lines[line - 1][: column - 1].strip()}
        self.last = 0

    def written(self) -> str:
        if self.root is not None:
            self._node(self.root, 0)
        self._above(len(self.lines) + 1, 0)
        return "\n".join(self.out).strip("\n") + "\n"

    def _node(self, node: yaml.Node, indent: int) -> None:
        if isinstance(node, yaml.MappingNode) and not node.flow_style:
            for key, value in self._ordered(node):
                self._above(key.start_mark.line + 1, indent)
                self._entry(f"{' ' * indent}{self._inline(key)}:", key, value, indent + 2)
        elif isinstance(node, yaml.SequenceNode) and not node.flow_style:
            for part in node.value:
                self._part(part, indent)
        else:
            self.out.append(" " * indent + self._inline(node))

    def _part(self, part: yaml.Node, indent: int) -> None:
        self._above(part.start_mark.line + 1, indent)
        if not isinstance(part, yaml.CollectionNode) or part.flow_style:
            self._entry(f"{' ' * indent}-", part, part, indent + 2)
            return
        place = len(self.out)
        self._node(part, indent + 2)
        self.out[place] = f"{' ' * indent}- {self.out[place][indent + 2 :]}"

    def _entry(self, head: str, key: yaml.Node, value: yaml.Node, indent: int) -> None:
        """``head`` and its value: on the same line where it fits there, else under it."""
        first, last = key.start_mark.line + 1, value.end_mark.line + 1
        if isinstance(value, yaml.ScalarNode) and value.style in ("|", ">"):
            header = self.text[value.start_mark.index :].split("\n", 1)[0].split("#")[0].strip()
            self.out.append(f"{head} {header}{self._note(first, first)}")
            content = value.value.rstrip("\n").split("\n")
            self.out += [f"{' ' * indent}{line}".rstrip() for line in content]
            self.last = first + len(content)
        elif not isinstance(value, yaml.CollectionNode) or value.flow_style:
            last = value.end_mark.line + 1 if value.end_mark.column else max(first, value.end_mark.line)
            self._above(last + 1, len(head) - len(head.lstrip()), only=last > first)
            self.out.append(f"{head} {self._inline(value)}".rstrip() + self._note(first, last))
            self.last = last
        else:
            self.out.append(f"{head}{self._note(first, first)}")
            self.last = first
            self._node(value, indent)

    def _above(self, line: int, indent: int, only: bool = True) -> None:
        """The comments and the one empty line that stand before ``line``."""
        while only and self.ahead and self.ahead[0][0] < line:
            number, _, note = self.ahead.pop(0)
            self._gap(number)
            self.out.append(" " * indent + _spaced(note))
            self.last = number
        if line <= len(self.lines):
            self._gap(line)

    def _gap(self, line: int) -> None:
        if self.out and self.out[-1] and any(not one.strip() for one in self.lines[self.last : line - 1]):
            self.out.append("")
            self.last = line - 1

    def _note(self, first: int, last: int) -> str:
        notes = [_spaced(self.beside[line]) for line in range(first, last + 1) if line in self.beside]
        return "".join(f"  {note}" for note in notes[:1]) + "".join(f" {note.lstrip('# ')}" for note in notes[1:])

    def _inline(self, node: yaml.Node) -> str:
        if isinstance(node, yaml.MappingNode):
            return "{" + ", ".join(f"{self._inline(key)}: {self._inline(value)}" for key, value in node.value) + "}"
        if isinstance(node, yaml.SequenceNode):
            return "[" + ", ".join(self._inline(part) for part in node.value) + "]"
        written = self.text[node.start_mark.index : node.end_mark.index]
        return json.dumps(node.value, ensure_ascii=False) if "\n" in written else written

    def _ordered(self, node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
        """The keys of a rule in their usual order, unless comments or empty lines between them show another one."""
        keys = [key.value for key, _ in node.value]
        last = max((key.start_mark.line for key, _ in node.value), default=0)
        between = [line.strip() for line in self.lines[max(0, node.start_mark.line - 1) : last]]
        if "why" not in keys or not set(keys) <= set(_RULE_KEYS) or any(line[:1] in ("", "#") for line in between):
            return list(node.value)
        return sorted(node.value, key=lambda pair: _RULE_KEYS.index(pair[0].value))


def _spaced(note: str) -> str:
    return re.sub(r"^(#+)(?=[^\s#])", r"\1 ", note)
