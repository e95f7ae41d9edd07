"""A signed bundle, verified first and read afterwards. There is no way in without a signature."""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.domain.account import Account, Brand
from chalicelib.domain.codec import Json, decode
from chalicelib.domain.decision import Outcome
from chalicelib.policy.deciding.checks import CONDITIONS
from chalicelib.policy.deciding.matching import Matcher
from chalicelib.policy.phrases.index import Index
from chalicelib.policy.rules.rule import BrandPolicy, Check, Rule, Topic

T = TypeVar("T")
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}

FORMAT = 2
PREFIX = b"ackguard-bundle/1\n"
CHALLENGER = b"ackguard-challenger/1\n"
"""What the signature of a challenger starts with: it never makes a bundle that may be in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The policy in force: its content hash, its brands, their rules, lists and voices.

    ``engine_approved``: the code that loaded it is one that it was approved for. ``voices`` are as they were compiled in.
    """

    sha256: str
    engine_approved: bool
    policies: Mapping[str, BrandPolicy]
    accounts: Mapping[tuple[str, str], str]
    own: frozenset[Account]
    index: Index
    voices: Mapping[str, Json]
    _matchers: dict[str, Matcher] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def brands(self) -> Mapping[str, Brand]:
        """The brands by id."""
        return {name: policy.brand for name, policy in self.policies.items()}

    def policy_of(self, platform: str, account: str) -> BrandPolicy | None:
        """The policy of the brand that has this account, None where none has it."""
        name = self.accounts.get((platform, account))
        return self.policies[name] if name is not None else None

    def matcher_of(self, policy: BrandPolicy) -> Matcher:
        """The rules of one of ``policies``, filed by what makes them fire; built when a brand is first decided for."""
        name = policy.brand.id
        if name not in self._matchers:
            self._matchers[name] = _in_one_go(lambda: Matcher(policy, self.index))
        return self._matchers[name]

    def brand_of(self, platform: str, account: str) -> Brand | None:
        """The brand that has this account, None where none has it."""
        policy = self.policy_of(platform, account)
        return policy.brand if policy else None


@dataclass(frozen=True, slots=True)
class Broken:
    """No policy: everything goes to a person. ``reason``: unsigned | unreadable | a slug of whoever could not fetch it."""

    reason: str


def signed_content(document: bytes, prefix: bytes = PREFIX) -> bytes:
    """What a publisher signs (Ed25519, RFC 8032): a prefix that says for what, and the SHA-256 of the document in hex."""
    return _content(hashlib.sha256(document).hexdigest(), prefix)


def load(document: bytes, signature: bytes, public_keys: Sequence[bytes], engine: str, prefix: bytes = PREFIX) -> Bundle | Broken:
    """The bundle, if one of the publishers' 32-byte keys signed it for this; never raises. ``engine`` is the running code."""
    sha256 = hashlib.sha256(document).hexdigest()
    content = _content(sha256, prefix)
    if not signed_by(public_keys, signature, content):
        return Broken("unsigned")
    try:
        return _in_one_go(lambda: _read(json.loads(document), sha256, engine))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Broken("unreadable")


def signed_by(public_keys: Sequence[bytes], signature: bytes, content: bytes) -> bool:
    """Whether one of these 32-byte Ed25519 keys (RFC 8032) signed ``content``; never raises."""
    return any(_signed(key, signature, content) for key in public_keys)


def _content(sha256: str, prefix: bytes) -> bytes:
    return prefix + sha256.encode()


def _in_one_go(work: Callable[[], T]) -> T:
    """A bundle is a hundred thousand small objects that all stay: looking for garbage in them meanwhile doubles the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return work()
    finally:
        if collecting:
            gc.freeze()
            gc.unfreeze()  # all that was made counts as old now: the next collection of what is young does not go through it
            gc.enable()


def _signed(key: bytes, signature: bytes, content: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, content)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _read(document: Mapping[str, Any], sha256: str, engine: str) -> Bundle:
    if document["format"] != FORMAT:
        raise ValueError("another format")
    rules = {owner: tuple(_rule(rule) for rule in written) for owner, written in document["rules"].items()}
    policies = {name: _policy(written, rules["baseline"] + rules[name]) for name, written in document["brands"].items()}
    own = {account: name for name, policy in policies.items() for account in policy.brand.accounts}
    return Bundle(
        sha256=sha256,
        engine_approved=engine in document["engines"],
        policies=policies,
        accounts={(account.platform, account.id): name for account, name in own.items()},
        own=frozenset(own),
        index=Index.load(document["index"]),
        voices=document["voices"],
    )


def _policy(written: Mapping[str, Any], rules: tuple[Rule, ...]) -> BrandPolicy:
    fields = dict(written["brand"])
    holidays, muted = (frozenset(date.fromisoformat(day) for day in fields[name]) for name in ("holidays", "muted"))
    brand = replace(decode(Brand, {**fields, "holidays": [], "muted": []}), holidays=holidays, muted=muted)
    topics = {
        name: Topic(name, topic["department"], tuple(topic["sources"]), topic.get("last", False) is True)
        for name, topic in sorted(written["topics"].items())
    }
    lists = {name: tuple(sources) for name, sources in written["lists"].items()}
    return BrandPolicy(brand=brand, rules=rules, lists=lists, topics=topics, own_names=written["own_names"])


def _rule(written: Mapping[str, Any]) -> Rule:
    alternatives = tuple([tuple([Check(name, argument) for name, argument in checks]) for checks in written["alternatives"]])
    if not alternatives or not all(alternatives):
        raise ValueError("a rule without checks")
    for checks in alternatives:
        for name, _ in checks:
            if name not in CONDITIONS:
                raise ValueError("a check that this engine does not have")
    review_by = written["review_by"]
    return Rule(
        written["id"],
        _OUTCOMES[written["outcome"]],
        written["why"],
        alternatives,
        written["department"],
        written["priority"],
        written["skip"],
        written["silence"],
        written["per_hour"],
        date.fromisoformat(review_by) if review_by else None,
    )
