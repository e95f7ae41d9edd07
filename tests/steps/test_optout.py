"""A person who refuses the machine in their own words is never answered by it again, and a silenced thread stays silent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import keys
from chalicelib.domain.decision import Certainty, Decision, Match, Outcome
from chalicelib.domain.fact import Fact, Known, Unknown
from chalicelib.domain.facts import Person, Thread
from chalicelib.domain.state import State
from chalicelib.embedded.memory import memory_signer
from chalicelib.local.policies import POLICIES, compiled
from chalicelib.policy.deciding.bundle import Broken, Bundle, load, signed_content
from chalicelib.ports import Put
from chalicelib.steps.bundles import Loaded, voices_of
from chalicelib.steps.optout import silencing
from chalicelib.steps.rows import from_row
from tests.pack import ENGINE
from tests.simulation.mentions import mention
from tests.simulation.world import World

PERSON, THREAD = keys.person("x", "771"), keys.thread("x", "551")
ORDINARY = "@NorthwindHelp how do I activate my new card?"


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    """The policies as they are shipped."""
    document, signer = compiled(POLICIES, ENGINE), memory_signer("publisher")
    bundle = load(document, signer.sign(signed_content(document)), (signer.public_key(),), ENGINE)
    assert isinstance(bundle, Bundle)
    return Loaded(bundle.sha256, bundle, voices_of(bundle))


@pytest.fixture
def lived(shipped: Loaded) -> World:
    """A deployment with the shipped policies."""
    return World(shipped, calm=True)


def person(world: World) -> Person:
    row = world.store.read([PERSON]).get(PERSON)
    return from_row(Person, row) if row else Person()


@pytest.mark.parametrize(
    "words",
    [
        "stop auto replying",
        "no bots please, where is my card?",
        "not the bot again, please",
        "stop replying with a bot",
        "do not answer me automatically",
        "I don't want an automated reply",
        "stop the automatic replies",
        "opt me out of your bot",
        "a human instead of a bot please",
    ],
)
def test_a_refusal_in_plain_words_is_remembered(words: str, lived: World) -> None:
    lived.deliver(mention(1, f"@NorthwindHelp {words}"))
    lived.run()
    assert person(lived).opted_out


@pytest.mark.parametrize(
    "words",
    [
        "I emailed you and got no reply, where is my card?",
        "how do I activate my new card?",
        "leave me alone",
        "the cash machine has no money, can you check my card?",
        "your chatbot is down, how do I activate my card?",
        "I want to speak to a person",
    ],
)
def test_words_that_only_may_mean_it_are_not_remembered(words: str, lived: World) -> None:
    lived.deliver(mention(1, f"@NorthwindHelp {words}"))
    lived.run()
    assert not person(lived).opted_out


def test_it_never_ends_and_holds_for_sister_accounts(lived: World) -> None:
    lived.deliver(mention(1, "@NorthwindHelp stop auto replying", author="771"))
    lived.run()
    lived.clock.advance(timedelta(days=4_000))
    lived._keep_sealed()
    for number, account in ((2, "1001"), (3, "1002")):
        fresh = replace(
            mention(number, ORDINARY, author="771", account=account), received_at=lived.now, created_at=Known(lived.now)
        )
        lived.deliver(fresh)
        lived.run()
        half = lived.store.partition("private", lived.standing_of(fresh).id)[0][1]["half"]
        assert "opted-out" in half["decision"]["because"]
    assert lived.posts == []


def test_a_broken_policy_forgets_nobody(lived: World, shipped: Loaded) -> None:
    lived.deliver(mention(1, "@NorthwindHelp stop auto replying", author="771"))
    lived.run()
    broken = Loaded("f" * 64, Broken("unreadable"), {})
    lived.deciding.bundles._last = broken
    lived.deliver(mention(2, ORDINARY, author="771"))
    hold = lived.standing_of
    lived.loaded = broken
    while lived.step():
        pass
    assert hold(mention(2)).state is State.HUMAN
    assert person(lived).opted_out


def test_a_refusal_that_comes_with_an_edit_counts_too(lived: World) -> None:
    lived.deliver(mention(1, ORDINARY))
    lived.run()
    lived.deliver(mention(1, f"{ORDINARY} And stop auto replying", post="5519", edited=True))
    lived.run()
    assert person(lived).opted_out


def test_a_protest_silences_its_thread_for_bystanders_too(lived: World) -> None:
    lived.deliver(mention(1, "@NorthwindHelp we chalked the evictions on your pavement, shame on you", thread="551"))
    lived.run()
    lived.deliver(mention(2, ORDINARY, thread="551"))
    lived.run()
    lived.deliver(mention(3, ORDINARY))
    lived.run()
    assert [post["root"] for post in lived.posts] == ["553"]


def match(silence: str | None) -> Decision:
    one = Match(rule="r", outcome=Outcome.HUMAN, by="policy", certainty=Certainty.TRUE, why="w", evidence=(), silence=silence)
    return Decision(
        outcome=Outcome.HUMAN,
        rule="r",
        because=("r",),
        matched=(one,),
        why="w",
        topic=None,
        department="care",
        priority=3,
        limit=None,
        without=Outcome.HUMAN,
        without_rule="default",
    )


@pytest.mark.parametrize(
    ("silence", "who", "said", "written"),
    [
        (None, Known(Person()), Known(Thread()), []),
        ("person", Known(Person()), Known(Thread()), [PERSON]),
        ("person", Known(Person(version=3, opted_out=True)), Known(Thread()), []),
        ("person", Unknown("unreadable"), Known(Thread()), []),
        ("thread", Known(Person()), Known(Thread()), [THREAD]),
        ("thread", Known(Person()), Known(Thread(version=2, silent=True)), []),
        ("thread", Known(Person()), Unknown("unreadable"), []),
    ],
)
def test_each_silence_is_written_once_and_only_on_rows_that_are_known(
    silence: str | None, who: Fact[Person], said: Fact[Thread], written: list[object]
) -> None:
    writes = silencing(match(silence), (PERSON, who), (THREAD, said))
    assert [write.key for write in writes if isinstance(write, Put)] == written
