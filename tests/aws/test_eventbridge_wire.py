"""The bus of a stage hears of a case: our own signature, over the wire, through a rule into a queue."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import botocore.session

from chalicelib.aws import role
from chalicelib.domain.announcement import Refused, Told
from chalicelib.http_client import PooledHttp
from chalicelib.sinks.eventbridge import SINK, SOURCE
from tests.aws import places, rights
from tests.aws.deployment import Client
from tests.sinks.kit import order

NOW = datetime.now(timezone.utc)


def test_what_the_bus_is_told_arrives_where_its_rule_says(client: Client, ministack: str) -> None:
    bridge = botocore.session.get_session().create_client("events")
    url = places.queue(client("sqs"))[0]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    bus = places.fresh("bus")
    bridge.create_event_bus(Name=bus)
    bridge.put_rule(Name=bus, EventBusName=bus, EventPattern=json.dumps({"source": [SOURCE], "detail": {"priority": [0]}}))
    bridge.put_targets(Rule=bus, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    request = SINK.request(order(), f"{ministack}/{bus}", role.as_secret(), NOW)
    assert not isinstance(request, Refused)
    assert SINK.read(PooledHttp().send(request, 5)) == Told()
    (got,) = client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    told = json.loads(got["Body"])
    assert (told["detail-type"], told["detail"]["case"], told["detail"]["id"]) == ("case.opened", order().case, order().id)


def test_its_lambda_alone_may_tell_the_bus_and_only_that_one() -> None:
    wanted = ("events:PutEvents", "EventBus")
    assert {name.stem for name in rights.IAM.glob("*.json") if wanted in rights.granted(name.stem)} == {"announce_cases"}
