"""The map: every Lambda, its trigger and the one step it runs. One clock read and one log line for each thing done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice, DynamoDBEvent, Rate, Response, SQSEvent

from chalicelib import telemetry, wiring
from chalicelib.domain.webhook import RawWebhook

if TYPE_CHECKING:
    from chalicelib.steps.receive import Received

app = Chalice(app_name="ackguard", configure_logs=False)


class InvocationFailed(Exception):
    """An invocation raised. The text has the kind of the error and its place, never its words: they may quote somebody."""


@app.middleware("all")
def quietly(event: Any, get_response: Callable[[Any], Any]) -> Any:
    """Whatever a step raises is told without its words; the queue, the stream or the schedule brings the work back."""
    try:
        return get_response(event)
    except Exception as error:
        telemetry.failed(event.context.function_name, error)
        raised = telemetry.placed(error)
    raise InvocationFailed(f"{raised['error']} at {raised['place']}")


@app.route("/webhooks/{platform}", methods=["GET", "POST"], content_types=["*/*"], name="api_handler")
def receive(platform: str) -> Response:
    """1: verify, parse, queue, 2xx. Any content type gets this far, so that ours is the only refusal, without detail."""
    from chalicelib.steps import receive as step

    webhook = request_at(platform, wiring.now())
    received = step.run(webhook, wiring.for_receiving(), wiring.settings().limits, webhook.received_at)
    return answered(platform if received.answer.status != 404 else "unknown", received)


@app.route("/desk", methods=["POST"], content_types=["*/*"])
def receive_from_desk() -> Response:
    """1: the door for desks: what people did elsewhere with a case, and a pause."""
    from chalicelib.steps import receive as step

    webhook = request_at("desk", wiring.now())
    return answered("desk", step.run_desk(webhook, wiring.for_receiving(), wiring.settings().limits, webhook.received_at))


@app.on_sqs_message(queue=wiring.MENTIONS, batch_size=1, name="decide_mentions")
def decide_mentions(event: SQSEvent) -> None:
    """2: facts, decision, words, one transaction. A batch is one entry, so a raise brings back exactly that."""
    from chalicelib.steps import intake

    for record in event:
        done = intake.run(record.body, wiring.for_deciding(), wiring.settings().limits, wiring.now(), receives(record))
        telemetry.done("decide", done, wiring.now())


@app.on_sqs_message(queue=wiring.REPLIES, batch_size=1, name="post_replies")
def post_replies(event: SQSEvent) -> None:
    """3: look again, intent, call, outcome."""
    from chalicelib.steps import post

    for record in event:
        done = post.run(record.body, wiring.for_posting(), wiring.settings().limits, wiring.now())
        telemetry.done("post", done, wiring.now())


@app.schedule(Rate(1, unit=Rate.MINUTES), name="settle_stale")
def settle_stale(event: Any) -> None:
    """4: leases and deadlines that ran out."""
    from chalicelib.steps import settle

    for done in settle.run(wiring.for_posting(), wiring.settings().limits, wiring.now()):
        telemetry.done("settle", done, wiring.now())


@app.on_sqs_message(queue=wiring.DEAD_LETTERS, batch_size=1, name="rescue")
def rescue(event: SQSEvent) -> None:
    """5: the end of every poison entry."""
    from chalicelib.steps import rescue as step

    for record in event:
        done = step.run(record.body, wiring.for_deciding(), wiring.settings().limits, wiring.now(), receives(record))
        telemetry.done("rescue", done, wiring.now())


@app.on_sqs_message(queue=wiring.ANNOUNCEMENTS, batch_size=1, name="announce_cases")
def announce_cases(event: SQSEvent) -> None:
    """2b: people are told of a case."""
    from chalicelib.steps import announce

    for record in event:
        done = announce.run(record.body, wiring.for_announcing(), wiring.settings().limits, wiring.now())
        telemetry.done("announce", done, wiring.now())


@app.on_dynamodb_record(stream_arn="ledger", batch_size=100, starting_position="TRIM_HORIZON", name="sequence_ledger")
def sequence_ledger(event: DynamoDBEvent) -> None:
    """6a: leaves into the tree. A failure stops the stream here: it must never skip one."""
    from chalicelib.aws.attributes import row_of
    from chalicelib.steps import sequence

    # not through Chalice's records: iterating them calls a deprecated clock function for every one
    records = event.to_dict()["Records"]
    if any(record["eventName"] != "INSERT" for record in records):
        raise sequence.LedgerChanged("a ledger row was changed or removed")
    leaves = [
        sequence.Leaf(
            sequence=change["SequenceNumber"],
            key=f"{change['Keys']['partition']['S']}/{change['Keys']['sort']['S']}",
            leaf=row_of(change["NewImage"])["leaf"],
            created=created(change),
        )
        for change in (record["dynamodb"] for record in records)
    ]
    telemetry.note("sequence", leaves=sequence.run(leaves, wiring.for_sequencing(), wiring.now()))


@app.schedule(Rate(1, unit=Rate.MINUTES), name="seal_ledger")
def seal_ledger(event: Any) -> None:
    """6b: a signed checkpoint over everything sequenced."""
    from chalicelib.steps import seal

    telemetry.note("seal", size=seal.run(wiring.for_sealing(), wiring.now(), wiring.settings().origin))


@app.schedule(Rate(1, unit=Rate.MINUTES), name="watch")
def watch(event: Any) -> None:
    """7: promises and cases past their time, whatever grows too fast, and whether the platforms still hear us."""
    from chalicelib.steps import keep, surge, waits
    from chalicelib.steps import watch as step

    # what stops the machine comes first: each second counts while replies are held
    for done in surge.run(wiring.for_surging(), wiring.now()):
        telemetry.done("watch", done, wiring.now())
    for done in (*step.run(wiring.for_watching(), wiring.now()), *waits.run(wiring.for_surging(), wiring.now())):
        telemetry.done("watch", done, wiring.now())
    for done in keep.run(wiring.for_keeping(), wiring.settings().limits, wiring.now()):
        telemetry.done("watch", done, wiring.now())


def receives(record: Any) -> int:
    """How often the queue delivered this record, counting this time."""
    return int(record.to_dict().get("attributes", {}).get("ApproximateReceiveCount", "1"))


def created(change: dict[str, Any]) -> datetime | None:
    """When DynamoDB wrote the row of a stream record, to the second before; None where the record does not say."""
    at = change.get("ApproximateCreationDateTime")
    return datetime.fromtimestamp(int(at), timezone.utc) if isinstance(at, (int, float)) else None


def correlation() -> str:
    """What ties every line about a delivery together: the id that AWS gave to this invocation."""
    return str(app.lambda_context.aws_request_id)


def request_at(platform: str, at: datetime) -> RawWebhook:
    """The request as the steps know it: raw bytes, header names in lower case."""
    request = app.current_request
    assert request is not None
    return RawWebhook(
        platform=platform,
        method=request.method,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=dict(request.query_params or {}),
        body=request.raw_body if isinstance(request.raw_body, bytes) else request.raw_body.encode(),
        received_at=at,
        correlation=correlation(),
    )


def answered(platform: str, received: Received) -> Response:
    """One log line, and the answer without any detail."""
    status, reason = received.answer.status, received.reason
    telemetry.note("receive", correlation(), platform=platform, status=status, reason=reason, notices=received.notices)
    if status >= 400:
        telemetry.refused(platform, status, reason)
    headers: dict[str, str | list[str]] = {"Content-Type": received.answer.content_type, "X-Content-Type-Options": "nosniff"}
    return Response(body=received.answer.body, status_code=received.answer.status, headers=headers)
