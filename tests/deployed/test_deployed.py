"""The packaged template in an emulator: a signed webhook in at the API, one reply out, every record in the sealed tree."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import timedelta

from chalicelib import telemetry, wiring
from chalicelib.domain import keys
from chalicelib.domain.account import Account
from chalicelib.domain.state import State
from chalicelib.domain.webhook import Secrets
from chalicelib.local.stream import x_shape
from chalicelib.local.stream.post import Post, Writer
from chalicelib.local.stream.signing import x_headers
from chalicelib.steps.rows import Standing, from_row
from tests.deployed.conftest import ACCOUNT, WEBHOOK_SECRET, Stage, now

OURS = Account(platform="x", id=ACCOUNT, handle="@NorthwindHelp")
QUESTION = "@NorthwindHelp how do I activate my new card?"
COMPLAINT = "@NorthwindHelp my solicitor will call about my card, how do i complain"


def webhook(number: int, text: str) -> bytes:
    """What X sends of a mention."""
    at = now()
    writer = Writer(
        id=f"77{number}", handle=f"u{number}", name="U", followers=200, verified=False, bot=False, joined=at - timedelta(900)
    )
    id = f"55{number}"
    post = Post(
        account=OURS, id=id, root_id=id, writer=writer, text=text, created_at=at - timedelta(seconds=5), thread=id, tagged=(OURS,)
    )
    return x_shape.activity(post, f"d{number}")


def send(stage: Stage, body: bytes, headers: Mapping[str, str]) -> int:
    """The status that the API answers with."""
    request = urllib.request.Request(
        f"{stage.url}/webhooks/x", data=body, headers={"Content-Type": "application/json", **headers}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def standing(number: int) -> Standing | None:
    place = keys.state("x", f"55{number}", ACCOUNT)
    row = wiring.deployed().store.read([place]).get(place)
    return None if row is None else from_row(Standing, row)


def wait_for(stage: Stage, what: Callable[[], bool], seconds: float = 40) -> None:
    ends = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < ends, stage.log()[-3000:]
        time.sleep(0.2)


def is_in(number: int, state: State) -> Callable[[], bool]:
    def reached() -> bool:
        found = standing(number)
        return found is not None and found.state is state

    return reached


def test_a_question_is_acknowledged_once_a_complaint_goes_to_a_person_and_all_of_it_is_sealed(stage: Stage) -> None:
    wait_for(stage, lambda: stage.head()["next"] > 0)
    stage.run("SealLedger")
    signed = Secrets((WEBHOOK_SECRET,))
    for number, text in ((1, QUESTION), (1, QUESTION), (2, COMPLAINT)):
        body = webhook(number, text)
        assert send(stage, body, x_headers(body, signed)) == 202
    wait_for(stage, is_in(2, State.HUMAN))
    wait_for(stage, is_in(1, State.POSTED))
    assert stage.sandbox is not None
    assert [post.in_reply_to for post in stage.sandbox.posts] == ["551"]

    ids = [found.id for number in (1, 2) if (found := standing(number))]
    leaves = sum(len(wiring.deployed().store.partition("ledger", id)) for id in ids)
    wait_for(stage, lambda: stage.head()["next"] > leaves)
    stage.run("SealLedger")
    head = stage.head()
    assert head["sealed"] == head["next"]
    assert wiring.deployed().artefacts.get(f"checkpoint/{head['sealed']}")


def test_an_entry_that_nobody_can_read_ends_in_a_record_and_a_case(stage: Stage) -> None:
    before = stage.head()["next"]
    stage.client("sqs").send_message(QueueUrl=stage.names["DeadLettersQueue"], MessageBody="neither a notice nor an order")
    wait_for(stage, lambda: '"step":"rescue"' in stage.log().replace(" ", ""))
    wait_for(stage, lambda: stage.head()["next"] > before)


def test_the_log_tells_what_was_done_and_nothing_that_anybody_wrote(stage: Stage) -> None:
    log = stage.log()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"receive", "decide", "post", "rescue", "sequence", "seal"} <= {line.get("step") for line in lines}
    assert {"Acknowledged", "ToPeople", "Posted", "Rescued", "TimeToDecision"} <= {name for line in lines for name in line}
    assert [word for word in ("activate", "solicitor", WEBHOOK_SECRET) if word in log] == []
    told = [str(value) for line in lines for name, value in line.items() if name not in ("_aws", "timestamp", *telemetry.METRICS)]
    assert [value for value in told if re.search(rf"(?<!\d)(551|771|{ACCOUNT})(?!\d)", value)] == []


def test_what_is_not_signed_gets_no_further_than_the_door(stage: Stage) -> None:
    body = webhook(3, QUESTION)
    assert send(stage, body, x_headers(body, Secrets(("another secret, long enough",)))) == 401
    assert standing(3) is None
