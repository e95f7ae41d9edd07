"""Put a compiled bundle in force: stored under its hash, signed, the pointer moved by a conditional write, on the record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.audit.record import Actor, follow_record, sort_key
from chalicelib.domain import keys
from chalicelib.domain.codec import iso
from chalicelib.policy.bundle import signed_content
from chalicelib.ports import Artefacts, Cancelled, Put, Signer, Store
from chalicelib.steps.done import Contended, Done, new_id
from chalicelib.steps.records import Written
from chalicelib.steps.rows import unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishPorts:
    """What publishing may touch; only a publisher holds this signer."""

    store: Store
    artefacts: Artefacts
    signer: Signer
    entropy: Callable[[int], bytes]


def run(document: bytes, engine: str, actor: Actor, ports: PublishPorts, now: datetime) -> Done:
    """Sign and store ``document`` and point at it; nothing to do where it is in force. Raises Contended for a lost race."""
    sha256 = hashlib.sha256(document).hexdigest()
    row = ports.store.read([keys.pointer()]).get(keys.pointer(), {})
    if row.get("sha256") == sha256:
        return Done("-", "in-force", sha256)
    ports.artefacts.put(f"bundle/{sha256}", document)
    ports.artefacts.put(f"bundle/{sha256}.sig", ports.signer.sign(signed_content(document)))
    version = int(row.get("version", 0))
    pointer = {"sha256": sha256, "version": version + 1, "at": iso(now)}
    record_id = new_id(ports.entropy)
    record = follow_record(
        id=record_id,
        kind="policy_published",
        number=0,
        at=now,
        brand=None,
        actor=actor,
        body={
            "sha256": f"sha256:{sha256}",
            "previous": f"sha256:{row['sha256']}" if row else None,
            "engines": [engine],
            "approved_by": [actor.id],
            "rollback": False,
        },
        terminal_state=None,
        private=None,
        salt=ports.entropy(32),
    )
    written = Written(id=record_id, sort=sort_key("policy_published"), record=record, at=now, person="-")
    writes = [Put(keys.pointer(), pointer, when=unchanged(version)), *written.writes()]
    if isinstance(ports.store.commit(writes), Cancelled):
        raise Contended(sha256)
    return Done(record_id, "published", sha256)
