"""What people are told of a case, and what became of telling them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Union


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Tell people that a mention opened or joined a case. It holds no text, name or platform id of anybody.

    ``record`` is the record id of the mention, ``rule`` and ``why`` are what decided it (``why`` as the policy words it);
    ``version``, ``priority`` (0 to 4), ``department`` and ``due`` are the case's. ``outcome``: human | acknowledge.
    ``sink`` None means every sink that is on; ``attempt`` counts earlier tries; ``failed`` is why it was given up.
    """

    schema: int
    record: str
    case: str
    version: int
    brand: str
    priority: int
    department: str
    outcome: str
    rule: str
    why: str
    due: datetime
    at: datetime
    sink: str | None = None
    attempt: int = 0
    failed: str | None = None

    @property
    def id(self) -> str:
        """The same for every repeat of the same news: a receiver drops what it has seen.

        An acknowledgement that then fails is other news of the same case and version.
        """
        return f"{self.case}-{self.version}" + ("" if self.outcome == "human" else f"-{self.outcome}")

    @property
    def opens(self) -> bool:
        """Whether the mention opened the case; else it joined one."""
        return self.case == self.record


@dataclass(frozen=True, slots=True)
class Told:
    """The sink has it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not told as far as we know; the sink asks for ``after_s`` seconds of patience (0: it did not say)."""

    after_s: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be told this way; ``why`` is a slug. ``gone``: the sink is not to be asked again at this address."""

    why: str


GONE = "gone"

Telling = Union[Told, Retry, Refused]
