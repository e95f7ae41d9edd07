"""Which kinds of record there are, and where each stands in the ledger of its id."""

from __future__ import annotations

from chalicelib.audit.body import slug

_PLACES = {
    "decision": "0",
    "intent": "10",
    "edited": "20",
    "deleted": "30",
    "taken": "40",
    "replying": "42",
    "replied": "44",
    "returned": "46",
    "closed": "48",
    "promise": "50",
    "case_overdue": "60",
    "announce_failed": "65",
    "sink_disabled": "66",
    "policy_published": "70",
    "policy_proposed": "71",
    "policy_approved": "72",
    "policy_challenged": "73",
    "challenged": "74",
    "paused": "80",
    "surge": "81",
    "desk": "82",
    "staffed": "83",
    "alarm": "84",
    "heartbeat": "85",
    "viewed": "88",
    "exported": "89",
    "terminal": "9",
}
KINDS = frozenset(_PLACES)
_ONCE = frozenset({"decision", "terminal"})


def sort_key(kind: str, number: int = 0) -> str:
    """The ledger sort key of a record: a mention has room for exactly one ``decision`` and one ``terminal``.

    Raises ValueError for an unknown kind, a negative number, or a second one of those two.
    """
    if kind not in KINDS:
        raise ValueError(f"no record kind {slug(kind)}; there are {', '.join(sorted(KINDS))}")
    if kind in _ONCE:
        if number:
            raise ValueError(f"a mention has one {kind}; its number is 0")
        return f"{_PLACES[kind]}-{kind}"
    if number < 0:
        raise ValueError("a record number counts from 0")
    return f"{_PLACES[kind]}-{kind}-{number:04}"
