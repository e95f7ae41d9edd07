"""The traps of README.md that no other room notices, and that the table names tests that exist."""

from __future__ import annotations

import importlib.util
import io
import re
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from chalicelib.local import emulator
from chalicelib.local.packed import ROOT, TOOLS
from tests.aws import places
from tests.aws.deployment import Client

VERSION = "import sys; print(sys.version_info[:2])"
ONE_BAD = """
def handler(event, context):
    bad = [one["messageId"] for one in event["Records"] if one["body"] == "bad"]
    return {"batchItemFailures": [{"itemIdentifier": id} for id in bad]}
"""


def test_every_trap_has_a_test_that_exists() -> None:
    rows = [line for line in (Path(__file__).parent / "README.md").read_text().splitlines() if line.startswith("| ")][1:]
    named = {row: re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row) for row in rows}
    assert [row for row, tests in named.items() if not tests] == []
    assert [
        f"{file}::{test}"
        for tests in named.values()
        for file, test in tests
        if not (ROOT / file).exists() or f"def {test}(" not in (ROOT / file).read_text()
    ] == []


def test_no_emulator_that_loses_writes_is_installed() -> None:
    assert importlib.util.find_spec("moto") is None


def test_the_emulator_has_an_environment_of_its_own(ministack: str) -> None:
    assert importlib.util.find_spec("ministack") is None
    assert emulator.COMMAND.exists()


def test_the_emulator_runs_the_python_that_packs(ministack: str) -> None:
    if not (TOOLS / "python").exists():
        pytest.skip("tool missing: build/package-venv; `make package-environment` makes it")
    tools = (emulator.COMMAND.with_name("python"), TOOLS / "python")
    versions = {subprocess.run([one, "-c", VERSION], capture_output=True, text=True, check=True).stdout for one in tools}
    assert len(versions) == 1


def test_a_token_that_was_used_carries_no_other_transaction(client: Client) -> None:
    dynamodb = client("dynamodb")
    table = places.tables(dynamodb)["state"]

    def put(sort: str) -> None:
        row = {"partition": {"S": "p"}, "sort": {"S": sort}}
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": row}}], ClientRequestToken="one-token")

    put("a")
    put("a")
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        put("b")
    assert dynamodb.scan(TableName=table)["Count"] == 1


def test_of_a_batch_only_what_failed_comes_again_and_ends_in_the_dead_letters(client: Client, ministack: str) -> None:
    sqs = client("sqs")
    url, dead = queue(sqs)
    reading(sqs, url)
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(("good", "bad", "good"))]
    sqs.send_message_batch(QueueUrl=url, Entries=entries)
    ends, found = time.monotonic() + 60, list[str]()
    while not found and time.monotonic() < ends:
        found += [one["Body"] for one in sqs.receive_message(QueueUrl=dead, WaitTimeSeconds=1).get("Messages", [])]
    assert found == ["bad"]
    assert waiting(sqs, url) == waiting(sqs, dead) - 1 == 0


def queue(sqs: Any) -> tuple[str, str]:
    """The URLs of a queue and of its dead letters, which take what was received twice, half a second apart."""
    url, dead = places.queue(sqs)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    return url, dead


def reading(sqs: Any, url: str) -> None:
    """A Lambda that fails on what is bad, triggered as the template has it."""

    functions, code, name = botocore.session.get_session().create_client("lambda"), io.BytesIO(), places.fresh("one-bad")
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("one_bad.py", ONE_BAD)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Handler="one_bad.handler",
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": code.getvalue()},
    )
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    functions.create_event_source_mapping(
        FunctionName=name, EventSourceArn=arn, BatchSize=10, FunctionResponseTypes=["ReportBatchItemFailures"]
    )


def waiting(sqs: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)
