"""The slot that names the team, as the brand lets the public read it; it follows "the" in a wording."""

from __future__ import annotations

import re

from chalicelib.voice.phrases import Phrases
from chalicelib.voice.slots.contract import Slot, Values

LONGEST = 28
"""Characters. A longer name could push a reply over 280."""

_ARTICLE = re.compile(r"^(?:the|our) ", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]+(?:(?: & |[ '’/-])[^\W\d_]+)*")


def _fill(values: Values, phrases: Phrases) -> str:
    name = _ARTICLE.sub("", " ".join(values.team.split()), count=1)
    return name if len(name) <= LONGEST and _NAME.fullmatch(name) else phrases.no_team


SLOT = Slot(fill=_fill)
