"""What a scenario says: read from JSON lines, its flip as a scenario of its own, its times and placeholders made real."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chalicelib.domain.codec import instant
from chalicelib.local.policies import POLICIES
from chalicelib.policy.phrases.phrase import expand

OWN = Path(__file__).with_name("scenarios.jsonl")
VARIABLE = "ACKGUARD_SCENARIOS"

MECHANICS = frozenset({"S46", "S50", "S56"})
"""The README: these test mechanics; there the runner supplies the signal that the mention is an ordinary request."""

OUTBOUND = "outbound_human"
"""A draft of a person, not a mention."""

_SPAN = re.compile(r"-P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?|-(\d+):(\d\d)(?::(\d\d))?")
_HATE_WORDS, _HATE_LINES = "hate-words.txt", "hate-lines.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One scenario, as written or flipped. ``said`` is the document, ``expects`` its ``expected`` (of a flip: what follows)."""

    id: str
    flipped: bool
    said: Mapping[str, Any]
    expects: Mapping[str, Any]

    @property
    def name(self) -> str:
        """How a report calls it."""
        return f"{self.id}-flip" if self.flipped else self.id

    @property
    def is_mechanics(self) -> bool:
        """Whether the mention counts as an ordinary request whatever its words are."""
        return self.id in MECHANICS

    @property
    def hard(self) -> bool:
        """Whether a field that is not hard by itself fails the run."""
        return self.said.get("fail_mode", "hard") == "hard"

    @property
    def now(self) -> datetime:
        """The scenario's clock when the post is written."""
        return instant(self.said["now"])

    def state(self, name: str, usual: Any) -> Any:
        """A field of ``state``, ``usual`` where it is not there."""
        return (self.said.get("state") or {}).get(name, usual)

    def happening(self, name: str, usual: Any) -> Any:
        """A field of the scenario's ``event``, ``usual`` where it is not there."""
        return (self.said.get("event") or {}).get(name, usual)


def path() -> Path:
    """The scenarios to run: our copy, or what ``ACKGUARD_SCENARIOS`` names."""
    return Path(os.environ.get(VARIABLE) or OWN)


def is_ours() -> bool:
    """Whether the run is over our own copy, where every prose line has to have a check."""
    return path() == OWN


def load() -> tuple[Scenario, ...]:
    """Every scenario, and after it its flip; raises ValueError naming the line that is no scenario."""
    found: list[Scenario] = []
    for number, line in enumerate(path().read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                found += _both(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path()}:{number}: not a scenario: {error!r}") from None
    return tuple(found)


def merged(target: Any, patch: Any) -> Any:
    """RFC 7386: ``patch`` over ``target``; null removes a key."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    before = target if isinstance(target, dict) else {}
    kept = {key: value for key, value in before.items() if patch.get(key, value) is not None}
    return kept | {key: merged(before.get(key), value) for key, value in patch.items() if value is not None}


def before(now: datetime, span: str) -> datetime:
    """``now`` minus an offset such as ``-P3D``, ``-PT5H`` or ``-05:00``; raises ValueError for others."""
    found = _SPAN.fullmatch(span)
    if not found:
        raise ValueError(f"{span}: not an offset before now")
    days, hours, minutes, seconds, clock_hours, clock_minutes, clock_seconds = (int(part or 0) for part in found.groups())
    return now - timedelta(days=days, hours=hours + clock_hours, minutes=minutes + clock_minutes, seconds=seconds + clock_seconds)


def _both(written: Mapping[str, Any]) -> Iterator[Scenario]:
    seed = random.Random(written["id"])
    said = _filled(written, _entry(_HATE_WORDS, seed), _entry(_HATE_LINES, seed))
    yield Scenario(id=said["id"], flipped=False, said=said, expects=said["expected"])
    flip = said.get("flip")
    if flip:
        decision = flip["decision"]
        expects = {
            "decision": decision,
            "public_auto_reply": decision == "ack",
            "case_opened": decision != "ignore",
            "priority": None,
            "ack_must_not_match": said["expected"].get("ack_must_not_match", []),
        }
        yield Scenario(id=said["id"], flipped=True, said=merged(said, flip["merge_patch"]), expects=expects)


def _filled(value: Any, slur: str, line: str) -> Any:
    """``<SLUR>`` and ``<line from ...>`` replaced, wherever they stand."""
    if isinstance(value, str):
        return re.sub(r"<line from [^>]*>", line, value.replace("<SLUR>", slur))
    if isinstance(value, dict):
        return {key: _filled(part, slur, line) for key, part in value.items()}
    return [_filled(part, slur, line) for part in value] if isinstance(value, list) else value


def _entry(name: str, seed: random.Random) -> str:
    lines = (POLICIES / "baseline" / "lists" / name).read_text(encoding="utf-8").splitlines()
    plain = [text for line in lines if (text := line.split("//")[0].strip()) and expand(text) and re.fullmatch(r"[a-z' ]+", text)]
    return seed.choice(plain)
