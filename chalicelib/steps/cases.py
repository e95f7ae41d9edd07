"""What people do with a case: take it, give it back, close it, and say that they answered. Each happens once by its id.

Whoever takes a case silences the machine in the same write: an intent commits only while the case is the one it has read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.audit.record import Actor, sort_key
from chalicelib.domain import keys
from chalicelib.domain.codec import Json, decode, instant
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import Key
from chalicelib.domain.notice import Mention
from chalicelib.domain.state import State
from chalicelib.ports import Absent, Cancelled, Put, Store, Write
from chalicelib.steps.casework import NATIVE, put_case
from chalicelib.steps.closing import Ending, ending_writes
from chalicelib.steps.done import Contended
from chalicelib.steps.records import Written, happened
from chalicelib.steps.rows import Standing, from_row

ATTEMPTS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePorts:
    """What working on a case may touch: rows, fresh salts."""

    store: Store
    entropy: Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing that one person does. ``id`` makes it happen once; ``by_force`` is why, where somebody else has the case."""

    id: str
    actor: Actor
    at: datetime
    by_force: str | None = None

    @property
    def marker(self) -> Key:
        """The row that says that it was done."""
        return Key("state", f"act#{self.id}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """What became of it. ``did``: taken | returned | closed | noted | already | no-case | is-closed | not-yours.

    ``case`` is the case as it stands now; ``since`` when its owner took it, told to whoever may not have it.
    """

    did: str
    case: Case | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an act makes of a case: the record's kind and body, and whatever is written beside it."""

    did: str
    after: Case
    kind: str
    body: dict[str, Json]
    private: dict[str, Json] | None = None
    beside: Sequence[Write] = ()


def take(place: Key, act: Act, ports: CasePorts) -> Acted:
    """The case is theirs, if nobody else has it; from this write on the machine says nothing in this conversation."""

    def change(case: Case) -> Change | str:
        if case.status == "taken":
            return "already" if case.owner == act.actor.id else "not-yours"
        after = replace(case, version=case.version + 1, status="taken", owner=act.actor.id)
        return Change(did="taken", after=after, kind="taken", body={"state": "taken", "reason": "by-hand"})

    return acted(place, act, ports, change)


def give_back(place: Key, act: Act, ports: CasePorts) -> Acted:
    """The case waits for somebody else; a reply that waits since before it was taken never goes out."""

    def change(case: Case) -> Change | str:
        if case.status == "open":
            return "already"
        if not may(case, act):
            return "not-yours"
        after = replace(case, version=case.version + 1, status="open", owner=None)
        silenced = _silenced(case, act, ports)
        body: dict[str, Json] = {"state": "open", "reason": "by-hand", "forced": forced(case, act)}
        return Change(did="returned", after=after, kind="returned", body=body, private=_why(act), beside=silenced)

    return acted(place, act, ports, change)


def close(place: Key, act: Act, ports: CasePorts) -> Acted:
    """Nobody waits for this case any more; the author's next mention opens a new one."""

    def change(case: Case) -> Change | str:
        if not may(case, act):
            return "not-yours"
        after = replace(case, version=case.version + 1, status="closed", owner=case.owner or act.actor.id)
        body: dict[str, Json] = {"state": "closed", "reason": "by-hand", "forced": forced(case, act)}
        return Change(did="closed", after=after, kind="closed", body=body, private=_why(act))

    return acted(place, act, ports, change)


def acted(place: Key, act: Act, ports: CasePorts, change: Callable[[Case], Change | str], *, closed_too: bool = False) -> Acted:
    """Do ``change`` once, whoever else writes meanwhile; a slug instead of a change says why nothing was done.

    Raises Contended where others kept changing the case, ``ports.Unavailable`` where the store does not answer.
    """
    for _ in range(ATTEMPTS):
        rows = ports.store.read([place, act.marker])
        if place not in rows:
            return Acted(did="no-case")
        case = from_row(Case, rows[place])
        if act.marker in rows:
            return Acted(did="already", case=case)
        if case.status == "closed" and not closed_too:
            return Acted(did="is-closed", case=case)
        made = change(case)
        if isinstance(made, str):
            since = taken_since(case, ports.store) if made == "not-yours" else None
            return Acted(did=made, case=case, since=since)
        writes = [
            put_case(made.after, place, case.version),
            Put(act.marker, {"did": made.did, "status": "done"}, when=(Absent(),)),
            *recorded(case, made.kind, act, made.body, made.private, ports).writes(),
            *made.beside,
        ]
        if not isinstance(ports.store.commit(writes), Cancelled):
            return Acted(did=made.did, case=made.after)
    raise Contended(act.id)


def may(case: Case, act: Act) -> bool:
    """Whether the actor may end, give back or answer a case: nobody else has it, or they give a reason for doing it anyway.

    Who answered in the native app has no name here, so a case of theirs is anybody's to go on with.
    """
    return not forced(case, act) or act.by_force is not None


def forced(case: Case, act: Act) -> bool:
    """Whether somebody else has the case."""
    return case.owner not in (None, NATIVE, act.actor.id)


def recorded(
    case: Case, kind: str, act: Act, body: dict[str, Json], private: dict[str, Json] | None, ports: CasePorts
) -> Written:
    """The ledger record of an act, under the id of its case."""
    number = len(records_of(case, kind, ports.store))
    person = person_of(case).partition
    return happened(
        id=case.id,
        kind=kind,
        number=number,
        at=act.at,
        brand=case.brand,
        actor=act.actor,
        body=body,
        private=private,
        salt=ports.entropy(32),
        person=person,
    )


def person_of(case: Case) -> Key:
    """Whose conversation it is: the key by which an erasure finds what belongs to them."""
    # a case beside an unreadable row has its own id behind the author's
    _, platform, _, author = case.conversation.removesuffix(f"#{case.id}").split("#", 3)
    return keys.person(platform, author)


def records_of(case: Case, kind: str, store: Store) -> list[tuple[Key, datetime]]:
    """Place and time of every record of one kind that a case has, oldest first; counted in the ledger, which loses none."""
    rows = store.partition("ledger", case.id)
    return [(key, instant(str(row["at"]))) for key, row in rows if row["kind"] == kind]


def mention_of(record: str, store: Store) -> Mention | None:
    """The mention that a record decided; None where its private half was erased or there never was one."""
    place = Key("private", record, sort_key("decision"))
    row = store.read([place]).get(place)
    return None if row is None else decode(Mention, row["half"]["facts"]["mention"])


def taken_since(case: Case, store: Store) -> datetime | None:
    """When its owner got it, as the ledger has it; None where it does not say."""
    taken = records_of(case, "taken", store) + records_of(case, "replying", store)
    return max((at for _, at in taken), default=None)


def _why(act: Act) -> dict[str, Json] | None:
    return {"why": act.by_force} if act.by_force is not None else None


def _silenced(case: Case, act: Act, ports: CasePorts) -> Sequence[Write]:
    """End the reply that may still wait for the last mention: it was earned before a person had the conversation."""
    mention = mention_of(case.mentions[-1], ports.store) if case.mentions else None
    if mention is None:
        return ()
    place = keys.state(mention.platform, mention.root_id, mention.account)
    row = ports.store.read([place]).get(place)
    standing = from_row(Standing, row) if row is not None else None
    if standing is None or standing.state is not State.RESERVED:
        return ()
    return ending_writes(standing, Ending(state=State.HUMAN, reason="taken-by-a-person"), act.at, ports.entropy)
