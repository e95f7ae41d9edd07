"""Whom a doctor looks at, and the form of what is found: what was looked at, what is wrong with it, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from chalicelib.cli.told import Told
from chalicelib.domain.limits import Limits
from chalicelib.local.vitals import Vitals
from chalicelib.platforms.contract import Platform
from chalicelib.ports import Http, SecretSource, Store
from chalicelib.steps.bundles import Bundles

Verdict = Literal["fine", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. ``remedy`` says what to do where something is to be done."""

    about: str
    verdict: Verdict
    says: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What it takes to ask the platforms themselves. ``secrets`` gives none where we may not read one."""

    secrets: SecretSource
    http: Http
    platforms: Mapping[str, Platform]
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One service, and what its doctor may ask. ``now`` is its own clock, ``here`` that of this machine (UTC)."""

    store: Store
    bundles: Bundles
    told: Told
    vitals: Vitals
    asking: Asking
    now: datetime
    here: datetime

    @property
    def limits(self) -> Limits:
        """The limits that the service works by."""
        return self.told.limits


def span(length: timedelta) -> str:
    """A duration as people say it: ``90 s``, ``15 min``, ``72 h``."""
    seconds = round(length.total_seconds())
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds} s" if seconds < 300 else f"{seconds / 60:.0f} min"
