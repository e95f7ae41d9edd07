"""Pause acknowledging and lift a pause: the control record of every account of a scope, each with its ledger record.

An intent commits only while the control record is the one it has read (``steps.post``), so from the moment the last record
of a scope is written nothing new starts in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.account import Brand
from chalicelib.domain.facts import Control
from chalicelib.domain.scope import Scope
from chalicelib.ports import Cancelled, Put, Row, Store, Unavailable
from chalicelib.steps.done import new_id
from chalicelib.steps.records import Written, happened
from chalicelib.steps.rows import from_row, to_row, unchanged

ATTEMPTS = 8
DESK = "desk:"
"""How the id of an actor begins who came through the desk's door."""


class OnlyAPerson(Exception):
    """Somebody who is no person at the command line asked for a pause to be lifted; nothing has been written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PausePorts:
    """What pausing may touch: rows, fresh ids and salts."""

    store: Store
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One account whose control record is written. ``brand`` None: no policy in force names the account."""

    brand: str | None
    platform: str
    account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Who says it and why. ``why`` is a person's sentence (private half), ``reason`` a slug for everybody: by-hand, surge."""

    actor: Actor
    why: str
    reason: str = "by-hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One account after the attempt. ``did``: changed | already | no-control-record | unreadable | unavailable | contended."""

    target: Target
    did: str

    @property
    def holds(self) -> bool:
        """Whether the account's record now says what was asked."""
        return self.did in ("changed", "already")


@dataclass(frozen=True, slots=True, kw_only=True)
class Switched:
    """What became of a whole scope; ``id`` names the ledger records, one for each account that changed."""

    id: str
    accounts: tuple[Reached, ...]

    @property
    def complete(self) -> bool:
        """Whether every account of the scope was reached, and there was one."""
        return bool(self.accounts) and all(one.holds for one in self.accounts)


def targets_of(scope: Scope, brands: Mapping[str, Brand]) -> tuple[Target, ...]:
    """The accounts of the brands in force that ``scope`` covers; empty where it names none of them."""
    found = []
    for brand in brands.values():
        for one in brand.accounts:
            named = {f"{one.platform}/{one.id}", f"{one.platform}/{one.handle}", f"{one.platform}/@{one.handle}"}
            if scope.brand in (None, brand.id) and (scope.account is None or scope.account in named):
                found.append(Target(brand=brand.id, platform=one.platform, account=one.id))
    return tuple(found)


def pause(scope: Scope, targets: Sequence[Target], word: Word, ports: PausePorts, now: datetime) -> Switched:
    """Stop acknowledging in ``scope``. It holds where ``Switched`` says so; what it could not reach it names, to be run again."""
    return _switched(scope, targets, word, ports, now, paused=True)


def resume(scope: Scope, targets: Sequence[Target], word: Word, ports: PausePorts, now: datetime) -> Switched:
    """Lift the pause of exactly this scope; one of another scope goes on holding. Raises OnlyAPerson for anybody else."""
    if word.actor.type != "person" or word.actor.id.startswith(DESK):
        raise OnlyAPerson(word.actor.type)
    return _switched(scope, targets, word, ports, now, paused=False)


def _switched(scope: Scope, targets: Sequence[Target], word: Word, ports: PausePorts, now: datetime, *, paused: bool) -> Switched:
    record = new_id(ports.entropy)
    reached = []
    for number, target in enumerate(targets):
        change = _Change(mark=scope.mark, paused=paused, word=word, record=record, number=number, at=now)
        reached.append(Reached(target=target, did=_switch(target, change, ports)))
    return Switched(id=record, accounts=tuple(reached))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    mark: str
    paused: bool
    word: Word
    record: str
    number: int
    at: datetime


def _switch(target: Target, change: _Change, ports: PausePorts) -> str:
    """Write one account, again while others write it too; an unknown outcome is read again before it is written again."""
    place, did = keys.control(target.platform, target.account), "contended"
    for _ in range(ATTEMPTS):
        try:
            row = ports.store.read([place]).get(place)
            if row is None:
                return "no-control-record"
            control = _readable(row)
            if control is None:
                return "unreadable"
            if (change.mark in control.paused) == change.paused:
                return "already"
            others = tuple(mark for mark in control.paused if mark != change.mark)
            marks = (*others, change.mark) if change.paused else others
            switched = replace(control, version=control.version + 1, paused=marks)
            writes = [
                Put(place, to_row(switched, key=place), when=unchanged(control.version)),
                *_record(target, switched, change, ports.entropy).writes(),
            ]
            if not isinstance(ports.store.commit(writes), Cancelled):
                return "changed"
        except Unavailable:
            did = "unavailable"
    return did


def _readable(row: Row) -> Control | None:
    try:
        return from_row(Control, row)
    except ValueError:
        return None


def _record(target: Target, control: Control, change: _Change, entropy: Callable[[int], bytes]) -> Written:
    return happened(
        id=change.record,
        kind="paused",
        number=change.number,
        at=change.at,
        brand=target.brand,
        actor=change.word.actor,
        body={
            "scope": change.mark,
            "mode": control.mode,
            "paused": change.paused,
            "version": control.version,
            "reason": change.word.reason,
        },
        private={"why": change.word.why, "platform": target.platform, "account": target.account},
        salt=entropy(32),
    )
