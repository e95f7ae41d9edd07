"""What a slot file offers, and the values that slots may read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.voice.expectation import Expectation
from chalicelib.voice.phrases import Phrases


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What one acknowledgement knows: the recognised topic, the team's public name, the expectation. Never the mention."""

    topic: str
    team: str
    expectation: Expectation


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot. The file ends with ``SLOT = Slot(...)``; its name is the name between the braces.

    ``fill`` gives the text in place of the braces and is total: an odd value gives the neutral fallback. Only an
    ``optional`` slot may give None: then the wording is said in its form ``without`` the slot.
    """

    fill: Callable[[Values, Phrases], str | None]
    optional: bool = False
