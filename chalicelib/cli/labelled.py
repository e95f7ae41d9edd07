"""Labelled mentions, one JSON object a line: what they are, which stay closed, and the score of what was decided about them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.cli import plain
from chalicelib.cli.plain import BadLine, Plain

CLASSES: Mapping[str, tuple[str, ...]] = {
    "critical": (
        *("self_harm", "threat_hate", "safety", "vulnerable", "fraud_security", "pii", "legal_regulatory"),
        *("discrimination", "accusation", "protest_activism", "press_influencer", "crisis_incident"),
    ),
    "serious": ("anger", "sarcasm", "repeat_contact"),
    "soft": ("no_ack_needed", "unclear"),
}
"""The reasons for a person by how much an acknowledgement would harm: the codes of the labelling guide (docs/judgement.md)."""

REASONS = tuple(reason for reasons in CLASSES.values() for reason in reasons)

CLOSED = {"more.jsonl": 400, "closed.jsonl": 900}
"""File → how many of its last lines of the stratum ``random`` are kept for the one scoring at the end of a release."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What another filter does with the same labels: critical (acknowledged, of how many) and the share of fine ones."""

    name: str
    critical: tuple[int, int]
    coverage: float


PEER = Peer("40 keywords and VADER, as published for dev.jsonl", (40, 133), 0.60)
"""The naive filter that any team would write first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One mention with what a careful reader says: the reasons for a person, the first the main one; none where it is fine."""

    mention: Plain
    ok: bool
    reasons: tuple[str, ...]
    stratum: str

    @property
    def severity(self) -> str | None:
        """The highest class among the reasons; None where an acknowledgement is fine."""
        fitting = (name for name, reasons in CLASSES.items() if set(reasons) & set(self.reasons))
        return None if self.ok else next(fitting, "soft")


def read(line: bytes, number: int) -> Labelled:
    """The labelled mention of one line; raises BadLine. ``must_human`` or ``ok`` is the label, ``id`` may be left out."""
    try:
        given = json.loads(line.decode("utf-8-sig"))
    except ValueError:
        raise BadLine("not JSON: one object a line is expected") from None
    if not isinstance(given, dict):
        raise BadLine("a JSON object is expected")
    label = given.get("ok", not given["must_human"] if isinstance(given.get("must_human"), bool) else None)
    if not isinstance(label, bool):
        raise BadLine("ok: true or false is expected (or must_human)")
    reasons = given.get("reasons") or []
    if unknown := sorted(str(reason) for reason in reasons if reason not in REASONS):
        raise BadLine(f"reasons: no reason {', '.join(unknown)}; there are {', '.join(REASONS)}")
    if label == bool(reasons):
        raise BadLine("reasons: at least one where a person is needed, none where an acknowledgement is fine")
    mention = plain.read(json.dumps({**given, "id": given.get("id") or f"line-{number}"}).encode())
    return Labelled(mention=mention, ok=label, reasons=tuple(reasons), stratum=str(given.get("stratum") or "none").split(":")[0])


def closed_of(name: str, strata: Sequence[str]) -> frozenset[int]:
    """The places (from 0) of the lines of file ``name`` that stay closed, by the stratum of every line."""
    places = [place for place, stratum in enumerate(strata) if stratum == "random"]
    kept = CLOSED.get(name, 0)
    return frozenset(places[-kept:]) if kept else frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled mention and what was decided."""

    labelled: Labelled
    acknowledged: bool
    rule: str


def score(judged: Sequence[Judged]) -> dict[str, Any]:
    """How often each class, each reason and each stratum was acknowledged: pairs (acknowledged, of how many)."""
    all_, spoken = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    wrong = []
    for one in judged:
        labelled = one.labelled
        keys = [("class", labelled.severity or "fine"), ("stratum", labelled.stratum)]
        keys += [("reason", reason) for reason in labelled.reasons]
        all_.update(keys)
        if one.acknowledged:
            spoken.update(keys)
            spoken[("right" if labelled.ok else "wrong", labelled.stratum)] += 1
            wrong += [] if labelled.ok else [one]
    random = spoken["right", "random"] + spoken["wrong", "random"]
    classes = ("critical", "serious", "soft", "fine")
    return {
        "classes": {name: (spoken["class", name], all_["class", name]) for name in classes},
        "reasons": {name: (spoken["reason", name], all_["reason", name]) for name in REASONS if all_["reason", name]},
        "strata": {
            name: {"acknowledged": spoken[kind, name], "wrong": spoken["wrong", name], "of": count}
            for (kind, name), count in sorted(all_.items())
            if kind == "stratum"
        },
        "wrong_of_random": (spoken["wrong", "random"], random),
        "wrong": [
            {"id": one.labelled.mention.id, "reasons": list(one.labelled.reasons), "text": one.labelled.mention.text}
            for one in wrong
        ],
        "held_back": dict(Counter(one.rule for one in _held(judged)).most_common()),
    }


def _held(judged: Sequence[Judged]) -> list[Judged]:
    return [one for one in judged if one.labelled.ok and not one.acknowledged]
