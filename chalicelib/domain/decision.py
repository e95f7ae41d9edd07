"""What was decided about a mention, and every reason for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Outcome(Enum):
    """What may happen with a mention."""

    ACKNOWLEDGE = "acknowledge"
    HUMAN = "human"
    IGNORE = "ignore"


class Certainty(Enum):
    """Why a rule fired: its checks were true, or something it needed was unknown or not offered."""

    TRUE = "true"
    UNKNOWN = "unknown"
    NOT_OFFERED = "not offered"


class Evidence(NamedTuple):
    """The span of text or the fact that made a check what it is.

    ``check`` is the name of the check, ``fact`` what it read (``text`` or the name of a fact). ``start`` and ``end`` are
    character offsets into the mention's text as received (half-open), None where the fact is not text. ``source`` names
    the list or detector, ``says`` the phrase or the value in words. ``says`` may hold personal text: private half only.
    A decision makes hundreds: a tuple is made four times faster than a frozen dataclass.
    """

    check: str
    fact: str
    source: str | None = None
    start: int | None = None
    end: int | None = None
    says: str = ""


class Match(NamedTuple):
    """One rule that fired, with its evidence. ``by`` is ``law`` for what is built in and ``policy`` for what ops wrote.

    ``silence`` (``thread`` | ``person``) is what the machine stays silent in from now on; only where the rule was true.
    """

    rule: str
    outcome: Outcome
    by: str
    certainty: Certainty
    why: str
    evidence: tuple[Evidence, ...]
    department: str | None = None
    priority: int | None = None
    silence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often one rule may acknowledge: per hour over the brand. (Per author and thread is law.)"""

    per_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome with the rule that stands for it, every rule that fired, and what follows.

    ``rule`` is the first of ``because``; ``because`` names the rules that carry the outcome; ``matched`` is every rule
    that fired, of any outcome. ``topic`` is the approved topic that was recognised, None where there is none.
    ``priority`` is 0 (at once) to 4. ``without`` is the outcome had the rules of ``because`` not been there.
    """

    outcome: Outcome
    rule: str
    because: tuple[str, ...]
    matched: tuple[Match, ...]
    why: str
    topic: str | None
    department: str
    priority: int
    limit: Limit | None
    without: Outcome
    without_rule: str
