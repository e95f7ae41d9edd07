"""Sign how far the ledger has come, and say that somebody looked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.audit.checkpoint import Checkpoint, note_text, open_note, signed_note, vkey
from chalicelib.audit.tree import Frontier
from chalicelib.domain import keys
from chalicelib.domain.codec import instant
from chalicelib.ports import Artefacts, Committed, Signer, Store, Unavailable
from chalicelib.steps.numbered import STRETCH, stretch_key
from chalicelib.steps.sequence import Head, put_head, read_head

IDLE = timedelta(hours=1)
"""A quiet ledger is sealed again this often, so that silence is somebody's statement."""

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class SealPorts:
    """What the sealer may touch; nobody else holds this signer."""

    store: Store
    signer: Signer
    artefacts: Artefacts


class SealRefused(Exception):
    """The tree does not continue what was signed: signing would prove a fork. Nothing was signed; page somebody."""


def checkpoint_name(size: int) -> str:
    """The name of the checkpoint over the first ``size`` leaves among the artefacts."""
    return f"checkpoint/{size}"


def run(ports: SealPorts, now: datetime, origin: str) -> int:
    """Seal every leaf that has a number; gives the sealed size. Safe to run twice at once.

    ``origin`` is the log's own line in the checkpoint. Raises SealRefused, ValueError where a checkpoint of this size was signed
    with another root, and Unavailable; then ``checked`` stays as old as it is and acknowledging stops by itself.
    """
    rows = ports.store.read([keys.head(), stretch_key(0)])
    head = read_head(rows)
    if not head.version and stretch_key(0) in rows:
        raise SealRefused("there are leaf hashes, but the head that counts them is gone")
    before = _signed_frontier(ports, head, origin)
    after = _grown(ports.store, before, head.next)
    if after.size > before.size or head.sealed_at is None or now - head.sealed_at >= IDLE:
        _sign(ports, after, origin)
        sealed_at = now
    else:
        sealed_at = head.sealed_at
    return _move_head(ports.store, head, after, sealed_at, now)


def _signed_frontier(ports: SealPorts, head: Head, origin: str) -> Frontier:
    """The frontier that the head remembers, held against the checkpoint that was signed over it."""
    try:
        frontier = Frontier.read(head.sealed, head.frontier)
    except ValueError as error:
        raise SealRefused(f"the head's frontier of {head.sealed} leaves is broken: {error}") from None
    if head.next < head.sealed:
        raise SealRefused(f"the head counts {head.next} leaves, but {head.sealed} are sealed")
    if head.sealed_at is None and not head.sealed:
        return frontier
    checkpoint = _signed_checkpoint(ports, head.sealed)
    if (checkpoint.origin, checkpoint.size, checkpoint.root) != (origin, head.sealed, frontier.root()):
        raise SealRefused(f"the frontier is not the one that was signed over {head.sealed} leaves")
    return frontier


def _signed_checkpoint(ports: SealPorts, size: int) -> Checkpoint:
    note = ports.artefacts.get(checkpoint_name(size))
    if note is None:
        raise SealRefused(f"the checkpoint over {size} leaves is gone")
    try:
        return open_note(note.decode(), (vkey(ports.signer.name, ports.signer.public_key()),))
    except ValueError as error:
        raise SealRefused(f"the checkpoint over {size} leaves cannot be trusted: {error}") from None


def _grown(store: Store, frontier: Frontier, until: int) -> Frontier:
    sealed = frontier.size
    for stretch in range(sealed // STRETCH, -(-until // STRETCH)):
        place = stretch_key(stretch * STRETCH)
        for _, row in store.partition(place.table, place.partition):
            if sealed <= int(row["start"]) < until:
                frontier = _appended(frontier, row)
    if frontier.size != until:
        raise SealRefused(f"the head counts {until} leaves, their hashes end at {frontier.size}")
    return frontier


def _appended(frontier: Frontier, row: Mapping[str, Any]) -> Frontier:
    if int(row["start"]) != frontier.size:
        raise SealRefused(f"the hashes after leaf {frontier.size} are missing")
    return frontier.extend(bytes.fromhex(part) for part in row["hashes"])


def _sign(ports: SealPorts, frontier: Frontier, origin: str) -> None:
    text = note_text(origin, frontier.size, frontier.root())
    note = signed_note(text, ports.signer.name, ports.signer.public_key(), ports.signer.sign(text.encode()))
    ports.artefacts.put(checkpoint_name(frontier.size), note.encode())


def _move_head(store: Store, head: Head, sealed: Frontier, sealed_at: datetime, now: datetime) -> int:
    """Write what was sealed beside whatever was numbered meanwhile; another sealer that came further stands."""
    for _ in range(_ATTEMPTS):
        if head.sealed > sealed.size:
            return head.sealed
        moved = replace(
            head,
            sealed=sealed.size,
            frontier=sealed.texts,
            sealed_at=sealed_at,
            checked=now,
            pending_since=_pending_since(store, head, sealed.size),
        )
        if isinstance(store.commit([put_head(moved)]), Committed):
            return sealed.size
        head = read_head(store.read([keys.head()]))
    raise Unavailable("the head of the tree moved on every attempt")


def _pending_since(store: Store, head: Head, sealed: int) -> datetime | None:
    """How old the oldest leaf above ``sealed`` is: its row begins exactly there."""
    if head.next == sealed:
        return None
    place = stretch_key(sealed)
    return instant(store.read([place])[place]["oldest"])
