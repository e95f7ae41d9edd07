"""The slot that says by when a person answers, in the words of the voice's language."""

from __future__ import annotations

import re
from datetime import datetime

from chalicelib.voice.expectation import Expectation
from chalicelib.voice.phrases import Phrases, Times
from chalicelib.voice.slots.contract import Slot, Values

_ZONE = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")


def _fill(values: Values, phrases: Phrases) -> str | None:
    expected = values.expectation
    if expected.minutes is not None:
        return _wait(expected.minutes, phrases.times)
    if expected.opens is not None:
        return _opening(expected, expected.opens, phrases)
    return None


def _wait(minutes: int, times: Times) -> str:
    if minutes <= 120:
        return times.minutes.replace("{n}", str(minutes))
    return times.hours.replace("{n}", str(minutes // 60))


def _opening(expected: Expectation, opens: datetime, phrases: Phrases) -> str | None:
    if not _ZONE.fullmatch(expected.zone_name):
        return None
    times, zone = phrases.times, phrases.zones.get(expected.zone_name, expected.zone_name)
    form = times.today if expected.days == 0 else times.tomorrow if expected.days == 1 else times.later
    text = form.replace("{clock}", f"{opens:%H:%M}").replace("{zone}", zone)
    return text.replace("{weekday}", times.weekdays[opens.weekday()])


SLOT = Slot(fill=_fill, optional=True)
