"""What time it is for the service: the clock protocol of this room, and one that may run faster than the wall."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

from chalicelib.domain.codec import instant, iso
from chalicelib.embedded.files import write_atomic

_AHEAD_S = 2.0
"""Real seconds between two writes of the file: also how far, times the factor, a start after a crash may be ahead."""


class Clock(Protocol):
    """Tells the time of the service."""

    def now(self) -> datetime:
        """The time, in UTC; never earlier than it was."""

    def real_seconds(self, span: timedelta) -> float:
        """How many seconds of the wall ``span`` takes."""

    def still(self) -> AbstractContextManager[None]:
        """While work is done that takes no time on this clock, however busy the machine is."""


class ScaledClock:
    """Runs ``factor`` times as fast as the wall, from the wall's time at the first start.

    It never goes back, neither within a process nor from one to the next: before it shows a time it has written to
    ``path`` a mark beyond it, and a new start begins at the mark or at the wall's time, whichever is later. While no
    process runs it does not run fast, so a demo that slept a week has not aged a year. A clock that runs fast stands
    ``still`` while somebody works: 60 times as fast, a second that a busy machine takes would be a minute of everybody's
    patience. One that runs with the wall never stands.
    """

    def __init__(self, path: str | os.PathLike[str], factor: int, real: Callable[[], float] = time.time) -> None:
        if factor < 1:
            raise ValueError(f"a clock runs at least 1x, not {factor}x")
        self.factor = factor
        self._path = Path(path)
        self._real = real
        self._lock = threading.Lock()
        self._workers = 0
        self._stood_s = 0.0
        self._standing_since = 0.0
        self._anchor_real = real()
        wall = datetime.fromtimestamp(self._anchor_real, timezone.utc)
        self._anchor = max(wall, _mark(self._path) or wall)
        self._shown = self._anchor
        self._marked = self._anchor

    def now(self) -> datetime:
        """See ``Clock``."""
        with self._lock:
            until = self._standing_since if self._workers else self._real()
            elapsed = timedelta(seconds=(until - self._anchor_real - self._stood_s) * self.factor)
            self._shown = max(self._shown, self._anchor + elapsed)
            if self._shown >= self._marked:
                self._write(self._shown + timedelta(seconds=_AHEAD_S * self.factor))
            return self._shown

    def real_seconds(self, span: timedelta) -> float:
        """See ``Clock``."""
        return span.total_seconds() / self.factor

    @contextmanager
    def still(self) -> Iterator[None]:
        """See ``Clock``; any number of threads may work at a time."""
        if self.factor == 1:
            yield
            return
        with self._lock:
            if not self._workers:
                self._standing_since = self._real()
            self._workers += 1
        try:
            yield
        finally:
            with self._lock:
                self._workers -= 1
                if not self._workers:
                    self._stood_s += max(0.0, self._real() - self._standing_since)

    def close(self) -> None:
        """Write the last time shown, so that the next start goes on from it."""
        with self._lock:
            self._write(self._shown)

    def _write(self, mark: datetime) -> None:
        at = {"mark": iso(mark + timedelta(milliseconds=1)), "shown": iso(self._shown), "real": iso(_at(self._real()))}
        write_atomic(self._path, json.dumps(at | {"factor": self.factor}).encode())
        self._marked = mark


def shown_time(path: str | os.PathLike[str]) -> datetime | None:
    """What the clock of another process shows now, or where it stopped; None where none ever ran. Writes nothing."""
    written = _written(Path(path))
    if written is None:
        return None
    elapsed = (_at(time.time()) - instant(written["real"])) * int(written["factor"])
    return min(instant(written["shown"]) + max(elapsed, timedelta(0)), instant(written["mark"]))


def _mark(path: Path) -> datetime | None:
    written = _written(path)
    return instant(written["mark"]) if written else None


def _written(path: Path) -> dict[str, str] | None:
    try:
        written = json.loads(path.read_bytes())
        instant(written["mark"]), instant(written["shown"]), instant(written["real"]), int(written["factor"])
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"{path}: not the file of a clock; delete it to start again at the wall's time") from None
    return dict(written)


def _at(real: float) -> datetime:
    return datetime.fromtimestamp(real, timezone.utc)
