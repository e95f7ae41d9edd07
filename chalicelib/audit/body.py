"""What each kind of follow-up record may say in public: closed lists of fields, and forms that cannot hold a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from chalicelib.audit.canonical import LARGEST
from chalicelib.domain.codec import Json

_SLUG = re.compile(r"[a-z0-9][a-z0-9:._-]{0,79}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,79}", re.ASCII)
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", re.ASCII)
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


def _text_of(pattern: re.Pattern[str]) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


def _flag(value: Json) -> bool:
    return isinstance(value, bool)


def _names(value: Json) -> bool:
    return isinstance(value, list) and all(map(_text_of(_NAME), value))


FORMS: Mapping[str, Callable[[Json], bool]] = {
    "slug": _text_of(_SLUG),
    "name": _text_of(_NAME),
    "time": _text_of(_TIME),
    "sha256": _text_of(_SHA256),
    "count": _count,
    "flag": _flag,
    "names": _names,
}
"""Forms by name; ``record.schema.json`` has a definition of the same name for each. Null is allowed wherever a form is."""

BODIES: Mapping[str, Mapping[str, str]] = {
    "intent": {"attempt": "count", "lease_until": "time", "deadline": "time", "control_version": "count"},
    "terminal": {"state": "slug", "outcome": "slug", "reason": "slug", "looked_up": "flag", "attempts": "count"},
    "edited": {"state": "slug", "outcome": "slug", "rule": "slug", "reason": "slug", "kept": "flag"},
    "deleted": {"state": "slug", "reason": "slug"},
    "taken": {"state": "slug", "reason": "slug"},
    "replying": {"reason": "slug", "forced": "flag", "closest_percent": "count", "starter": "slug", "topic": "slug"},
    "replied": {"status": "slug", "reason": "slug", "first": "flag", "waited_minutes": "count", "due": "time", "late": "flag"},
    "returned": {"state": "slug", "reason": "slug", "forced": "flag"},
    "closed": {"state": "slug", "reason": "slug", "forced": "flag"},
    "promise": {"status": "slug", "made": "time", "due": "time"},
    "case_overdue": {"due": "time", "department": "slug", "priority": "count", "status": "slug"},
    "announce_failed": {"sink": "slug", "reason": "slug", "version": "count", "attempts": "count", "priority": "count"},
    "sink_disabled": {"sink": "slug", "reason": "slug"},
    "policy_published": {
        "sha256": "sha256",
        "previous": "sha256",
        "change": "slug",
        "engines": "names",
        "approved_by": "names",
        "rollback": "flag",
    },
    "policy_proposed": {
        "sha256": "sha256",
        "previous": "sha256",
        "change": "slug",
        "engines": "names",
        "replayed": "count",
        "of": "count",
        "flips": "count",
        "rollback": "flag",
    },
    "policy_approved": {"sha256": "sha256", "previous": "sha256", "change": "slug", "flips": "count", "proposed_by": "name"},
    "policy_challenged": {"sha256": "sha256", "beside": "sha256", "status": "slug"},
    "challenged": {"sha256": "sha256", "outcome": "slug", "rule": "slug", "live": "slug", "reason": "slug"},
    "surge": {"scope": "name", "reason": "slug", "people": "count", "over": "count", "departments": "names"},
    "alarm": {"platform": "name", "reason": "slug", "departments": "names"},
    "paused": {"scope": "name", "mode": "slug", "paused": "flag", "version": "count", "reason": "slug"},
    "desk": {"asked": "slug", "status": "slug", "reason": "slug"},
    "staffed": {"on_shift": "count", "until": "time", "next_shift": "time"},
    "heartbeat": {"accepted": "count", "decided": "count", "waiting": "count", "dead": "count", "policy": "sha256"},
    "viewed": {"records": "names", "through": "slug"},
    "exported": {
        "format": "slug",
        "private": "flag",
        "since": "time",
        "until": "time",
        "count": "count",
        "sha256": "sha256",
        "private_sha256": "sha256",
    },
}
"""The fields of each kind's body and their forms. A field that is not here stays out of the leaf, or the record is refused."""

REQUIRED: Mapping[str, frozenset[str]] = {
    "terminal": frozenset({"state", "outcome", "reason"}),
    "policy_approved": frozenset({"sha256", "previous", "proposed_by"}),
    "viewed": frozenset({"records", "through"}),
    "exported": frozenset({"format", "private", "count", "sha256"}),
}
"""The fields that a kind cannot do without."""


def checked_body(kind: str, body: Mapping[str, Json]) -> dict[str, Json]:
    """``body``, if every field and form is one that ``kind`` knows; raises ValueError naming the field, never its value."""
    allowed = BODIES[kind]
    if missing := REQUIRED.get(kind, frozenset()) - body.keys():
        raise ValueError(f"{kind}: the body lacks {', '.join(sorted(missing))}")
    for field, value in body.items():
        if field not in allowed:
            raise ValueError(f"{kind}: the public half has no field {slug(field)}; it knows {', '.join(sorted(allowed))}")
        if value is not None and not FORMS[allowed[field]](value):
            raise ValueError(f"{kind}.{field}: not a {allowed[field]}; personal text belongs into the private half")
    return dict(body)


def slug(text: str) -> str:
    """``text`` if it is a slug, else ``unnamed``: free text never gets into a leaf or an error this way."""
    return text if _SLUG.fullmatch(text) else "unnamed"
