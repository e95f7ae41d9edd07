"""A policy and mentions in the words of ``../shared/peers`` as a signed bundle and facts of ours, decided by production code.

A rule is ``{id, effect: human|ack, kind: phrases|cmp|regex, phrases|all|pattern}``, a mention a dictionary of facts. What the
workload invents (tier, sentiment ...) are comparisons of ours, its expressions named detectors: what engineers add.
"""

from __future__ import annotations

import hashlib
import operator
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import re2  # noqa: E402, F401
import rfc8785  # noqa: E402
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from chalicelib.domain.account import Account, Brand, Shift  # noqa: E402
from chalicelib.domain.fact import Known  # noqa: E402
from chalicelib.domain.facts import Facts  # noqa: E402
from chalicelib.domain.limits import Limits  # noqa: E402
from chalicelib.policy.conditions.contract import Comparison, comparison  # noqa: E402
from chalicelib.policy.deciding import checks, matching  # noqa: E402
from chalicelib.policy.deciding.bundle import FORMAT, Bundle, load, signed_content  # noqa: E402
from chalicelib.policy.deciding.decide import decide  # noqa: E402
from chalicelib.policy.files.compile import brand_json  # noqa: E402
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention  # noqa: E402
from chalicelib.policy.phrases import detectors  # noqa: E402
from chalicelib.policy.phrases import index as phrase_index  # noqa: E402
from chalicelib.policy.rules.scene import Scene  # noqa: E402
from chalicelib.policy.text.reading import Kind, Reading, Token, read  # noqa: E402, F401

OPERATORS: Mapping[str, Any] = {
    "==": lambda asked, found: found == asked,
    "!=": lambda asked, found: found != asked,
    "in": lambda asked, found: found in asked,
    ">=": lambda asked, found: found >= asked,
    "<": lambda asked, found: found < asked,
    ">": lambda asked, found: found > asked,
    "<=": lambda asked, found: found <= asked,
}
UNORDERED = ("==", "!=", "in")
PER_HOUR, REVIEW_BY = 30, "2099-01-01"
VALUES: dict[str, Any] = {}
"""For every fact of the workload the one function that reads it, so that all its comparisons share one look-up."""


class Ackguard:
    """Our engine as one more engine of ``../shared/peers/lib/engines.py``: ``load``, ``decide``, ``close``."""

    site = None
    VARIANTS = ("production",)
    NOTE = (
        "the facts that the workload invents are comparisons, its expressions named detectors; the bundle is compiled and signed"
    )
    IMPORTS = ()

    def __init__(self, variant: str | None = None) -> None:
        self.variant = variant or self.VARIANTS[0]
        self.known: dict[int, tuple[Facts, Reading]] = {}

    def load(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """What a Lambda does with a bundle, after what ``publish`` does with a policy."""
        self.open(*compiled(rules))

    def open(self, document: bytes, signature: bytes, key: bytes) -> None:
        """What a Lambda does with a bundle: verify, read, file the rules by what makes them fire."""
        bundle = load(document, signature, [key], "benchmark")
        assert isinstance(bundle, Bundle), bundle
        self.bundle, self.policy = bundle, bundle.policies["lab"]
        self.matcher = bundle.matcher_of(self.policy)

    def decide(self, facts: Mapping[str, Any]) -> tuple[str, list[str]]:
        """The verdict and the ids of all matching rules; facts and folded text are made beforehand, as for every engine."""
        known = self.known.get(id(facts))
        if known is None:
            known = self.known[id(facts)] = (facts_of(facts), reading_of(facts))
        bundle = self.bundle
        scene = Scene(known[0], self.policy, bundle.index, bundle.own)
        scene.reading = known[1]
        human, acknowledge = self.matcher.fired(scene, self.matcher.asked(scene))
        return ("human" if human else "ack"), [rule.id for rule, _ in human + acknowledge]

    def decide_whole(self, facts: Facts) -> Any:
        """All that production does with a mention: folding, laws, every match with its evidence, what would be without it."""
        return decide(facts, self.bundle, Limits())

    def close(self) -> None:
        """Nothing is open."""


def facts_of(mention: Mapping[str, Any]) -> Facts:
    """The facts of one mention; those that the workload invents are signals."""
    made = ordinary_mention("1", mention["text"], account="1", name="Pat", language=mention.get("lang", "en"))
    signals = {name: _known(value.__class__, value) for name, value in mention.items()}
    return replace(ordinary_facts(made), signals=Known(MappingProxyType(signals)))


@cache
def _known(kind: type, value: Any) -> Known[Any]:
    """Equal values of different mentions are one object, as they are in the dictionaries that the other engines get."""
    return Known(value)


def reading_of(mention: Mapping[str, Any]) -> Reading:
    """The text as every engine of the benchmark gets it: normalised words, and the whole in small letters for expressions."""
    lower = mention["text_lower"]
    words = tuple(Token(Kind.WORD, (word,), 0, len(lower)) for word in mention["text_norm"].split())
    return Reading(lower, lower, tuple(range(len(lower) + 1)), words, (), True)


def compiled(rules: Sequence[Mapping[str, Any]]) -> tuple[bytes, bytes, bytes]:
    """(document, signature, public key) of the bundle of ``rules``."""
    detectors.PATTERNS.update({rule["id"]: rule["pattern"] for rule in rules if rule["kind"] == "regex"})
    _compare({one["fact"]: None for rule in rules if rule["kind"] == "cmp" for one in rule["all"]})
    lists = {f"lab/{rule['id']}": _phrases(rule) for rule in rules if rule["kind"] != "cmp"}
    document = rfc8785.dumps(
        {
            "format": FORMAT,
            "engines": ["benchmark"],
            "brands": {
                "lab": {"brand": brand_json(BRAND), "lists": {n[4:]: [n] for n in lists}, "topics": {}, "own_names": "none"}
            },
            "rules": {"baseline": [], "lab": [_rule(rule) for rule in rules]},
            "index": phrase_index.compile_index(lists),
            "voices": {},
        }
    )
    key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"benchmark").digest())
    return document, key.sign(signed_content(document)), key.public_key().public_bytes_raw()


BRAND = Brand(
    id="lab",
    name="Lab",
    zone="UTC",
    zone_name="UTC",
    hours=tuple(Shift(weekday=day, opens=0, closes=1440) for day in range(7)),
    holidays=frozenset(),
    accounts=(Account(platform="x", id="1", handle="Lab"),),
    voice="plain",
    languages=("en",),
    industries=(),
    own_names=(),
    teams={},
    sla_minutes=(15, 60, 240, 480, 1440),
)


def _phrases(rule: Mapping[str, Any]) -> list[str]:
    return list(rule["phrases"]) if rule["kind"] == "phrases" else [f"[{rule['id']}]"]


def _rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    human = rule["effect"] == "human"
    if rule["kind"] == "cmp":
        asked: list[list[Any]] = [[f"{one['fact']} {one['op']}", one["value"]] for one in rule["all"]]
    else:
        asked = [["text_has", [rule["id"]]]]
    return {
        "id": rule["id"],
        "outcome": "human" if human else "acknowledge",
        "why": "A rule of the benchmark.",
        "alternatives": [asked],
        "department": None,
        "priority": None,
        "skip": False,
        "silence": None,
        "per_hour": None if human else PER_HOUR,
        "review_by": None if human else REVIEW_BY,
    }


def _compare(facts: Mapping[str, None]) -> None:
    """One check for every fact and operator, beside those of ours."""
    for fact in facts:
        VALUES.setdefault(fact, lambda scene, fact=fact: scene.facts.signals.value[fact])
    made = {f"{fact} {sign}": _check(fact, sign) for fact in VALUES for sign in OPERATORS}
    matching.CONDITIONS = checks.CONDITIONS = {**checks.CONDITIONS, **made}  # type: ignore[assignment]
    sys.modules["chalicelib.policy.deciding.bundle"].CONDITIONS = checks.CONDITIONS  # type: ignore[attr-defined]


def _check(fact: str, sign: str) -> Any:
    compares = Comparison(
        value=VALUES[fact],
        holds=OPERATORS[sign],
        edges=lambda asked: asked if sign == "in" else [asked + 1] if sign in (">", "<=") else [asked],
        ordered=sign not in UNORDERED,
    )
    return comparison(
        fact, fact, compares, str, parse=operator.attrgetter("value"), says="", sample="", reads=frozenset({"signals"})
    )
