"""Whoever ships a policy, at a data folder or at a stage: who it is, what they may touch, and the bundles they name."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chalicelib import wiring
from chalicelib.aws.clients import client
from chalicelib.aws.ledger import DynamoLedger
from chalicelib.cli import screen
from chalicelib.cli.folder import Folder, opened
from chalicelib.cli.place import reached
from chalicelib.cli.replaying import Page, records_of
from chalicelib.domain import keys
from chalicelib.embedded.artefacts import FileArtefacts
from chalicelib.embedded.key import LocalSigner
from chalicelib.embedded.memory import MemoryArtefacts, memory_signer
from chalicelib.local import person
from chalicelib.local.policies import WrongPolicies, compiled
from chalicelib.policy.deciding.bundle import Broken, load, signed_content
from chalicelib.policy.diff.side import side_of
from chalicelib.settings import TABLE
from chalicelib.steps.approve import Person, proposals, readable
from chalicelib.steps.bundles import Bundles, Loaded
from chalicelib.steps.publish import PublishPorts, pointer_of, trusted

IN_FORCE = "in-force"
SHOWN = 12
"""Letters of a hash that people read; any start of it that names one bundle is understood."""


@dataclass(frozen=True, slots=True)
class Named:
    """A bundle that somebody named: its bytes, its hash, and what to call it."""

    document: bytes
    sha256: str
    name: str

    @property
    def engines(self) -> tuple[str, ...]:
        """The engines it names."""
        return tuple(sorted(side_of(self.document).engines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One person at one service. ``engine`` is the code that decides there, ``folder`` the data of this machine's service."""

    ports: PublishPorts
    person: Person
    engine: str
    now: datetime
    folder: Folder | None = None

    def named(self, word: str) -> Named:
        """The bundle that ``word`` means: a folder, the start of a hash, or ``in-force``; raises Complaint."""
        if Path(word).is_dir():
            return from_folder(Path(word), self.engine)
        sha256 = self.in_force() if word == IN_FORCE else self.one(word)
        for name in (f"bundle/{sha256}", f"bundle/proposed/{sha256}", f"bundle/challenger/{sha256}"):
            document = self.ports.artefacts.get(name)
            if document is not None and hashlib.sha256(document).hexdigest() == sha256:
                if not readable(document):
                    raise screen.Complaint(
                        f"{sha256[:SHOWN]} was made by another version of Ackguard and cannot be read by this one"
                    )
                return Named(document, sha256, f"{IN_FORCE} ({sha256[:SHOWN]})" if word == IN_FORCE else sha256[:SHOWN])
        raise screen.Complaint(f"{sha256[:SHOWN]}: its bundle is not there or was changed", screen.Exit.UNAVAILABLE)

    def records(self, kind: str, since: datetime) -> Iterator[Page]:
        """Pages of one kind that the ledger recorded at or after ``since``; on a stage its whole ledger is scanned for it."""
        if self.folder is not None:
            return records_of(self.folder, kind, since)
        return DynamoLedger(client("dynamodb"), wiring.settings().places[f"{TABLE}LEDGER"]).records(kind, since)

    def in_force(self) -> str:
        """The hash of the bundle in force; raises Complaint where there is none."""
        row = pointer_of(self.ports.store)
        if not row:
            raise screen.Complaint("no policy is in force; publish one: ackguard policy publish", screen.Exit.UNAVAILABLE)
        pointer = trusted(row, self.ports)
        if pointer is None:
            says = "the pointer was not signed by this deployment's publisher, so every mention goes to a person"
            raise screen.Complaint(f"{says}; publish anew: ackguard policy publish", screen.Exit.UNAVAILABLE)
        return pointer.sha256

    def challenger(self) -> str:
        """The hash of the policy that runs beside; raises Complaint where none does."""
        pointer = trusted(pointer_of(self.ports.store), self.ports)
        if pointer is None or not pointer.challenger:
            raise screen.Complaint("no policy runs beside the one in force; start one: ackguard policy challenge policies")
        return pointer.challenger

    def one(self, start: str) -> str:
        """The one hash that starts so, among all that were ever proposed or in force; raises Complaint."""
        start = start.removeprefix("sha256:").lower()
        known = {proposal.sha256 for proposal in proposals(self.ports)}
        known |= {str(row["sha256"]) for _, row in self.ports.store.partition("control", keys.shipped(0).partition)}
        found = sorted(sha256 for sha256 in known if start and sha256.startswith(start))
        if len(found) != 1:
            told = "names no bundle and no folder" if not found else f"is the start of {len(found)} bundles, give more letters"
            raise screen.Complaint(f"{screen.safe(start) or 'an empty hash'} {told}; see: ackguard policy history")
        return found[0]

    def signed(self, sha256: str) -> Named:
        """A bundle that was in force, with its signature; raises Complaint where it is not there or is not what was signed."""
        document, signature = (self.ports.artefacts.get(f"bundle/{sha256}{tail}") for tail in ("", ".sig"))
        if document is None or signature is None:
            raise screen.Complaint(f"{sha256[:SHOWN]} was never in force: only what was can come back")
        if isinstance(load(document, signature, (self.ports.signer.public_key(),), ""), Broken):
            raise screen.Complaint(f"{sha256[:SHOWN]} is not what was signed, or of another version: publish its folder instead")
        return Named(document, hashlib.sha256(document).hexdigest(), sha256[:SHOWN])

    def live(self) -> Loaded | None:
        """The bundle in force as the Lambdas verify it, by the engine it was made for; None where none can be read."""
        pointer = pointer_of(self.ports.store)
        named = trusted(pointer, self.ports)
        document = self.ports.artefacts.get(f"bundle/{named.sha256}") if named else None
        if document is None or not readable(document):
            return None
        engine = next(iter(side_of(document).engines), "")
        loaded = Bundles(self.ports.artefacts, (self.ports.signer.public_key(),), engine).named_by(pointer)
        return None if isinstance(loaded.bundle, Broken) else loaded


@contextmanager
def publishing(arguments: argparse.Namespace) -> Iterator[Publisher]:
    """The person at the service of ``--data`` or ``--stage``; raises Complaint where it cannot be reached."""
    if arguments.stage:
        with reached(arguments):
            try:
                who = person.on_stage()
            except person.Nobody as error:
                raise screen.Complaint(str(error), screen.Exit.UNAVAILABLE) from None
            engine = wiring.settings().engine
            yield Publisher(ports=wiring.for_publishing(), person=who, engine=engine, now=wiring.now())
        return
    with opened(arguments.data) as folder:
        ports = PublishPorts(
            store=folder.store,
            artefacts=FileArtefacts(folder.path / "artefacts"),
            signer=LocalSigner(folder.path / "publisher.key", "ackguard-publisher"),
            entropy=os.urandom,
        )
        engine = wiring.settings().engine
        yield Publisher(ports=ports, person=person.here(), engine=engine, now=folder.now(), folder=folder)


def from_folder(path: Path, engine: str) -> Named:
    """The policies of a folder, compiled for ``engine``; raises Complaint with every problem in them."""
    try:
        document = compiled(path, engine)
    except WrongPolicies as wrong:
        raise screen.Complaint(f"the policies in {path} are wrong\n{wrong}") from None
    return Named(document, hashlib.sha256(document).hexdigest(), str(path))


def rehearsed(named: Named) -> Loaded:
    """A bundle loaded as production loads it, signed for this process alone; raises Complaint where it does not load."""
    artefacts, signer = MemoryArtefacts(), memory_signer("rehearsal")
    artefacts.put(f"bundle/{named.sha256}", named.document)
    artefacts.put(f"bundle/{named.sha256}.sig", signer.sign(signed_content(named.document)))
    loaded = Bundles(artefacts, (signer.public_key(),), next(iter(named.engines), "")).of(named.sha256)
    if isinstance(loaded.bundle, Broken):
        raise screen.Complaint(f"{named.name} does not load: {loaded.bundle.reason}")
    return loaded
