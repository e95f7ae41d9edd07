"""What time it is for the service: the clock protocol of this room, and one that runs faster than the wall."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time of the service."""

    def now(self) -> datetime:
        """The time, in UTC; never earlier than it was."""
