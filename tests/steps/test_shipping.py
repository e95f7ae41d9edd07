"""Shipping a policy: one person where it is proven to loosen nothing, two with a replay where it may, and no way around."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.embedded.memory import START, MemoryArtefacts, memory_signer
from chalicelib.embedded.store import SqliteStore
from chalicelib.policy.deciding.bundle import Broken, Bundle
from chalicelib.policy.files.compile import compile_bundle
from chalicelib.ports import Put, Store
from chalicelib.steps import publish
from chalicelib.steps.approve import LASTS, Person, Refused, Replay, Wanted, approve, earlier, history, proposals, ship
from chalicelib.steps.bundles import Bundles
from chalicelib.steps.done import Contended, Done
from chalicelib.steps.pointer import Pointer, signed_row
from chalicelib.steps.publish import PublishPorts, pointer_of
from tests import pack

ENGINE = pack.ENGINE
QUIET = Replay(of=200, replayed=199, flips=0)
LOUD = Replay(of=200, replayed=200, flips=3)


def somebody(name: str) -> Person:
    return Person(actor=Actor(type="person", id=name.rsplit("/", 1)[-1].split("@")[0]), full=name)


ANA, BEN = somebody("ana"), somebody("ben")


def document(change: Callable[[dict[str, str]], object] = lambda files: None, engine: str = ENGINE) -> bytes:
    files = pack.files()
    change(files)
    made = compile_bundle(files, {}, [engine])
    assert isinstance(made, bytes), "\n".join(map(str, made))
    return made


def stricter(files: dict[str, str]) -> None:
    files["baseline/lists/legal.txt"] += "bailiff\n"


def looser(files: dict[str, str]) -> None:
    files["baseline/lists/legal.txt"] = "solicitor\n"


BASE, STRICTER, LOOSER = document(), document(stricter), document(looser)


@dataclass
class Desk:
    """A stage with the base policy in force, and what people do to it."""

    ports: PublishPorts
    artefacts: MemoryArtefacts

    def ship(self, what: bytes, who: Person = ANA, replay: Replay | None = None, engine: str = ENGINE) -> Done | Refused:
        return ship(Wanted(document=what, engines=(engine,), why="a test"), who, replay, self.ports, START)

    def approve(self, what: bytes, who: Person = BEN, flips: int = 0, later: timedelta = timedelta()) -> Done | Refused:
        return approve(sha(what), who, flips, self.ports, START + later)

    @property
    def live(self) -> str:
        return str(pointer_of(self.ports.store)["sha256"])

    def loaded(self, engine: str = ENGINE) -> Bundle | Broken:
        bundles = Bundles(self.artefacts, (self.ports.signer.public_key(),), engine)
        return bundles.named_by(pointer_of(self.ports.store)).bundle

    def kinds(self) -> list[str]:
        store: Any = self.ports.store
        return [row["kind"] for _, _, row in store.changes(0, 100)]

    def bodies(self, kind: str) -> list[dict[str, Any]]:
        store: Any = self.ports.store
        return [json.loads(row["leaf"]) for _, _, row in store.changes(0, 100) if row["kind"] == kind]


def sha(what: bytes) -> str:
    return hashlib.sha256(what).hexdigest()


@pytest.fixture
def desk() -> Desk:
    artefacts = MemoryArtefacts()
    ports = PublishPorts(store=SqliteStore(":memory:"), artefacts=artefacts, signer=memory_signer("p"), entropy=os.urandom)
    publish.run(BASE, ENGINE, ANA.actor, ports, START)
    return Desk(ports, artefacts)


def test_what_tightens_goes_into_force_by_one_person(desk: Desk) -> None:
    done = desk.ship(STRICTER)
    assert isinstance(done, Done)
    assert desk.live == sha(STRICTER)
    assert isinstance(desk.loaded(), Bundle)
    body = desk.bodies("policy_published")[-1]["body"]
    assert (body["change"], body["approved_by"], body["previous"]) == ("tightens", ["ana"], f"sha256:{sha(BASE)}")


def test_what_loosens_waits_for_a_second_person_and_is_not_signed_before(desk: Desk) -> None:
    assert desk.ship(LOOSER, replay=QUIET) == Done(proposed(desk), "proposed", sha(LOOSER))
    assert desk.live == sha(BASE)
    assert desk.artefacts.get(f"bundle/{sha(LOOSER)}.sig") is None
    assert desk.artefacts.get(f"bundle/{sha(LOOSER)}") is None
    done = desk.approve(LOOSER)
    assert isinstance(done, Done)
    assert desk.live == sha(LOOSER)
    assert isinstance(desk.loaded(), Bundle)
    assert desk.bodies("policy_published")[-1]["body"]["approved_by"] == ["ana", "ben"]
    assert desk.bodies("policy_published")[-1]["body"]["change"] == "loosens"
    assert desk.kinds() == ["policy_published", "policy_proposed", "policy_published", "policy_approved"]


def proposed(desk: Desk) -> str:
    return str(desk.bodies("policy_proposed")[-1]["id"])


@pytest.mark.parametrize("replay", [None, Replay(), Replay(of=1000, replayed=989), Replay(of=3, replayed=0)])
def test_what_loosens_is_refused_without_a_replay_that_covers_what_was_recorded(desk: Desk, replay: Replay | None) -> None:
    assert desk.ship(LOOSER, replay=replay) == Refused("replay-needed")
    assert proposals(desk.ports) == []


@pytest.mark.parametrize(
    ("author", "approver"),
    [
        ("ana", "ana"),
        ("ana", "Ana"),
        ("ana", "ANA "),
        ("ana", "ａｎａ"),
        ("arn:aws:sts::1:assumed-role/publishers/ana", "arn:aws:sts::1:assumed-role/publishers/Ana"),
        ("arn:aws:sts::1:assumed-role/publishers/ana", "arn:aws:sts::1:assumed-role/approvers/ana"),
        ("arn:aws:iam::1:user/ana", "arn:aws:sts::1:assumed-role/publishers/ana"),
    ],
)
def test_whoever_proposed_cannot_approve_under_any_writing_of_their_name(desk: Desk, author: str, approver: str) -> None:
    desk.ship(LOOSER, somebody(author), QUIET)
    assert desk.approve(LOOSER, somebody(approver)) == Refused("author")
    assert desk.live == sha(BASE)


def test_two_people_of_one_name_in_two_mail_domains_are_two(desk: Desk) -> None:
    desk.ship(LOOSER, somebody("arn:aws:sts::1:assumed-role/p/ana@one.example"), QUIET)
    assert isinstance(desk.approve(LOOSER, somebody("arn:aws:sts::1:assumed-role/p/ana@two.example")), Done)


def test_the_number_of_flips_must_be_the_one_that_was_replayed(desk: Desk) -> None:
    desk.ship(LOOSER, replay=LOUD)
    assert desk.approve(LOOSER, flips=0) == Refused("other-flips")
    assert isinstance(desk.approve(LOOSER, flips=3), Done)


def test_a_proposal_is_stale_when_another_policy_came_into_force(desk: Desk) -> None:
    desk.ship(LOOSER, replay=QUIET)
    desk.ship(STRICTER)
    assert desk.approve(LOOSER) == Refused("stale")
    assert desk.live == sha(STRICTER)


def test_an_approval_counts_once(desk: Desk) -> None:
    """Gone back in between, the same approval does not bring the loose policy in force again."""
    desk.ship(LOOSER, replay=QUIET)
    desk.approve(LOOSER)
    desk.ship(BASE)
    assert desk.live == sha(BASE)
    assert desk.approve(LOOSER) == Refused("no-proposal")
    assert desk.approve(STRICTER) == Refused("no-proposal")


def test_a_proposal_does_not_wait_for_ever(desk: Desk) -> None:
    desk.ship(LOOSER, replay=QUIET)
    assert desk.approve(LOOSER, later=LASTS + timedelta(seconds=1)) == Refused("too-old")


class Swapping(MemoryArtefacts):
    """Somebody with access to the files lays another bundle under the hash that was proposed."""

    def get(self, name: str) -> bytes | None:
        kept = super().get(name)
        return STRICTER if name.startswith("bundle/proposed/") and kept else kept


def test_what_is_approved_is_what_was_proposed_byte_for_byte(desk: Desk) -> None:
    desk.ship(LOOSER, replay=QUIET)
    swapping = Swapping()
    swapping._kept = desk.artefacts._kept
    assert approve(sha(LOOSER), BEN, 0, replace(desk.ports, artefacts=swapping), START) == Refused("another-document")


class Racing:
    """Somebody else runs right before the next commit."""

    def __init__(self, store: Store, first: Callable[[], object]) -> None:
        self._store, self._first = store, [first]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, writes: Any) -> Any:
        if self._first:
            self._first.pop()()
        return self._store.commit(writes)


def test_of_two_approvals_at_once_one_wins_and_one_record_is_written(desk: Desk) -> None:
    desk.ship(LOOSER, replay=QUIET)
    racing = replace(desk.ports, store=Racing(desk.ports.store, lambda: desk.approve(LOOSER, somebody("cleo"))))
    with pytest.raises(Contended):
        approve(sha(LOOSER), BEN, 0, racing, START)
    assert desk.kinds().count("policy_approved") == 1
    assert desk.bodies("policy_approved")[0]["actor"]["id"] == "cleo"


def test_a_policy_that_comes_into_force_during_the_approval_wins(desk: Desk) -> None:
    desk.ship(LOOSER, replay=QUIET)
    racing = replace(desk.ports, store=Racing(desk.ports.store, lambda: desk.ship(STRICTER, somebody("cleo"))))
    with pytest.raises(Contended):
        approve(sha(LOOSER), BEN, 0, racing, START)
    assert desk.live == sha(STRICTER)
    assert "policy_approved" not in desk.kinds()
    assert [one.status for one in proposals(desk.ports)] == ["open"]


def test_two_who_publish_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    other = document(lambda files: files.update({"baseline/lists/legal.txt": files["baseline/lists/legal.txt"] + "court\n"}))
    racing = replace(desk.ports, store=Racing(desk.ports.store, lambda: desk.ship(STRICTER, BEN)))
    with pytest.raises(Contended):
        ship(Wanted(document=other, engines=(ENGINE,), why="race"), ANA, None, racing, START)
    assert desk.live == sha(STRICTER)


def test_a_policy_in_force_that_cannot_be_read_proves_nothing(desk: Desk) -> None:
    row = signed_row(Pointer(version=2, sha256="f" * 64, at=START, people=("ana",)), desk.ports.signer)
    desk.ports.store.commit([Put(keys.pointer(), row)])
    assert desk.ship(STRICTER) == Refused("replay-needed")
    assert isinstance(desk.loaded(), Broken)


def test_over_a_policy_of_another_version_nothing_is_proven_and_publishing_works_all_the_same(desk: Desk) -> None:
    older = BASE.replace(b'"format":', b'"format":9', 1)
    assert older != BASE
    publish.run(older, ENGINE, ANA.actor, desk.ports, START)
    assert desk.ship(STRICTER) == Refused("replay-needed")
    done = desk.ship(STRICTER, replay=QUIET)
    assert isinstance(done, Done)
    assert done.did == "proposed"


def test_the_first_policy_needs_a_second_person_too(desk: Desk) -> None:
    empty = Desk(replace(desk.ports, store=SqliteStore(":memory:")), desk.artefacts)
    done = empty.ship(BASE)
    assert isinstance(done, Done)
    assert done.did == "proposed"
    assert isinstance(empty.loaded(), Broken)
    assert isinstance(empty.approve(BASE), Done)
    assert isinstance(empty.loaded(), Bundle)


def test_a_new_engine_is_replayed_and_goes_alone_only_without_a_flip(desk: Desk) -> None:
    new = document(engine="sha256:" + "1" * 64)
    assert desk.ship(new, engine="e1") == Refused("replay-needed")
    done = desk.ship(new, replay=LOUD)
    assert isinstance(done, Done)
    assert done.did == "proposed"
    assert desk.bodies("policy_proposed")[-1]["body"]["change"] == "new-engine"
    another = document(engine="sha256:" + "2" * 64)
    done = desk.ship(another, replay=QUIET)
    assert isinstance(done, Done)
    assert done.did == "published"
    loaded = desk.loaded("sha256:" + "2" * 64)
    assert isinstance(loaded, Bundle)
    assert loaded.engine_approved
    old = desk.loaded(ENGINE)
    assert isinstance(old, Bundle)
    assert not old.engine_approved


def test_going_back_is_asked_the_same_questions_as_going_on(desk: Desk) -> None:
    desk.ship(STRICTER)
    assert earlier(desk.ports) == sha(BASE)
    back = Wanted(document=BASE, engines=(ENGINE,), why="back", rollback=True)
    assert ship(back, ANA, None, desk.ports, START) == Refused("replay-needed")
    assert isinstance(ship(back, ANA, QUIET, desk.ports, START), Done)
    assert isinstance(desk.approve(BASE), Done)
    assert desk.bodies("policy_published")[-1]["body"]["rollback"] is True
    assert [row["did"] for row in history(desk.ports)] == ["rolled back", "published", "published"]


def test_the_same_proposal_twice_is_one(desk: Desk) -> None:
    desk.ship(LOOSER, replay=QUIET)
    assert desk.ship(LOOSER, BEN, QUIET) == Refused("proposed-already")
    assert desk.ship(BASE) == Refused("in-force")


def test_a_challenger_can_never_be_in_force_by_its_signature(desk: Desk) -> None:
    publish.challenged(LOOSER, ANA.actor, desk.ports, START)
    assert desk.live == sha(BASE)
    for tail in ("", ".sig"):
        kept = desk.artefacts.get(f"bundle/challenger/{sha(LOOSER)}{tail}")
        assert kept is not None
        desk.artefacts.put(f"bundle/{sha(LOOSER)}{tail}", kept)
    row = signed_row(Pointer(version=3, sha256=sha(LOOSER), at=START, people=("ana",)), desk.ports.signer)
    desk.ports.store.commit([Put(keys.pointer(), row)])
    assert desk.loaded() == Broken("unsigned")


def test_a_challenger_starts_once_stops_once_and_ends_with_the_policy_it_is_compared_with(desk: Desk) -> None:
    assert publish.challenged(LOOSER, ANA.actor, desk.ports, START).did == "challenger-started"
    assert publish.challenged(LOOSER, ANA.actor, desk.ports, START).did == "runs-already"
    assert publish.unchallenged(ANA.actor, desk.ports, START).did == "challenger-stopped"
    assert publish.unchallenged(ANA.actor, desk.ports, START).did == "none-runs"
    publish.challenged(LOOSER, ANA.actor, desk.ports, START)
    desk.ship(STRICTER)
    assert not pointer_of(desk.ports.store)["challenger"]
    assert [body["body"]["status"] for body in desk.bodies("policy_challenged")] == ["started", "stopped", "started"]


def test_a_full_name_stays_out_of_the_ledger(desk: Desk) -> None:
    desk.ship(LOOSER, somebody("arn:aws:sts::1:assumed-role/p/ana@bank.example"), QUIET)
    desk.approve(LOOSER, somebody("arn:aws:sts::1:assumed-role/p/ben@bank.example"))
    store: Any = desk.ports.store
    leaves = [row["leaf"] for _, _, row in store.changes(0, 100)]
    assert not [leaf for leaf in leaves if "bank.example" in leaf or "arn:" in leaf]
