"""``<brand>/tests.yaml``: what ops expect of their policy, as they write it. No Lambda imports this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.domain.codec import instant
from chalicelib.domain.problem import Problem, did_you_mean
from chalicelib.policy.files.lists import phrase_of
from chalicelib.policy.files.loader import BASELINE
from chalicelib.policy.files.ordinary import OF_FACTS, OF_MENTION, ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.policy.files.yaml_nodes import read_yaml
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.node import Map, Node, Place, Sequence, Text

OUTCOMES = frozenset({"acknowledge", "human", "ignore"})
KEYS = {
    "say": "Where is my parcel?",
    "expect": "human",
    "because": "[legal]",
    "also_matched": "[late-parcel]",
    "not_matched": "[ordinary-question]",
    "topic": "parcel",
    "given": "{followers: unknown}",
    "now": '"2026-11-21T14:00:00Z"',
    "account": "x 1003",
}
_FILE_KEYS = {"tests_for": "telline", "now": KEYS["now"], "defaults": "{followers: 120}", "tests": "[...]"}
_LIST = re.compile(r"\{([a-z][a-z0-9-]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One expectation. ``account`` is (platform, id), None: the brand's first."""

    place: Place
    brand: str
    say: str
    expect: str
    because: tuple[str, ...] = ()
    also_matched: tuple[str, ...] = ()
    not_matched: tuple[str, ...] = ()
    topic: str | None = None
    given: Mapping[str, Any]
    now: datetime = ORDINARY_NOW
    account: tuple[str, str] | None = None


def read_cases(files: Mapping[str, str]) -> tuple[tuple[Case, ...], tuple[Problem, ...]]:
    """Every expectation of every ``<brand>/tests.yaml``, and what is wrong with them."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in sorted(files):
        if path.endswith("/tests.yaml"):
            node, unreadable = read_yaml(path, files[path])
            problems += unreadable
            if node is not None:
                found, wrong = _file(node, path.split("/")[0])
                cases += [_unspoken(case, files) for case in found]
                problems += wrong
    return tuple(cases), tuple(problems)


def _file(node: Node, brand: str) -> tuple[list[Case], list[Problem]]:
    if not isinstance(node, Map):
        return [], [node.place.problem("tests are a map", "write tests: and under it one - {say: ..., expect: ...} a line")]
    problems = arguments.keys(node, _FILE_KEYS, ("tests",), "tests")
    tests = node.get("tests")
    if not isinstance(tests, Sequence) or not tests.parts:
        return [], [*problems, node.place.problem("no tests", "write tests: and under it - {say: ..., expect: ...}")]
    base = {name: value for name in ("now", "defaults") if (value := node.get(name))}
    cases = []
    for part in tests.parts:
        try:
            cases.append(_case(part, brand, base))
        except _Wrong as wrong:
            problems += wrong.problems
    return cases, problems


def _unspoken(case: Case, files: Mapping[str, str]) -> Case:
    """``{hate-words}`` in a text or a name stands for the first phrase of that baseline file, so that nobody writes it."""

    def filled(value: Any) -> Any:
        return _LIST.sub(lambda found: first(found[1]) or found[0], value) if isinstance(value, str) else value

    def first(name: str) -> str:
        lines = files.get(f"{BASELINE}/lists/{name}.txt", "").split("\n")
        return next((phrase for line in lines if (phrase := phrase_of(line))), "")

    return replace(case, say=filled(case.say), given={name: filled(value) for name, value in case.given.items()})


class _Wrong(Exception):
    def __init__(self, *problems: Problem) -> None:
        self.problems = problems


def _case(node: Node, brand: str, base: Mapping[str, Node]) -> Case:
    if not isinstance(node, Map):
        raise _Wrong(node.place.problem("a test is a map", "write - {say: ..., expect: ...}"))
    if problems := arguments.keys(node, KEYS, ("say", "expect"), "a test"):
        raise _Wrong(*problems)
    expect = _text(node, "expect")
    if expect not in OUTCOMES:
        raise _Wrong(node.place.problem(f'"{expect}" is no outcome', did_you_mean(expect, OUTCOMES)))
    account = _text(node, "account").split()
    if account and len(account) != 2:
        raise _Wrong(node.place.problem("an account is a platform and an id", "write account: x 1003"))
    case = Case(
        place=node.place,
        brand=brand,
        say=_text(node, "say"),
        expect=expect,
        because=_names(node.get("because")),
        also_matched=_names(node.get("also_matched")),
        not_matched=_names(node.get("not_matched")),
        topic=_text(node, "topic") or None,
        given={**_given(base.get("defaults")), **_given(node.get("given"))},
        now=_now(node.get("now") or base.get("now")),
        account=(account[0], account[1]) if account else None,
    )
    _tried(case)
    return case


def _tried(case: Case) -> None:
    """Raises _Wrong where ``given`` does not describe facts."""
    try:
        mention = ordinary_mention("1", case.say, now=case.now, **{k: v for k, v in case.given.items() if k in OF_MENTION})
        ordinary_facts(mention, case.now, **{k: v for k, v in case.given.items() if k in OF_FACTS})
    except ValueError as error:
        raise _Wrong(case.place.problem(str(error), "write a value, unknown, or not offered")) from None


def _text(node: Map, key: str) -> str:
    value = node.get(key)
    if value is not None and not isinstance(value, Text):
        raise _Wrong(value.place.problem(f"{key} is a text", f"write {key}: {KEYS[key]}"))
    return value.value if value else ""


def _names(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    parts = node.parts if isinstance(node, Sequence) else (node,)
    if not all(isinstance(part, Text) for part in parts):
        raise _Wrong(node.place.problem("rule names were expected", "write [one, two]"))
    return tuple(part.value for part in parts if isinstance(part, Text))


def _given(node: Node | None) -> dict[str, Any]:
    if node is None:
        return {}
    if not isinstance(node, Map):
        raise _Wrong(node.place.problem("given is a map of facts", "write given: {followers: unknown}"))
    allowed = OF_MENTION | OF_FACTS
    if unknown := [name for name, _ in node.parts if name.value not in allowed]:
        raise _Wrong(*(name.place.problem(f'no fact "{name.value}"', did_you_mean(name.value, allowed)) for name in unknown))
    return {name.value: _plain(value) for name, value in node.parts}


def _plain(node: Node) -> Any:
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Sequence):
        return [_plain(part) for part in node.parts]
    return {name.value: _plain(value) for name, value in node.parts}


def _now(node: Node | None) -> datetime:
    if node is None:
        return ORDINARY_NOW
    try:
        return instant(node.value if isinstance(node, Text) else "")
    except ValueError:
        raise _Wrong(node.place.problem("a time with a zone was expected", f"write now: {KEYS['now']}")) from None
