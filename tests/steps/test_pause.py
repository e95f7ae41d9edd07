"""A pause reaches every account of its scope, says which it could not, and only a person lifts it."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from chalicelib.audit.record import Actor, opens
from chalicelib.domain import keys
from chalicelib.domain.account import Account, Brand
from chalicelib.domain.facts import Control
from chalicelib.domain.keys import Key
from chalicelib.domain.scope import Scope
from chalicelib.domain.state import State
from chalicelib.embedded.memory import START
from chalicelib.embedded.store import SqliteStore
from chalicelib.ports import Put, Row, Unavailable, Write
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.pause import OnlyAPerson, PausePorts, Switched, Target, Word, pause, resume, targets_of
from chalicelib.steps.rows import from_row, to_row
from tests.simulation.mentions import mention
from tests.simulation.world import World

ANA = Word(actor=Actor(type="person", id="ana"), why="the app is down, Zoë asked for it")
TARGETS = tuple(Target(brand="acme", platform="x", account=str(number)) for number in (1, 2, 3))
ALL = Scope(kind="all")


class Shaky:
    """A store that fails or is changed by others at chosen calls."""

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.down, self.races, self.loses_answers = store, set[str](), 0, 0

    def read(self, wanted: Sequence[Key]) -> Mapping[Key, Row]:
        if any(key.partition in self.down for key in wanted):
            raise Unavailable("test")
        return self.store.read(wanted)

    def commit(self, writes: Sequence[Write]) -> object:
        if self.races:
            self.races -= 1
            place = writes[0].key
            control = from_row(Control, self.store.read([place])[place])
            self.store.commit([Put(place, to_row(replace(control, version=control.version + 1), key=place))])
        result = self.store.commit(writes)
        if self.loses_answers:
            self.loses_answers -= 1
            raise Unavailable("the answer was lost")
        return result


@pytest.fixture
def store() -> SqliteStore:
    store = SqliteStore(":memory:")
    for target in TARGETS:
        place = keys.control(target.platform, target.account)
        store.commit([Put(place, to_row(Control(version=1, mode="live", paused=("topic:card",)), key=place))])
    return store


def ports(store: object) -> PausePorts:
    return PausePorts(store=store, entropy=random.Random(3).randbytes)  # type: ignore[arg-type]


def control(store: SqliteStore, account: str) -> Control:
    place = keys.control("x", account)
    return from_row(Control, store.read([place])[place])


def leaves(store: SqliteStore, done: Switched) -> list[dict[str, object]]:
    return [json.loads(row["leaf"]) for _, row in store.partition("ledger", done.id)]


def test_every_account_of_the_scope_is_paused_and_each_has_its_record(store: SqliteStore) -> None:
    done = pause(ALL, TARGETS, ANA, ports(store), START)
    assert done.complete
    for target in TARGETS:
        assert control(store, target.account) == Control(version=2, mode="live", paused=("topic:card", "all"))
    records = leaves(store, done)
    assert [record["actor"] for record in records] == [{"type": "person", "id": "ana"}] * 3
    assert [record["body"] for record in records] == [
        {"scope": "all", "mode": "live", "paused": True, "version": 2, "reason": "by-hand"}
    ] * 3


def test_why_and_which_account_lie_in_the_private_half_only(store: SqliteStore) -> None:
    done = pause(ALL, TARGETS[:1], ANA, ports(store), START)
    half = next(row["half"] for _, row in store.partition("private", done.id))
    assert (half["why"], half["account"]) == (ANA.why, "1")
    (public,) = leaves(store, done)
    assert opens(public, half)
    assert "Zo" not in json.dumps(public)


def test_a_second_pause_of_the_same_scope_changes_and_writes_nothing(store: SqliteStore) -> None:
    pause(ALL, TARGETS, ANA, ports(store), START)
    again = pause(ALL, TARGETS, ANA, PausePorts(store=store, entropy=random.Random(4).randbytes), START)
    assert {one.did for one in again.accounts} == {"already"}
    assert again.complete
    assert leaves(store, again) == []


def test_a_pause_says_which_account_it_could_not_reach_and_can_be_run_again(store: SqliteStore) -> None:
    shaky = Shaky(store)
    shaky.down = {keys.control("x", "2").partition}
    done = pause(ALL, TARGETS, ANA, ports(shaky), START)
    assert [one.did for one in done.accounts] == ["changed", "unavailable", "changed"]
    assert not done.complete
    shaky.down.clear()
    again = pause(ALL, TARGETS, ANA, PausePorts(store=shaky, entropy=random.Random(4).randbytes), START)  # type: ignore[arg-type]
    assert [one.did for one in again.accounts] == ["already", "changed", "already"]
    assert again.complete


def test_an_account_without_a_readable_record_is_named_and_no_record_is_made_up(store: SqliteStore) -> None:
    broken = keys.control("x", "8")
    store.commit([Put(broken, {"version": "one"})])
    strangers = (Target(brand=None, platform="x", account="9"), Target(brand=None, platform="x", account="8"))
    done = pause(ALL, strangers, ANA, ports(store), START)
    assert [one.did for one in done.accounts] == ["no-control-record", "unreadable"]
    assert keys.control("x", "9") not in store.read([keys.control("x", "9")])
    assert not done.complete


def test_a_scope_without_accounts_is_not_complete(store: SqliteStore) -> None:
    assert not pause(ALL, (), ANA, ports(store), START).complete


def test_a_pause_that_others_outrun_reads_again_and_keeps_what_they_wrote(store: SqliteStore) -> None:
    shaky = Shaky(store)
    shaky.races = 3
    done = pause(ALL, TARGETS[:1], ANA, ports(shaky), START)
    assert [one.did for one in done.accounts] == ["changed"]
    assert control(store, "1").version == 5


def test_a_lost_answer_is_read_again_and_not_written_twice(store: SqliteStore) -> None:
    shaky = Shaky(store)
    shaky.loses_answers = 1
    done = pause(ALL, TARGETS[:1], ANA, ports(shaky), START)
    assert done.complete
    assert control(store, "1").version == 2
    assert len(leaves(store, done)) == 1


def test_resume_lifts_this_scope_and_no_other(store: SqliteStore) -> None:
    pause(ALL, TARGETS, ANA, ports(store), START)
    done = resume(ALL, TARGETS, ANA, PausePorts(store=store, entropy=random.Random(5).randbytes), START)
    assert control(store, "1").paused == ("topic:card",)
    assert [record["body"]["paused"] for record in leaves(store, done)] == [False] * 3  # type: ignore[index]


@pytest.mark.parametrize("actor", [Actor(type="machine", id="surge"), Actor(type="person", id="desk:ana")])
def test_neither_a_machine_nor_the_desk_lifts_a_pause(store: SqliteStore, actor: Actor) -> None:
    pause(ALL, TARGETS, ANA, ports(store), START)
    with pytest.raises(OnlyAPerson):
        resume(ALL, TARGETS, replace(ANA, actor=actor), ports(store), START)
    assert "all" in control(store, "1").paused


def test_a_scope_covers_the_accounts_it_names() -> None:
    def brand(name: str, *accounts: Account) -> Brand:
        fields = {"zone": "UTC", "zone_name": "UTC", "languages": (), "industries": (), "voice": "plain", "own_names": ()}
        return Brand(  # type: ignore[arg-type]
            id=name, name=name, hours=(), holidays=frozenset(), accounts=accounts, teams={}, sla_minutes=(), **fields
        )

    one = Account(platform="x", id="1", handle="OneHelp")
    two = Account(platform="relay:mastodon", id="2", handle="two")
    brands = {"one": brand("one", one), "two": brand("two", two, replace(one, id="3", handle="TwoHelp"))}

    def covered(**scope: str) -> set[str]:
        return {target.account for target in targets_of(Scope(**scope), brands)}  # type: ignore[arg-type]

    assert covered(kind="all") == {"1", "2", "3"}
    assert covered(kind="brand", brand="two") == {"2", "3"}
    assert covered(kind="topic", topic="card") == {"1", "2", "3"}
    assert covered(kind="topic", topic="card", brand="one") == {"1"}
    for name in ("x/1", "x/OneHelp", "x/@OneHelp"):
        assert covered(kind="account", account=name) == {"1"}
    assert covered(kind="account", account="relay:mastodon/2") == {"2"}
    assert covered(kind="account", account="x/2") == set()


def test_after_a_pause_of_any_scope_a_reply_that_waits_is_not_sent(loaded: Loaded) -> None:
    for scope in (ALL, Scope(kind="brand", brand="northwind-bank"), Scope(kind="account", account="x/1001")):
        world = World(loaded, calm=True)
        world.deliver(mention(1))
        world.step()
        while world.running:
            world.step()
        assert world.standing_of(mention(1)).state is State.RESERVED
        world.pause(scope)
        world.run()
        assert world.standing_of(mention(1)).state is State.HUMAN
        assert world.posts == []
