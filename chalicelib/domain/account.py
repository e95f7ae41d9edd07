"""The brands of a deployment, as their folders under ``policies/`` describe them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

NEEDS_ATTESTATION = frozenset({"linkedin"})
"""Platforms whose terms forbid automated replies: only people answer there unless the deployment attests a permission."""


def platform_file(platform: str) -> str:
    """Which platform file speaks there: that of ``relay`` for every relayed network (``relay:mastodon``)."""
    return platform.split(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One handle on one platform; ``platform`` is ``x`` or ``relay:<network>``, ``id`` the platform's own id of it.

    ``attested`` says who permits automated replies and where that is written; it counts where a platform needs it.
    """

    platform: str
    id: str
    handle: str
    attested: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Opening hours of one weekday (0 = Monday) in minutes after local midnight, half-open; ``closes`` may pass 1440."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A brand: its zone (IANA name), hours and holidays, its accounts, its voice and where its cases go.

    ``zone_name`` is how the zone is called in a reply (``UK``). ``teams`` maps a department to the name of the team as the
    public may read it. ``industries`` choose the approved topics. ``sla_minutes`` is, by priority 0 to 4, how many minutes
    a case may wait while the brand is open. ``muted`` are local dates on which nothing is acknowledged.
    ``surge_over``: so many people within ten minutes on one topic are no longer a usual day, where no usual day is known
    yet. ``surge_departments`` are told when that happens.
    """

    id: str
    name: str
    zone: str
    zone_name: str
    hours: tuple[Shift, ...]
    holidays: frozenset[date]
    languages: tuple[str, ...]
    industries: tuple[str, ...]
    accounts: tuple[Account, ...]
    voice: str
    teams: Mapping[str, str]
    own_names: tuple[str, ...]
    sla_minutes: tuple[int, ...]
    muted: frozenset[date] = frozenset()
    surge_over: int = 8
    surge_departments: tuple[str, ...] = ("incidents",)
