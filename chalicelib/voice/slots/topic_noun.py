"""The slot that names the topic before another noun ("your card query"), from the voice's closed list."""

from __future__ import annotations

from chalicelib.voice.phrases import Phrases
from chalicelib.voice.slots.contract import Slot, Values


def _fill(values: Values, phrases: Phrases) -> str | None:
    return phrases.nouns.get(values.topic)


SLOT = Slot(fill=_fill, optional=True)
