"""Whether a brand is open at a moment, by its own clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.domain.account import Brand


def local_date(brand: Brand, at: datetime) -> date:
    """The date that the brand's calendar shows at ``at``."""
    return at.astimezone(ZoneInfo(brand.zone)).date()


def is_open(brand: Brand, at: datetime) -> bool:
    """Whether a shift of the brand runs at ``at``; a holiday has no shift that begins on it."""
    local = at.astimezone(ZoneInfo(brand.zone))
    minute = local.hour * 60 + local.minute
    for days_ago in (0, 1):
        began = local.date() - timedelta(days=days_ago)
        passed = minute + days_ago * 24 * 60
        if began not in brand.holidays and any(
            shift.weekday == began.weekday() and shift.opens <= passed < shift.closes for shift in brand.hours
        ):
            return True
    return False
