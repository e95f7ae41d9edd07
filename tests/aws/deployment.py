"""One stage in the emulator, and what AWS does between two Lambdas: webhooks, queues, the stream, schedules."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import botocore.session

import app
from chalicelib import settings, wiring
from chalicelib.audit.record import Actor
from chalicelib.aws.clients import Service
from chalicelib.domain import keys
from chalicelib.domain.account import Account
from chalicelib.domain.facts import Control, Rota, Wait
from chalicelib.domain.webhook import RawWebhook, Secrets
from chalicelib.embedded.memory import ManualClock
from chalicelib.local.lambdas import Context, from_schedule
from chalicelib.local.sandbox import Sandbox
from chalicelib.local.stream import x_shape
from chalicelib.local.stream.post import Post, Writer
from chalicelib.local.stream.signing import x_headers
from chalicelib.ports import Put
from chalicelib.steps import publish, receive, watch
from chalicelib.steps.rows import Standing, from_row, to_row
from tests import pack
from tests.aws import places

OURS = Account(platform="x", id="1001", handle="@NorthwindHelp")
HOLD_S = 1
WEBHOOK_SECRET = "the secret of the webhook"
Client = Callable[[Service], Any]
_QUEUES = ("MENTIONS", "REPLIES", "ANNOUNCEMENTS", "DEAD_LETTERS")


class Deployment:
    """Every place of one stage in the emulator, and what AWS does between two Lambdas."""

    def __init__(self, client: Client, clock: ManualClock, sandbox: Sandbox) -> None:
        self.client, self.clock, self.sandbox = client, clock, sandbox
        self.running: str | None = None
        self._last = ""
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
        ana = Actor(type="person", id="ana")
        publish.run(pack.compiled_for(engine), engine, ana, wiring.for_publishing(), self.clock.now())
        control, rota, wait = keys.control("x", OURS.id), keys.rota("northwind-bank"), keys.wait("northwind-bank")
        on_shift = Rota(on_shift=4, until=self.clock.now() + timedelta(days=30), next_shift=None)
        backend.store.commit(
            [
                Put(control, to_row(Control(version=1, mode="live"), key=control)),
                Put(rota, to_row(on_shift, key=rota)),
                Put(wait, to_row(Wait(p80_minutes=35), key=wait)),
            ]
        )
        with self.within("watch"):
            # the heartbeat alone: all that the Lambda does besides is asked for in the story of tests/aws/test_rights.py
            deque(watch.run(wiring.for_watching(), self.clock.now()))
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
        headers = x_headers(body, Secrets((WEBHOOK_SECRET,)))
        raw = RawWebhook(platform="x", method="POST", headers=headers, query={}, body=body, received_at=now)
        with self.within("api_handler"):
            assert receive.run(raw, wiring.for_receiving(), wiring.settings().limits, now).answer.status == 202

    def seal(self) -> None:
        self.invoke("seal_ledger", from_schedule("seal_ledger", self.clock.now()))

    def invoke(self, name: str, event: dict[str, Any]) -> Any:
        with self.within(name):
            return app.app.handler_map[name](event, Context("ackguard", name))

    @contextmanager
    def within(self, name: str) -> Iterator[None]:
        """Whatever is asked of AWS meanwhile is asked by the Lambda ``name``, which keeps nothing of another one."""
        if name != self._last:
            wiring.forget()
        self.running = self._last = name
        try:
            yield
        finally:
            self.running = None

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

    def put(self, queue: str, body: str) -> None:
        """An entry that another Lambda, or the redrive of SQS, has put there."""
        self.client("sqs").send_message(QueueUrl=self.places[f"{settings.QUEUE}{queue}"], MessageBody=body)

    def take(self, queue: str) -> str:
        """An entry that its Lambda failed on until the redrive took it; held ones come when their time is over."""
        sqs, url = self.client("sqs"), self.places[f"{settings.QUEUE}{queue}"]
        (one,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=HOLD_S + 1)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return str(one["Body"])

    def wait(self, span: timedelta) -> None:
        """For real, and on the clock of the service."""
        self.clock.advance(span)
        time.sleep(span.total_seconds() + 0.1)

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
