"""Say who is on shift: a lease on the promise that people answer, written by a person, with its record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.domain.facts import Rota
from chalicelib.ports import Put, Store
from chalicelib.steps.done import new_id
from chalicelib.steps.records import happened
from chalicelib.steps.rows import to_row


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPorts:
    """What staffing may touch: rows, fresh ids and salts."""

    store: Store
    entropy: Callable[[int], bytes]


class WrongRota(ValueError):
    """The rota cannot be true; the text says why."""


def staff(brand: str, rota: Rota, actor: Actor, ports: StaffPorts, now: datetime) -> str:
    """Write the rota of a brand; gives the id of the record. The last word holds: whoever is on the floor knows best.

    Raises WrongRota for a shift that is over or a next one that begins before this one ends, ``ports.Unavailable``.
    """
    if rota.until <= now:
        raise WrongRota("the shift is over already")
    if rota.next_shift is not None and rota.next_shift < rota.until:
        raise WrongRota("the next shift begins before this one ends; give the end of the last shift without a gap")
    id = new_id(ports.entropy)
    written = happened(
        id=id,
        kind="staffed",
        at=now,
        brand=brand,
        actor=actor,
        body={
            "on_shift": rota.on_shift,
            "until": iso(rota.until),
            "next_shift": iso(rota.next_shift) if rota.next_shift else None,
        },
        salt=ports.entropy(32),
    )
    ports.store.commit([Put(keys.rota(brand), to_row(rota, key=keys.rota(brand))), *written.writes()])
    return id
