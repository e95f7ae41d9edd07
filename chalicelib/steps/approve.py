"""Ship a policy: what tightens goes alone; whatever may loosen waits, with a replay, for a second person (DESIGN §5)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.codec import Json, iso
from chalicelib.policy.diff.change import Direction
from chalicelib.policy.diff.diff import Diff, diff
from chalicelib.policy.diff.side import side_of
from chalicelib.ports import Absent, Cancelled, Equals, Put, Row
from chalicelib.steps.done import Contended, Done
from chalicelib.steps.publish import PublishPorts, Shipping, pointer_of, put_in_force, recorded, trusted
from chalicelib.steps.rows import from_row, to_row

LASTS = timedelta(days=7)
"""How long a proposal may wait: the replay that speaks for it grows old."""

ENOUGH = 99
"""Of a hundred recorded mentions so many must be replayable, or the replay speaks for nothing (DESIGN §5)."""

FIRST = Diff(Direction.LOOSENS, (), ())
"""Where nothing is in force everything goes to people, so whatever comes first may loosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What a replay of mentions gave: ``replayed`` of ``of`` could be, ``flips`` went to a person and would be acknowledged."""

    of: int = 0
    replayed: int = 0
    flips: int = 0

    @property
    def speaks(self) -> bool:
        """Whether enough was replayed to say anything."""
        return self.of > 0 and self.replayed * 100 >= self.of * ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who ships: the name in the ledger, and the full one (an STS ARN on AWS), by which two people are told apart."""

    actor: Actor
    full: str

    @property
    def same(self) -> str:
        """What is equal for one person: the last part of the full name, however it is written, whatever role they took."""
        return unicodedata.normalize("NFKC", self.full).casefold().rsplit("/", 1)[-1].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A bundle that waits for a second person. ``base`` is what it was compared with. ``status``: open | published."""

    sha256: str
    base: str
    author: str
    author_id: str
    at: datetime
    change: str
    engines: tuple[str, ...]
    why: str
    replay: Replay
    rollback: bool = False
    status: str = "open"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was done; ``reason`` is a slug of ``REASONS``."""

    reason: str


REASONS: Mapping[str, str] = {
    "in-force": "this policy is in force",
    "replay-needed": "it may loosen, so it needs a replay of recorded mentions that covers 99 % of them",
    "proposed-already": "it waits for a second person already",
    "no-proposal": "nobody proposed this policy, or it is in force already",
    "too-old": "the proposal is older than seven days; propose it again",
    "stale": "another policy came into force since it was proposed; propose it again against that one",
    "author": "whoever proposed a policy cannot approve it",
    "other-flips": "the number of mentions that turn to acknowledgements is another one",
    "another-document": "what lies under the hash is not what was proposed",
    "contended": "somebody else was faster; look at the history",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants in force, and why."""

    document: bytes
    engines: tuple[str, ...]
    why: str
    rollback: bool = False


def compared(document: bytes, pointer: Row, ports: PublishPorts) -> Diff:
    """The difference to what the pointer names; MIXED where that cannot be read, because then nobody can prove anything.

    A pointer that no publisher signed proves nothing either: it may name a looser policy than was ever agreed to.
    """
    if not pointer:
        return FIRST
    named = trusted(pointer, ports)
    base = ports.artefacts.get(f"bundle/{named.sha256}") if named else None
    if named is None or base is None or hashlib.sha256(base).hexdigest() != named.sha256 or not readable(base):
        return Diff(Direction.MIXED, (), ())
    return diff(base, document)


def readable(document: bytes) -> bool:
    """Whether this code understands the bundle; one of another version may be in force while a new engine is published."""
    try:
        side_of(document)
    except ValueError:
        return False
    return True


def may_ship_alone(found: Diff, replay: Replay | None) -> bool:
    """Whether one person may: it is proven to loosen nothing, and a new engine was replayed without one flip."""
    proven = found.direction.alone
    return proven and (not found.engines or (replay is not None and replay.speaks and not replay.flips))


def ship(wanted: Wanted, person: Person, replay: Replay | None, ports: PublishPorts, now: datetime) -> Done | Refused:
    """Put it in force, or lay it before a second person. Raises ValueError for what is no bundle, Contended for a lost race."""
    pointer = pointer_of(ports.store)
    sha256 = hashlib.sha256(wanted.document).hexdigest()
    named = trusted(pointer, ports)
    if named is not None and named.sha256 == sha256:
        return Refused("in-force")
    found = compared(wanted.document, pointer, ports)
    if may_ship_alone(found, replay):
        shipping = _shipping(wanted, person, [person.actor.id], found.direction.value, {"by": person.full, "why": wanted.why})
        return put_in_force(shipping, pointer, ports, now)
    if pointer and (replay is None or not replay.speaks):
        return Refused("replay-needed")
    return _propose(wanted, person, replay or Replay(), found, pointer, ports, now)


def _propose(
    wanted: Wanted, person: Person, replay: Replay, found: Diff, pointer: Row, ports: PublishPorts, now: datetime
) -> Done | Refused:
    sha256 = hashlib.sha256(wanted.document).hexdigest()
    place = keys.proposal(sha256)
    base = str(pointer.get("sha256", ""))
    before = _proposal(ports, sha256)
    if before is not None and before.status == "open" and before.base == base and now - before.at <= LASTS:
        return Refused("proposed-already")
    ports.artefacts.put(f"bundle/proposed/{sha256}", wanted.document)
    proposal = Proposal(
        sha256=sha256,
        base=base,
        author=person.full,
        author_id=person.actor.id,
        at=now,
        change="first" if not pointer else found.direction.value if not found.direction.alone else "new-engine",
        engines=wanted.engines,
        why=wanted.why,
        replay=replay,
        rollback=wanted.rollback,
    )
    body: dict[str, Json] = {
        "sha256": f"sha256:{sha256}",
        "previous": f"sha256:{base}" if base else None,
        "change": proposal.change,
        "engines": list[Json](wanted.engines),
        "replayed": replay.replayed,
        "of": replay.of,
        "flips": replay.flips,
        "rollback": wanted.rollback,
    }
    private: dict[str, Json] = {"by": person.full, "why": wanted.why}
    written = recorded("policy_proposed", body, private, person.actor, ports, now)
    unseen = (Absent(),) if before is None else (Equals("at", iso(before.at)), Equals("status", before.status))
    if isinstance(ports.store.commit([Put(place, to_row(proposal, key=place), when=unseen), *written.writes()]), Cancelled):
        raise Contended(sha256)
    return Done(written.id, "proposed", sha256)


def approve(sha256: str, person: Person, flips: int, ports: PublishPorts, now: datetime) -> Done | Refused:
    """Agree to what somebody else proposed, and put it in force. ``flips`` is the number that the approver has read.

    Everything is looked at again: who, what lies under the hash, what it is compared with. Raises Contended for a lost race.
    """
    proposal, pointer = _proposal(ports, sha256), pointer_of(ports.store)
    if proposal is None or proposal.status != "open":
        return Refused("no-proposal")
    if proposal.base != pointer.get("sha256", ""):
        return Refused("stale")
    if now - proposal.at > LASTS:
        return Refused("too-old")
    author = Person(actor=Actor(type="person", id=proposal.author_id), full=proposal.author)
    if author.same == person.same:
        return Refused("author")
    if flips != proposal.replay.flips:
        return Refused("other-flips")
    document = ports.artefacts.get(f"bundle/proposed/{sha256}")
    if document is None or hashlib.sha256(document).hexdigest() != sha256:
        return Refused("another-document")
    found = compared(document, pointer, ports)
    change = proposal.change if found.direction.alone or not pointer else found.direction.value
    wanted = Wanted(document=document, engines=proposal.engines, why=proposal.why, rollback=proposal.rollback)
    private: dict[str, Json] = {"by": proposal.author, "approved_by": person.full, "why": proposal.why}
    body: dict[str, Json] = {
        "sha256": f"sha256:{sha256}",
        "previous": f"sha256:{proposal.base}" if proposal.base else None,
        "change": change,
        "flips": flips,
        "proposed_by": proposal.author_id,
    }
    agreed = recorded("policy_approved", body, private, person.actor, ports, now)
    place = keys.proposal(sha256)
    closed = Put(
        place,
        to_row(replace(proposal, status="published"), key=place),
        when=(Equals("status", "open"), Equals("at", iso(proposal.at))),
    )
    shipping = _shipping(wanted, person, [proposal.author_id, person.actor.id], change, private)
    return put_in_force(shipping, pointer, ports, now, (agreed, closed))


def proposals(ports: PublishPorts) -> list[Proposal]:
    """Everything that was ever proposed, oldest first; what cannot be read is left out."""
    found = []
    for _, row in ports.store.partition("control", keys.proposal("").partition):
        try:
            found.append(from_row(Proposal, row))
        except ValueError:
            continue
    return sorted(found, key=lambda one: one.at)


def history(ports: PublishPorts) -> list[Row]:
    """What was done to the pointer, newest first."""
    return [row for _, row in reversed(ports.store.partition("control", keys.shipped(0).partition))]


def earlier(ports: PublishPorts) -> str | None:
    """The policy that was in force before the one that is, None where there is none."""
    live = pointer_of(ports.store).get("sha256")
    put = (str(row["sha256"]) for row in history(ports) if not str(row["did"]).startswith("challenger"))
    return next((sha256 for sha256 in put if sha256 != live), None)


def _proposal(ports: PublishPorts, sha256: str) -> Proposal | None:
    place = keys.proposal(sha256)
    row = ports.store.read([place]).get(place)
    return None if row is None else from_row(Proposal, row)


def _shipping(wanted: Wanted, person: Person, people: list[str], change: str, private: Mapping[str, Json]) -> Shipping:
    return Shipping(
        document=wanted.document,
        actor=person.actor,
        people=people,
        engines=wanted.engines,
        change=change,
        rollback=wanted.rollback,
        private=private,
    )
