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
    told = " ".join(values.team.split())
    name = _ARTICLE.sub("", told, count=1) if phrases.own_teams else phrases.teams.get(told, "")
    return name if len(name) <= LONGEST and _NAME.fullmatch(name) else phrases.no_team


SLOT = Slot(fill=_fill)
