"""A fact is known, unknown (it should be there and is not) or not offered by its platform (DESIGN §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, Union

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value, where it came from and when it was read (UTC; None: with the webhook itself)."""

    value: T
    source: str = "webhook"
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value should be there and is not; ``why`` is a slug such as ``missing`` or ``store-unavailable``."""

    why: str = "missing"


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The platform file declares that its platform never gives this fact."""


Fact = Union[Known[T], Unknown, NotOffered]


def value_of(fact: Fact[T], default: T) -> T:
    """The value of a known fact, else ``default``; for display and keys, never for deciding."""
    return fact.value if isinstance(fact, Known) else default
