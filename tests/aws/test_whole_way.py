"""The way of a mention on AWS, Lambda by Lambda as `app.py` has them: webhook, decision, hold, post, stream, seal."""

from __future__ import annotations

import json
from datetime import timedelta

from chalicelib import wiring
from chalicelib.audit.checkpoint import open_note, vkey
from chalicelib.domain import keys
from chalicelib.domain.state import State
from tests.aws.deployment import HOLD_S, OURS, Deployment


def test_one_mention_is_acknowledged_once_and_another_goes_to_a_person_and_all_of_it_is_sealed(deployment: Deployment) -> None:
    deployment.staff()
    deployment.webhook(1, "@NorthwindHelp how do I activate my new card?")
    deployment.webhook(1, "@NorthwindHelp how do I activate my new card?")
    deployment.webhook(2, "@NorthwindHelp my solicitor will call about my card, how do i complain")
    assert deployment.drain("MENTIONS", "decide_mentions") == 3
    assert deployment.standing(2).state is State.HUMAN
    assert deployment.standing(1).state is State.RESERVED
    assert deployment.sandbox.posts == []

    deployment.wait(timedelta(seconds=HOLD_S))
    assert deployment.drain("REPLIES", "post_replies") >= 1
    assert deployment.standing(1).state is State.POSTED
    assert [post.in_reply_to for post in deployment.sandbox.posts] == ["551"]

    deployment.stream()
    deployment.seal()
    backend = wiring.deployed()
    leaves = sum(len(backend.store.partition("ledger", deployment.standing(number).id)) for number in (1, 2))
    head = backend.store.read([keys.head()])[keys.head()]
    assert head["sealed"] == head["next"] > leaves
    note = backend.artefacts.get(f"checkpoint/{head['sealed']}")
    assert note is not None
    sealed = open_note(note.decode(), (vkey("ackguard-sealer", backend.sealer.public_key()),))
    assert sealed.size == head["sealed"]


def test_what_is_kept_on_aws_is_what_the_steps_read_back(deployment: Deployment) -> None:
    deployment.staff()
    deployment.webhook(3, "@NorthwindHelp how do I activate my new card?")
    deployment.drain("MENTIONS", "decide_mentions")
    standing = deployment.standing(3)
    kinds = [row["kind"] for _, row in wiring.deployed().store.partition("ledger", standing.id)]
    assert kinds == ["decision"]
    due = [
        key for shard in range(keys.SHARDS) for key in wiring.deployed().store.due(shard, deployment.clock.now() + timedelta(1))
    ]
    assert keys.state("x", "553", OURS.id) in due
    assert "how do I activate" not in json.dumps(
        [dict(row) for _, row in wiring.deployed().store.partition("ledger", standing.id)]
    )
