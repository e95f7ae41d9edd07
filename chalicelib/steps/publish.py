"""Put a compiled bundle in force: stored under its hash, signed, the pointer moved by a conditional write, on the record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.codec import Json, iso
from chalicelib.policy.deciding.bundle import CHALLENGER, Broken, signed_content
from chalicelib.ports import Absent, Artefacts, Cancelled, Condition, Equals, Put, Row, Signer, Store, Write
from chalicelib.steps.done import Contended, Done, new_id
from chalicelib.steps.pointer import Pointer, read_pointer, signed_row
from chalicelib.steps.records import Written, happened


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPorts:
    """What publishing may touch; only a publisher holds this signer."""

    store: Store
    artefacts: Artefacts
    signer: Signer
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipping:
    """What is about to be in force and who stands for it. ``people`` are public names, ``change`` is a slug.

    ``private`` is kept beside the record: the full names, and why.
    """

    document: bytes
    actor: Actor
    people: Sequence[str]
    engines: Sequence[str]
    change: str
    rollback: bool = False
    private: Mapping[str, Json] | None = None


def pointer_of(store: Store) -> Row:
    """The pointer as it stands, whoever wrote it; empty where nothing was ever published."""
    return store.read([keys.pointer()]).get(keys.pointer(), {})


def trusted(row: Row, ports: PublishPorts) -> Pointer | None:
    """What a pointer says where this deployment's publisher signed it; None for one that somebody else wrote."""
    pointer = read_pointer(row, (ports.signer.public_key(),))
    return None if isinstance(pointer, Broken) else pointer


def run(document: bytes, engine: str, actor: Actor, ports: PublishPorts, now: datetime) -> Done:
    """Sign and store ``document`` and point at it without asking anybody: for a stage of one's own, as ``ackguard run`` is.

    Nothing to do where it is in force. Raises Contended for a lost race.
    """
    shipping = Shipping(document=document, actor=actor, people=[actor.id], engines=[engine], change="unasked")
    return put_in_force(shipping, pointer_of(ports.store), ports, now)


def put_in_force(
    shipping: Shipping, seen: Row, ports: PublishPorts, now: datetime, beside: Sequence[Written | Write] = ()
) -> Done:
    """Sign, store, and move the pointer from where it was seen, with its record and ``beside`` in one transaction.

    A challenger ends with the policy it was compared with. Raises Contended where the pointer has moved, or something
    ``beside`` no longer holds: then nothing was written.
    """
    sha256 = hashlib.sha256(shipping.document).hexdigest()
    before = trusted(seen, ports)
    if before is not None and before.sha256 == sha256:
        return Done("-", "in-force", sha256)
    ports.artefacts.put(f"bundle/{sha256}", shipping.document)
    ports.artefacts.put(f"bundle/{sha256}.sig", ports.signer.sign(signed_content(shipping.document)))
    body: dict[str, Json] = {
        "sha256": f"sha256:{sha256}",
        "previous": f"sha256:{before.sha256}" if before else None,
        "change": shipping.change,
        "engines": list[Json](shipping.engines),
        "approved_by": list[Json](shipping.people),
        "rollback": shipping.rollback,
    }
    written = recorded("policy_published", body, shipping.private, shipping.actor, ports, now)
    pointer = Pointer(
        version=_next(ports.store, before),
        sha256=sha256,
        at=now,
        people=tuple(shipping.people),
        previous=before.sha256 if before else "",
    )
    story: dict[str, Json] = {
        "did": "rolled back" if shipping.rollback else "published",
        "people": list[Json](shipping.people),
        "change": shipping.change,
    }
    return _moved(pointer, seen, story, written, ports, beside)


def challenged(document: bytes, actor: Actor, ports: PublishPorts, now: datetime) -> Done:
    """Let ``document`` run beside the policy in force. It is signed for that alone: it can never be pointed at as live."""
    seen, sha256 = pointer_of(ports.store), hashlib.sha256(document).hexdigest()
    pointer = trusted(seen, ports)
    if pointer is None or sha256 in (pointer.sha256, pointer.challenger):
        return Done("-", "nothing-in-force" if pointer is None else "runs-already", sha256)
    ports.artefacts.put(f"bundle/challenger/{sha256}", document)
    ports.artefacts.put(f"bundle/challenger/{sha256}.sig", ports.signer.sign(signed_content(document, CHALLENGER)))
    return _challenger(pointer, seen, sha256, "started", actor, ports, now)


def unchallenged(actor: Actor, ports: PublishPorts, now: datetime) -> Done:
    """End the challenger; nothing to do where none runs."""
    seen = pointer_of(ports.store)
    pointer = trusted(seen, ports)
    if pointer is None or not pointer.challenger:
        return Done("-", "none-runs")
    return _challenger(pointer, seen, "", "stopped", actor, ports, now)


def _challenger(pointer: Pointer, seen: Row, sha256: str, status: str, actor: Actor, ports: PublishPorts, now: datetime) -> Done:
    about = sha256 or pointer.challenger
    body: dict[str, Json] = {"sha256": f"sha256:{about}", "beside": f"sha256:{pointer.sha256}", "status": status}
    written = recorded("policy_challenged", body, None, actor, ports, now)
    story: dict[str, Json] = {"did": f"challenger {status}", "people": [actor.id], "change": "-", "sha256": about}
    return _moved(replace(pointer, version=_next(ports.store, pointer), challenger=sha256), seen, story, written, ports)


def _next(store: Store, before: Pointer | None) -> int:
    """The version after every one that the history knows: it does not count on from an old pointer that somebody put back."""
    newest = [int(key.sort) for key, _ in store.partition("control", keys.shipped(0).partition) if key.sort.isdigit()]
    return max([*newest, before.version if before else 0]) + 1


def _moved(
    pointer: Pointer,
    seen: Row,
    story: Mapping[str, Json],
    written: Written,
    ports: PublishPorts,
    beside: Sequence[Written | Write] = (),
) -> Done:
    """Commit the pointer's next version, its line in the history, the record, and what belongs beside. Raises Contended."""
    line = {"sha256": pointer.sha256, "at": iso(written.at), "record": written.id, **story}
    as_seen: tuple[Condition, ...] = tuple(
        Equals(name, seen[name]) for name in ("signature", "version", "sha256") if name in seen
    )
    writes: list[Write] = [
        Put(keys.pointer(), signed_row(pointer, ports.signer), when=as_seen if seen else (Absent(),)),
        Put(keys.shipped(pointer.version), line, when=(Absent(),)),
        *written.writes(),
    ]
    for one in beside:
        writes += one.writes() if isinstance(one, Written) else [one]
    if isinstance(ports.store.commit(writes), Cancelled):
        raise Contended(str(line["sha256"]))
    return Done(written.id, str(story["did"]).replace(" ", "-"), str(line["sha256"]))


def recorded(
    kind: str, body: Mapping[str, Json], private: Mapping[str, Json] | None, actor: Actor, ports: PublishPorts, now: datetime
) -> Written:
    """The record of one step of shipping."""
    record_id = new_id(ports.entropy)
    return happened(
        id=record_id,
        kind=kind,
        at=now,
        actor=actor,
        body=body,
        private=private,
        salt=ports.entropy(32),
    )
