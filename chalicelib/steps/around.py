"""What a decision is made in, beside its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.account import Brand
from chalicelib.domain.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Who decides, when, with which bundle, engine and limits; ``secret`` and ``receive_count`` tell how the notice came,
    ``correlation`` what the log calls its delivery by.
    """

    id: str
    brand: Brand | None
    now: datetime
    limits: Limits
    policy_sha256: str
    engine: str
    secret: str
    receive_count: int
    correlation: str = ""
