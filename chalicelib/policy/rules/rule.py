"""A rule and a brand's view of the policy, as decided with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from chalicelib.domain.account import Brand
from chalicelib.domain.codec import Json
from chalicelib.domain.decision import Outcome

DEFAULT_DEPARTMENT = "care"
DEFAULT_PRIORITY = 3


class Check(NamedTuple):
    """One check of a rule: its name and what it is asked. A bundle has thousands, and tuples load fastest."""

    name: str
    argument: Json


class Rule(NamedTuple):
    """One rule as ops wrote it. It holds when every check of one of its ``alternatives`` holds.

    ``skip`` (``if_not_offered: skip``): a check whose fact the platform never gives counts as false.
    ``silence`` (``thread`` | ``person``): what the machine stays silent in, or towards, once the rule has been seen to hold.
    ``per_hour`` and ``review_by`` are for acknowledge rules alone; ``review_by`` is the last local day it works.
    """

    id: str
    outcome: Outcome
    why: str
    alternatives: tuple[tuple[Check, ...], ...]
    department: str | None = None
    priority: int | None = None
    skip: bool = False
    silence: str | None = None
    per_hour: int | None = None
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """An approved topic of a brand: who answers it, and the lists that recognise it.

    A ``last`` one counts only where no other topic is recognised, and only for rules that name it.
    """

    id: str
    department: str
    sources: tuple[str, ...]
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandPolicy:
    """One brand with its rules (the baseline's and its own), its lists by name (→ sources in the index) and its topics."""

    brand: Brand
    rules: tuple[Rule, ...]
    lists: Mapping[str, tuple[str, ...]]
    topics: Mapping[str, Topic]
    own_names: str = ""
