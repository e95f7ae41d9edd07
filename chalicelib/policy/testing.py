"""``<brand>/tests.yaml``: what ops expect of their policy, run through the one ``decide``. No Lambda imports this."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.domain.codec import instant
from chalicelib.domain.decision import Decision
from chalicelib.domain.limits import Limits
from chalicelib.domain.problem import Problem, did_you_mean
from chalicelib.policy import arguments
from chalicelib.policy.bundle import Broken, Bundle, load, signed_content
from chalicelib.policy.compile import compile_pack
from chalicelib.policy.decide import decide
from chalicelib.policy.explain import because_line, explain
from chalicelib.policy.lists import phrase_of
from chalicelib.policy.loader import BASELINE, Pack, load_pack
from chalicelib.policy.node import Map, Node, Place, Sequence, Text
from chalicelib.policy.ordinary import OF_FACTS, OF_MENTION, ORDINARY_NOW, ordinary_facts, ordinary_mention
from chalicelib.policy.yaml_nodes import read_yaml

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
_ENGINE = "rehearsal"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An expectation that the policy does not meet."""

    case: Case
    decision: Decision
    says: str

    def __str__(self) -> str:
        """Place, what was expected, what came, and why."""
        why = explain(self.decision, self.case.say).replace("\n", "\n    ")
        return f"{self.case.place.path}:{self.case.place.line}: “{self.case.say}”\n    {self.says}\n    {why}"


@dataclass(frozen=True, slots=True)
class Report:
    """How many expectations were tried, and those that are not met."""

    tried: int
    failures: tuple[Failure, ...]


def rehearse(files: Mapping[str, str], voices: Mapping[str, Any] | None = None) -> Bundle | tuple[Problem, ...]:
    """``files`` compiled, signed with a throw-away key and loaded as production loads it; or all problems."""
    pack = load_pack(files)
    return pack if isinstance(pack, tuple) else rehearse_pack(pack, voices)


def rehearse_pack(pack: Pack, voices: Mapping[str, Any] | None = None) -> Bundle | tuple[Problem, ...]:
    """As ``rehearse``, for a pack that is loaded already."""
    document = compile_pack(pack, voices or {}, [_ENGINE])
    if isinstance(document, tuple):
        return document
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(document).digest())
    bundle = load(document, key.sign(signed_content(document)), [key.public_key().public_bytes_raw()], _ENGINE)
    if isinstance(bundle, Broken):
        raise RuntimeError(f"a bundle that was just compiled is {bundle.reason}")
    return bundle


def chosen(brand: str | None, words: str | None) -> Callable[[Case], bool]:
    """Chooses the tests of one brand, and of those the ones whose text has ``words``; None: all."""
    return lambda case: brand in (None, case.brand) and (words or "").casefold() in case.say.casefold()


def run_tests(files: Mapping[str, str], choose: Callable[[Case], bool] = lambda case: True) -> Report | tuple[Problem, ...]:
    """Every ``tests.yaml`` of ``files`` through ``decide``; all problems where something cannot be read."""
    bundle = rehearse(files)
    if isinstance(bundle, tuple):
        return bundle
    cases, problems = read_cases(files)
    if problems:
        return problems
    wanted = [case for case in cases if choose(case)]
    failures = [failure for case in wanted if (failure := run(case, bundle))]
    return Report(len(wanted), tuple(failures))


def run(case: Case, bundle: Bundle) -> Failure | None:
    """The failure of one expectation, None where it is met."""
    first = bundle.brands[case.brand].accounts[0]
    platform, account = case.account or (first.platform, first.id)
    of_mention = {name: value for name, value in case.given.items() if name in OF_MENTION}
    of_facts = {name: value for name, value in case.given.items() if name in OF_FACTS}
    mention = ordinary_mention("1", case.say, now=case.now, platform=platform, account=account, **of_mention)
    decision = decide(ordinary_facts(mention, case.now, **of_facts), bundle, Limits())
    fired = {match.rule for match in decision.matched} | {decision.rule}
    wrong = []
    if decision.outcome.value != case.expect:
        wrong.append(f"expected {case.expect}, got {because_line(decision)}")
    wrong += [f"{rule} is not a reason" for rule in case.because if rule not in decision.because]
    wrong += [f"{rule} did not match" for rule in case.also_matched if rule not in fired]
    wrong += [f"{rule} matched" for rule in case.not_matched if rule in fired]
    if case.topic and decision.topic != case.topic:
        wrong.append(f"expected the topic {case.topic}, got {decision.topic}")
    return Failure(case=case, decision=decision, says="; ".join(wrong)) if wrong else None


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
