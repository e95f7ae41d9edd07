"""What a check found: true, false, unknown or not offered, and how that combines (Kleene's three values)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from chalicelib.domain.decision import Evidence


class Truth(Enum):
    """Three values; not offered is the unknown that a platform declared beforehand."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not offered"
    __hash__ = object.__hash__  # members are compared by identity; hashing their names would cost a call in Python


class Finding(NamedTuple):
    """A truth with what shows it."""

    truth: Truth
    evidence: tuple[Evidence, ...] = ()


FALSE = Finding(Truth.FALSE)


_DOUBTS = (Truth.UNKNOWN, Truth.NOT_OFFERED)


def all_of(findings: Iterable[Finding]) -> Finding:
    """False if one is false, else unknown if one is not true, else true; with the evidence of every one."""
    known = list(findings)
    if len(known) == 1:
        return known[0]
    truths = [finding.truth for finding in known]
    if Truth.FALSE in truths:
        return FALSE
    doubt = Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.NOT_OFFERED if Truth.NOT_OFFERED in truths else Truth.TRUE
    return Finding(doubt, tuple([piece for finding in known for piece in finding.evidence]))


def any_of(findings: Iterable[Finding]) -> Finding:
    """True if one is true, else unknown if one is not false, else false; with the evidence of those that are so."""
    known = [finding for finding in findings if finding.truth is not Truth.FALSE]
    if len(known) == 1:
        return known[0]
    for truth in (Truth.TRUE, *_DOUBTS) if known else ():
        such = [finding for finding in known if finding.truth is truth]
        if such:
            return Finding(truth, tuple(piece for finding in such for piece in finding.evidence))
    return FALSE
