"""Set the mode of one account: shadow, live or halted. It makes the control record where there is none, and is in the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain import keys
from chalicelib.domain.facts import Control
from chalicelib.ports import Cancelled, Put
from chalicelib.steps.done import Contended, Done, new_id
from chalicelib.steps.pause import OnlyAPerson, PausePorts, Target, Word
from chalicelib.steps.records import Written, happened
from chalicelib.steps.rows import from_row, to_row, unchanged

MODES = ("shadow", "live", "halted")
"""Decided and recorded, nothing is said; acknowledging; switched off."""

ATTEMPTS = 8


def set_mode(target: Target, mode: str, word: Word, ports: PausePorts, now: datetime) -> Done:
    """Write it; pauses and withdrawn wordings stay as they are. From its commit on SENDING goes by it.

    Raises OnlyAPerson, ValueError for another mode or a record that cannot be read, Contended, ``ports.Unavailable``.
    """
    if word.actor.type != "person":
        raise OnlyAPerson(word.actor.type)
    if mode not in MODES:
        raise ValueError(f"no mode {mode}; there are {', '.join(MODES)}")
    place = keys.control(target.platform, target.account)
    for _ in range(ATTEMPTS):
        row = ports.store.read([place]).get(place)
        before = Control(version=0, mode="") if row is None else from_row(Control, row)
        if before.mode == mode:
            return Done("-", "already")
        after = replace(before, version=before.version + 1, mode=mode)
        written = _recorded(target, after, word, ports, now)
        put = Put(place, to_row(after, key=place), when=unchanged(before.version))
        if not isinstance(ports.store.commit([put, *written.writes()]), Cancelled):
            return Done(written.id, "changed")
    raise Contended(target.account)


def _recorded(target: Target, control: Control, word: Word, ports: PausePorts, now: datetime) -> Written:
    id = new_id(ports.entropy)
    return happened(
        id=id,
        kind="paused",
        at=now,
        brand=target.brand,
        actor=word.actor,
        body={
            "scope": "account",
            "mode": control.mode,
            "paused": bool(control.paused),
            "version": control.version,
            "reason": word.reason,
        },
        private={"why": word.why, "platform": target.platform, "account": target.account},
        salt=ports.entropy(32),
    )
