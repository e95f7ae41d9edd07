"""Findings as the conditions make them: true with evidence, unknown with the reason, or by the state of a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from chalicelib.domain.decision import Evidence
from chalicelib.domain.fact import Fact, Known, NotOffered
from chalicelib.policy.rules.truth import FALSE, Finding, Truth

T = TypeVar("T")
_made = tuple.__new__
"""A named tuple without the call in Python that its name is: decisions make hundreds of them."""


def true(check: str, fact: str, says: str) -> Finding:
    """True, because a fact says so."""
    return Finding(Truth.TRUE, (Evidence(check, fact, says=says),))


def unknown(check: str, fact: str, why: str) -> Finding:
    """Unknown; ``why`` is a slug."""
    return Finding(Truth.UNKNOWN, (Evidence(check=check, fact=fact, says=f"unknown: {why}"),))


def not_offered(check: str, fact: str) -> Finding:
    """The platform never gives the fact."""
    return Finding(Truth.NOT_OFFERED, (Evidence(check=check, fact=fact, says="not offered by the platform"),))


def when(truth: bool, check: str, fact: str, says: str) -> Finding:
    """True with evidence, or false."""
    return true(check, fact, says) if truth else FALSE


def known(fact: Fact[T], check: str, name: str, ask: Callable[[T], Finding]) -> Finding:
    """What ``ask`` finds in the value of a known fact; unknown or not offered as the fact is."""
    if isinstance(fact, Known):
        return ask(fact.value)
    return not_offered(check, name) if isinstance(fact, NotOffered) else unknown(check, name, fact.why)


def spans(check: str, hits: Iterable[tuple[int, int, str, str]]) -> Finding:
    """True, because these phrases stand in the text: (start, end, list, phrase) of each."""
    found = [_made(Evidence, (check, "text", name, start, end, phrase)) for start, end, name, phrase in hits]
    return _made(Finding, (Truth.TRUE, tuple(found)))
