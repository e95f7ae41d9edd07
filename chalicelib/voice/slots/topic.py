"""The slot that names the topic, from the voice's closed list."""

from __future__ import annotations

from chalicelib.voice.phrases import Phrases
from chalicelib.voice.slots.contract import Slot, Values


def _fill(values: Values, phrases: Phrases) -> str:
    return phrases.topics.get(values.topic, phrases.no_topic)


SLOT = Slot(fill=_fill)
