"""What a mention costs in round trips, counted exactly: DynamoDB bills them, and a person waits for them."""

from __future__ import annotations

import pytest

from chalicelib.domain import keys
from chalicelib.domain.state import State
from chalicelib.ports import Key, Put
from chalicelib.steps.bundles import Loaded
from tests.simulation.mentions import mention
from tests.simulation.world import World


def calls_of(world: World) -> list[str]:
    return [line.split()[1] for line in world.log if line[0].isdigit()]


def test_an_acknowledgement_takes_one_read_and_three_writes_to_decide_two_reads_and_five_to_post(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.deliver(mention(1))
    world.run()
    claims = ["store.commit", "store.commit"]
    deciding = ["store.read", *claims, "store.commit", "queue.send", "queue.send"]
    public = ["store.commit", "store.commit"]
    posting = ["store.read", "store.commit", "store.commit", "store.read", "http.send", *public, "store.commit"]
    with capsys.disabled():
        print(f"\nround trips of an acknowledged mention: {', '.join(deciding)} | {', '.join(posting)}")
    assert calls_of(world) == deciding + posting


def test_a_mention_for_a_person_takes_one_read_and_three_writes(world: World) -> None:
    world.deliver(mention(1, "@NorthwindHelp my solicitor will call about my card, how do i complain"))
    world.run()
    assert calls_of(world) == ["store.read", "store.commit", "store.commit", "store.commit", "queue.send"]
    assert world.standing_of(mention(1)).state is State.HUMAN


def test_a_lost_word_costs_one_more_read_and_one_more_transaction(world: World, loaded: Loaded) -> None:
    voice = loaded.voices["plain.en"]
    cursor = world.store.read([keys.budget("plain")])[keys.budget("plain")]["cursor"]
    for index in range(cursor, cursor + 3):
        word = voice.word(index % 343)
        assert word is not None
        world.store.commit([Put(keys.word(word.lock), {"expires": "2027-01-01T00:00:00.000Z", "id": "somebody-else"})])
    world.deliver(mention(1))
    world.run()
    claims = ["store.commit", "store.commit"]
    assert calls_of(world)[:7] == ["store.read", *claims, "store.commit", "store.read", "store.commit", "queue.send"]
    assert world.standing_of(mention(1)).state is State.POSTED


def test_a_word_is_free_again_when_its_lock_has_run_out(world: World, loaded: Loaded) -> None:
    word = loaded.voices["plain.en"].word(world.store.read([keys.budget("plain")])[keys.budget("plain")]["cursor"])
    assert word is not None
    world.store.commit([Put(keys.word(word.lock), {"expires": "2026-11-20T00:00:00.000Z", "id": "long-ago"})])
    world.deliver(mention(1))
    world.run()
    half = world.store.read([Key("private", world.standing_of(mention(1)).id, "0-decision")])
    assert tuple(next(iter(half.values()))["reservation"]["wordings"]) == word.marks
