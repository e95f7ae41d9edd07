"""The way of a mention on AWS, Lambda by Lambda as `app.py` has them: webhook, decision, hold, post, stream, seal."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest

import app
from chalicelib import settings, wiring
from chalicelib.audit.checkpoint import open_note, vkey
from chalicelib.audit.record import Actor
from chalicelib.domain import keys
from chalicelib.domain.account import Account
from chalicelib.domain.facts import Control, Rota, Wait
from chalicelib.domain.state import State
from chalicelib.domain.webhook import RawWebhook
from chalicelib.embedded.memory import ManualClock
from chalicelib.local.lambdas import Context, from_schedule
from chalicelib.local.sandbox import Sandbox
from chalicelib.local.stream import x_shape
from chalicelib.local.stream.post import Post, Writer
from chalicelib.local.stream.signing import x_headers
from chalicelib.ports import Put
from chalicelib.steps import publish, receive
from chalicelib.steps.rows import Standing, from_row, to_row
from tests import pack
from tests.aws import places
from tests.aws.conftest import Client
from tests.simulation.world import CREDENTIALS

OURS = Account(platform="x", id="1001", handle="@NorthwindHelp")
HOLD_S = 1


class Deployment:
    """Every place of one stage in the emulator, and what AWS does between two Lambdas."""

    def __init__(self, client: Client, clock: ManualClock, sandbox: Sandbox) -> None:
        self.client, self.clock, self.sandbox = client, clock, sandbox
        self.places = {
            f"{settings.TABLE}{name.upper()}": at for name, at in places.tables(client("dynamodb"), stream=True).items()
        }
        self.places |= {f"{settings.QUEUE}{name}": places.queue(client("sqs"))[0] for name in _QUEUES}
        self.places |= {
            settings.BUCKET: places.bucket(client("s3")),
            settings.SECRETS_PREFIX: places.fresh("ackguard") + "/",
            settings.KEY_SEALER: places.signing_key(client("kms")),
            settings.KEY_PUBLISHER: places.signing_key(client("kms")),
        }

    def secret(self, name: str, value: str) -> None:
        self.client("secretsmanager").create_secret(Name=self.places[settings.SECRETS_PREFIX] + name, SecretString=value)

    def staff(self) -> None:
        """A policy in force, an account that is live, people on shift, and a ledger that beats and is sealed."""
        backend, engine = wiring.deployed(), wiring.settings().engine
        ports = publish.PublishPorts(
            store=backend.store, artefacts=backend.artefacts, signer=backend.publisher, entropy=os.urandom
        )
        publish.run(pack.compiled_for(engine), engine, Actor(type="person", id="ana"), ports, self.clock.now())
        control, rota, wait = keys.control("x", OURS.id), keys.rota("northwind-bank"), keys.wait("northwind-bank")
        on_shift = Rota(on_shift=4, until=self.clock.now() + timedelta(days=30), next_shift=None)
        backend.store.commit(
            [
                Put(control, to_row(Control(version=1, mode="live"), key=control)),
                Put(rota, to_row(on_shift, key=rota)),
                Put(wait, to_row(Wait(p80_minutes=35), key=wait)),
            ]
        )
        self.invoke("watch", from_schedule("watch", self.clock.now()))
        self.stream()
        self.seal()

    def webhook(self, number: int, text: str) -> None:
        """X tells us of a mention."""
        now = self.clock.now()
        writer = Writer(
            id=f"77{number}", handle=f"u{number}", name="U", followers=200, verified=False, bot=False, joined=now - timedelta(900)
        )
        post = Post(
            account=OURS,
            id=f"55{number}",
            root_id=f"55{number}",
            writer=writer,
            text=text,
            created_at=now - timedelta(seconds=5),
            thread=f"55{number}",
            tagged=(OURS,),
        )
        body = x_shape.activity(post, f"d{number}")
        headers = x_headers(body, wiring.for_receiving().secrets.get("webhook/x"))
        raw = RawWebhook(platform="x", method="POST", headers=headers, query={}, body=body, received_at=now)
        assert receive.run(raw, wiring.for_receiving(), wiring.settings().limits, now).answer.status == 202

    def seal(self) -> None:
        self.invoke("seal_ledger", from_schedule("seal_ledger", self.clock.now()))

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        return app.app.handler_map[name](event, Context("ackguard", name))

    def drain(self, queue: str, name: str) -> int:
        """Everything visible in a queue, one entry for each invocation, deleted when it succeeded."""
        sqs, url, done = self.client("sqs"), self.places[f"{settings.QUEUE}{queue}"], 0
        while got := sqs.receive_message(QueueUrl=url, AttributeNames=["All"]).get("Messages", []):
            for one in got:
                record = {"body": one["Body"], "receiptHandle": one["ReceiptHandle"], "attributes": one["Attributes"]}
                self.invoke(name, {"Records": [record]})
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
                done += 1
        return done

    def stream(self) -> None:
        """What the ledger's stream holds, from the start: leaves that have a number are passed over."""
        streams = botocore.session.get_session().create_client("dynamodbstreams")
        arn = self.client("dynamodb").describe_table(TableName=self.places[f"{settings.TABLE}LEDGER"])["Table"]["LatestStreamArn"]
        for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            at = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
            self.invoke("sequence_ledger", {"Records": streams.get_records(ShardIterator=at["ShardIterator"])["Records"]})

    def standing(self, number: int) -> Standing:
        place = keys.state("x", f"55{number}", OURS.id)
        return from_row(Standing, wiring.deployed().store.read([place])[place])


_QUEUES = ("MENTIONS", "REPLIES", "ANNOUNCEMENTS", "DEAD_LETTERS")


@pytest.fixture
def deployment(client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployment]:
    clock = ManualClock()
    sandbox = Sandbox(clock.now)
    sandbox.start()
    made = Deployment(client, clock, sandbox)
    environment = {"ACKGUARD_BACKEND": "aws", "ACKGUARD_HOLD_S": str(HOLD_S), "ACKGUARD_ENDPOINT_X": sandbox.url, **made.places}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    wiring.forget()
    monkeypatch.setattr(wiring, "now", clock.now)
    made.secret("webhook/x", "the secret of the webhook")
    made.secret(f"posting/x/{OURS.id}", CREDENTIALS)
    yield made
    wiring.forget()
    sandbox.stop()


def test_one_mention_is_acknowledged_once_and_another_goes_to_a_person_and_all_of_it_is_sealed(deployment: Deployment) -> None:
    deployment.staff()
    deployment.webhook(1, "@NorthwindHelp how do I activate my new card?")
    deployment.webhook(1, "@NorthwindHelp how do I activate my new card?")
    deployment.webhook(2, "@NorthwindHelp my solicitor will call about my card, how do i complain")
    assert deployment.drain("MENTIONS", "decide_mentions") == 3
    assert deployment.standing(2).state is State.HUMAN
    assert deployment.standing(1).state is State.RESERVED
    assert deployment.sandbox.posts == []

    deployment.clock.advance(timedelta(seconds=HOLD_S))
    time.sleep(HOLD_S + 0.1)
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
