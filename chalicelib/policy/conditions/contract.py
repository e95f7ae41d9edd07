"""What a condition file offers: ``CONDITION: Condition = ...``, under the file's name, which is the key in the YAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.policy.arguments import Parsed
from chalicelib.policy.node import Node
from chalicelib.policy.scene import Scene
from chalicelib.policy.truth import Finding


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a brand's rules may use."""

    lists: frozenset[str]
    topics: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One check.

    ``says`` explains it in one sentence to the person who writes rules, ``sample`` is an argument that parses.
    ``parse`` turns the YAML into a JSON argument or a problem; ``check`` asks it of a scene. An exception in ``check``
    counts as unknown. ``reads`` are the facts it looks at. ``earns``: it recognises words of the text positively, so
    it can carry an acknowledgement. ``may_skip``: a rule may pass over it where the platform never gives the fact.
    """

    says: str
    sample: str
    parse: Callable[[Node, Names], Parsed]
    check: Callable[[Any, Scene], Finding]
    reads: frozenset[str]
    earns: bool = False
    may_skip: bool = False
