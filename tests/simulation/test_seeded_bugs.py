"""The harness must find bugs that we plant: a search that cannot fail proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain import envelope, keys
from chalicelib.domain.codec import decode
from chalicelib.domain.facts import Case, Control
from chalicelib.domain.reservation import Reservation
from chalicelib.domain.state import State
from chalicelib.ports import Cancelled, Key, Put, Write
from chalicelib.steps import decide, post, records
from chalicelib.steps.bundles import Loaded
from chalicelib.steps.rows import Standing, from_row
from tests.simulation.test_histories import FAULTS, history, story
from tests.simulation.world import Fault, SimStore, Violation, World

Patch = pytest.MonkeyPatch


def blind_retry(patch: Patch) -> None:
    """A redelivered order takes an attempt without an outcome for one that never began."""
    real = post._look

    def look(order: envelope.Order, ports: post.PostPorts) -> post.Ready | Standing | None:
        ready = real(order, ports)
        place = keys.state(order.platform, order.root, order.account)
        row = ports.store.read([place]).get(place)
        if isinstance(ready, post.Ready) or row is None or row["state"] != State.SENDING.value:
            return ready
        private = Key("private", order.id, "0-decision")
        spots = keys.control("x", order.account), keys.case("x", order.account, order.author)
        rows = ports.store.read([private, *spots])
        return post.Ready(
            standing=replace(from_row(Standing, row), state=State.RESERVED),
            reservation=decode(Reservation, rows[private]["reservation"]),
            control=from_row(Control, rows[spots[0]]),
            case=from_row(Case, rows[spots[1]]),
            places=spots,
        )

    patch.setattr(post, "_look", look)


def no_intent(patch: Patch) -> None:
    """The call goes out before anything durable says so."""
    patch.setattr(post, "_intend", lambda ready, ports, limits, now: replace(ready.standing, state=State.SENDING, attempt=1))


def filtered(patch: Patch, keep: Callable[[Write], bool]) -> None:
    """Every transaction loses the writes that ``keep`` refuses."""
    real = SimStore.commit
    patch.setattr(SimStore, "commit", lambda self, writes: real(self, [write for write in writes if keep(write)]))


def no_second_look(patch: Patch) -> None:
    """Whoever silences the machine between look and intent is not seen."""
    patch.setattr(post, "_may_still", lambda ready, sending, ports, now: True)


def look_before_intent(patch: Patch) -> None:
    """The last look comes before the intent: whoever silences the machine right then sees it reserved, and it posts."""
    real, may_still = post._intend, post._may_still

    def intend(ready: post.Ready, ports: post.PostPorts, *rest: Any) -> Standing | None:
        return real(ready, ports, *rest) if may_still(ready, ready.standing, ports, rest[-1]) else None

    patch.setattr(post, "_intend", intend)
    no_second_look(patch)


def one_sided_look(patch: Patch, field: str) -> None:
    """The last look believes what the first one saw of the switch, or of the conversation."""
    real = post.stop_for
    seen = dict[str, Any]()

    def stop_for(reservation: Reservation, control: Any, case: Any, now: Any) -> Any:
        given = {"control": control, "case": case}
        given[field] = seen.setdefault(reservation.id, given[field])
        return real(reservation, given["control"], given["case"], now)

    patch.setattr(post, "stop_for", stop_for)


def no_switch_check(patch: Patch) -> None:
    """The last look does not see the control record."""
    one_sided_look(patch, "control")


def no_case_check(patch: Patch) -> None:
    """The last look does not see the conversation."""
    one_sided_look(patch, "case")


def late_switch(patch: Patch) -> None:
    """The poster believes the control record that deciding once read, however often it looks: a read that is late for ever."""
    real_judge, real_stop, seen = decide.judge, post.stop_for, dict[str, Any]()
    patch.setattr(World, "__init__", lambda self, *a, _real=World.__init__, **k: (seen.clear(), _real(self, *a, **k))[1])

    def judged(facts: Any, *given: Any) -> Any:
        seen.setdefault(facts.mention.account, getattr(facts.control, "value", None))
        return real_judge(facts, *given)

    def stop_for(reservation: Reservation, control: Any, case: Any, now: Any) -> Any:
        return real_stop(reservation, seen[reservation.account], case, now)

    patch.setattr(decide, "judge", judged)
    patch.setattr(post, "stop_for", stop_for)


def no_word_lock(patch: Patch) -> None:
    """Two decisions may choose the same word."""
    filtered(patch, lambda write: not write.key.partition.startswith("word#"))


def no_conditions(patch: Patch) -> None:
    """Whoever comes last owns the row. (The state's condition alone is guarded twice: by reply lock and terminal record.)"""
    real = SimStore.commit

    def commit(self: SimStore, writes: Sequence[Write]) -> Any:
        return real(self, [replace(w, when=()) if isinstance(w, Put) and w.key.table != "ledger" else w for w in writes])

    patch.setattr(SimStore, "commit", commit)


def split_transaction(patch: Patch) -> None:
    """State first, records later."""
    real = SimStore.commit

    def commit(self: SimStore, writes: Sequence[Write]) -> Any:
        first = real(self, writes[:1])
        return first if isinstance(first, Cancelled) or len(writes) == 1 else real(self, writes[1:])

    patch.setattr(SimStore, "commit", commit)


def delete_before_write(patch: Patch) -> None:
    """The entry is gone before its decision is written."""
    real = World.start

    def start(self: World, work: Any, entry: Any, queue: Any) -> None:
        if entry is not None and queue is not None and entry in queue.entries:
            queue.entries.remove(entry)
        real(self, work, entry, queue)

    patch.setattr(World, "start", start)


def loser_says_nothing(patch: Patch) -> None:
    """A decide step that finds a reservation does not queue the post again, and nobody looks for deadlines."""
    patch.setattr(decide, "resume", lambda standing, ports, now: decide.Done(standing.id, "already-decided"))
    patch.setattr("tests.simulation.world.settle.run", lambda *a: iter(()))


def forgetful_record(patch: Patch) -> None:
    """The record leaves out which words were taken, so nobody can find the same one again."""
    real = decide.plan_of
    patch.setattr(decide, "plan_of", lambda j, f, p, a, taken, salts: real(j, f, p, a, frozenset(), salts))


def talkative_leaf(patch: Patch) -> None:
    """The state of a mention is recorded with its post's id."""
    real = records.follow_record

    def follow_record(**given: Any) -> Any:
        return real(**{**given, "brand": "551" if given["kind"] == "terminal" else given["brand"]})

    patch.setattr(records, "follow_record", follow_record)


BUGS = [
    forgetful_record,
    talkative_leaf,
    blind_retry,
    no_intent,
    no_second_look,
    look_before_intent,
    no_switch_check,
    late_switch,
    no_case_check,
    no_word_lock,
    no_conditions,
    split_transaction,
    delete_before_write,
    loser_says_nothing,
]


def searches(loaded: Loaded) -> Iterator[Callable[[], object]]:
    """The same searches as the real ones: every fault of one story, then histories."""
    for call in range(1, 14):
        for kind in FAULTS:
            yield lambda call=call, kind=kind: story(loaded, faults=[Fault(call, kind)]).run()  # type: ignore[misc]
    for seed in range(600):
        yield lambda seed=seed: history(loaded, seed)  # type: ignore[misc]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_found(bug: Callable[[Patch], None], loaded: Loaded, monkeypatch: Patch) -> None:
    bug(monkeypatch)
    for search in searches(loaded):
        try:
            search()
        except Violation:
            return
        except Exception:  # a bug may also break the step outright; only a violation counts as found
            continue
    pytest.fail(f"{bug.__name__} survived every search")
