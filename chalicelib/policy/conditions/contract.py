"""What a condition file offers: ``CONDITION: Condition = ...``, under the file's name, which is the key in the YAML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.fact import Fact
from chalicelib.policy.rules import findings
from chalicelib.policy.rules.arguments import Parsed
from chalicelib.policy.rules.node import Node
from chalicelib.policy.rules.rule import BrandPolicy
from chalicelib.policy.rules.scene import Scene
from chalicelib.policy.rules.truth import Finding


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a brand's rules may use."""

    lists: frozenset[str]
    topics: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One value that checks compare with what they are asked; all rules that compare it are answered by looking it up once.

    ``holds(argument, value)`` may change only at the ``edges`` of the argument: for ``ordered`` values it is the same for all
    values from one edge up to the next, for others it is the same for all values that are no edge.
    """

    value: Callable[[Scene], Fact[Any]]
    holds: Callable[[Any, Any], bool]
    edges: Callable[[Any], Iterable[Any]]
    ordered: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One check.

    ``says`` explains it in one sentence to the person who writes rules, ``sample`` is an argument that parses.
    ``parse`` turns the YAML into a JSON argument or a problem; ``check`` asks it of a scene. An exception in ``check``
    counts as unknown. ``reads`` are the facts it looks at. ``may_skip``: a rule may pass over it where the platform never
    gives the fact.

    Two kinds of checks are answered for all rules at once, and never asked where they are false. ``compares``: it is what
    ``comparison`` makes. ``sources``: it is true where one of these sources of the index has a hit in the text; otherwise
    false where all of the text is known, and unknown where not. ``check`` says the same, with evidence; where ``unsure`` of an
    argument, a hit may not be enough, and ``check`` is asked too.
    """

    says: str
    sample: str
    parse: Callable[[Node, Names], Parsed]
    check: Callable[[Any, Scene], Finding]
    reads: frozenset[str]
    may_skip: bool = False
    compares: Comparison | None = None
    sources: Callable[[Any, BrandPolicy], Iterable[str]] | None = None
    unsure: Callable[[Any, BrandPolicy], bool] = lambda argument, policy: False


def comparison(
    name: str, fact: str, compares: Comparison, shows: Callable[[Any], str], /, *, parse: Callable[[Node], Parsed], **says: Any
) -> Condition:
    """A check that compares one value. ``shows`` puts a value into words; ``says`` are the other fields of a condition."""

    def check(argument: Any, scene: Scene) -> Finding:
        return findings.known(
            compares.value(scene),
            name,
            fact,
            lambda value: findings.when(compares.holds(argument, value), name, fact, shows(value)),
        )

    return Condition(parse=lambda node, names: parse(node), check=check, compares=compares, **says)


def yes_or_no_edges(_: bool) -> Iterable[bool]:
    """The edges of a comparison of yes with no."""
    return (True, False)
