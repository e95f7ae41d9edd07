"""What a desk may send: the shape of ``docs/desk.schema.json``, kept equal to it by a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.cards import mask_cards
from chalicelib.domain.notice import DeskAction
from chalicelib.domain.scope import KINDS, Scope
from chalicelib.domain.webhook import Unreadable, Verified
from chalicelib.platforms.reading.document import parse
from chalicelib.platforms.reading.shape import Closed, Moment, OneOf, Pattern, Shape, Text

CASE = re.compile(r"[a-z0-9]{16}")
ACTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""A name inside the desk, never a mail address: it stands in the public half of a record."""

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
ACCOUNT = re.compile(r"[a-z0-9:-]{1,40}/[A-Za-z0-9._:@~=+(),-]{1,256}")
LONGEST_TEXT, LONGEST_WHY = 10_000, 1_000

_CASE, _ACTOR = Pattern(CASE), Pattern(ACTOR)
_SCOPE: Mapping[str, Shape] = {
    "all": Closed({"of": OneOf(frozenset({"all"}))}, {}),
    "brand": Closed({"of": OneOf(frozenset({"brand"})), "brand": Pattern(NAME)}, {}),
    "account": Closed({"of": OneOf(frozenset({"account"})), "account": Pattern(ACCOUNT)}, {}),
    "topic": Closed({"of": OneOf(frozenset({"topic"})), "topic": Pattern(NAME)}, {"brand": Pattern(NAME)}),
}


class _OneScope:
    """A scope of the kind that it says it is."""

    def broken(self, value: Any, pointer: str) -> str | None:
        """See Shape."""
        kind = value.get("of") if isinstance(value, dict) else None
        return _SCOPE[kind].broken(value, pointer) if isinstance(kind, str) and kind in KINDS else pointer


_ON_CASE = Closed({"case": _CASE, "actor": _ACTOR}, {"why": Text(LONGEST_WHY)})
_SWITCH = Closed({"actor": _ACTOR, "scope": _OneScope(), "why": Text(LONGEST_WHY)}, {})
DATA: Mapping[str, Shape] = {
    "case.taken": _ON_CASE,
    "case.replied": Closed({"case": _CASE, "actor": _ACTOR}, {"text": Text(LONGEST_TEXT)}),
    "case.closed": _ON_CASE,
    "case.returned": _ON_CASE,
    "pause": _SWITCH,
    "resume": _SWITCH,
}
"""The shape of ``data`` by type. ``resume`` is read so that its refusal stands on the record."""

_TYPE = OneOf(frozenset(DATA))


def action(verified: Verified) -> DeskAction | Unreadable:
    """What the desk says was done, or the pointer of the first place that breaks the schema."""
    document = parse(verified.webhook.body)
    if isinstance(document, Unreadable):
        return document
    broken = _broken(document)
    if broken is not None:
        return Unreadable(f"schema:{broken}")
    data = document["data"]
    scope = data.get("scope")
    return DeskAction(
        action_id=str(verified.delivery_id),
        kind=document["type"],
        actor=data["actor"],
        case=data.get("case"),
        text=mask_cards(data["text"]) if "text" in data else None,
        scope=Scope(kind=scope["of"], brand=scope.get("brand"), account=scope.get("account"), topic=scope.get("topic"))
        if scope
        else None,
        why=mask_cards(data["why"]) if "why" in data else None,
        received_at=verified.webhook.received_at,
    )


def _broken(document: Any) -> str | None:
    if not isinstance(document, dict):
        return ""
    broken = _TYPE.broken(document.get("type"), "/type")
    if broken is not None:
        return broken
    return Closed({"type": _TYPE, "timestamp": Moment(), "data": DATA[document["type"]]}, {}).broken(document, "")
