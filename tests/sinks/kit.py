"""One announcement for the tests of the sinks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.announcement import Announcement
from chalicelib.embedded.memory import START

ORDER = Announcement(
    schema=1,
    record="caseaaaabbbbcccc",
    case="caseaaaabbbbcccc",
    version=3,
    brand="northwind-bank",
    priority=0,
    department="safety",
    outcome="human",
    rule="self-harm",
    why="Somebody may be in danger.",
    due=START + timedelta(minutes=15),
    at=START,
    sink="webhook",
)


def order(**changes: Any) -> Announcement:
    """``ORDER`` with some of it changed."""
    return replace(ORDER, **changes)
