"""What the Lambdas say: one line for each thing done, counts in CloudWatch's format, and never a word that somebody wrote."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib import telemetry
from chalicelib.steps.done import Done

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=timezone.utc)


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    out = io.StringIO()
    telemetry.write_to(out)
    yield out
    telemetry.write_to(None)


def lines(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def counted(said: io.StringIO) -> dict[str, list[float]]:
    """Metric → values, of every line in the embedded metric format."""
    found: dict[str, list[float]] = {}
    for line in lines(said):
        for group in line.get("_aws", {}).get("CloudWatchMetrics", ()):
            assert group["Dimensions"] == [["service"]], "an alarm names exactly this dimension"
            found |= {one["Name"]: line[one["Name"]] for one in group["Metrics"]}
    return found


def test_a_decision_is_one_line_with_its_correlation_and_its_counts(said: io.StringIO) -> None:
    done = Done("abc", "human", "followers-unknown", correlation="d-1", since=NOW - timedelta(seconds=2))
    telemetry.done("decide", done, NOW)
    (line,) = [line for line in lines(said) if "_aws" not in line]
    assert {name: line[name] for name in ("step", "id", "did", "rule", "correlation_id")} == {
        "step": "decide", "id": "abc", "did": "human", "rule": "followers-unknown", "correlation_id": "d-1"
    }  # fmt: skip
    assert counted(said) == {"ToPeople": [1.0], "UnknownFacts": [1.0], "TimeToDecision": [2000.0]}


@pytest.mark.parametrize(
    ("step", "did", "metric"),
    [
        ("decide", "reserved", "Acknowledged"),
        ("decide", "ignored", "Ignored"),
        ("post", "posted", "Posted"),
        ("post", "outcome-unknown", "UnknownOutcomes"),
        ("rescue", "human", "Rescued"),
    ],
)
def test_what_a_step_did_is_counted(step: str, did: str, metric: str, said: io.StringIO) -> None:
    telemetry.done(step, Done("abc", did), NOW)
    assert counted(said) == {metric: [1.0]}


def test_what_changes_nothing_is_told_and_not_counted(said: io.StringIO) -> None:
    telemetry.done("decide", Done("abc", "already-decided"), NOW)
    assert counted(said) == {}
    assert len(lines(said)) == 1


def test_how_long_people_waited_to_be_told_is_measured(said: io.StringIO) -> None:
    telemetry.done("announce", Done("abc", "told", "slack", since=NOW - timedelta(seconds=90)), NOW)
    assert counted(said) == {"TimeToPerson": [90_000.0]}


def test_no_count_of_one_line_is_told_again_with_the_next(said: io.StringIO) -> None:
    telemetry.done("decide", Done("a", "reserved"), NOW)
    telemetry.refused("x", 401, "signature")
    assert [sorted(set(line) & telemetry.METRICS) for line in lines(said) if "_aws" in line] == [["Acknowledged"], ["Refused"]]


def test_every_metric_there_is_can_be_written(said: io.StringIO) -> None:
    for step, did in (("decide", "reserved"), ("decide", "human"), ("decide", "ignored"), ("post", "posted")):
        telemetry.done(step, Done("a", did, "x-unknown", since=NOW), NOW)
    for step, did in (("post", "outcome-unknown"), ("rescue", "human"), ("watch", "alarm"), ("announce", "told")):
        telemetry.done(step, Done("a", did, since=NOW), NOW)
    telemetry.done("decide", Done("a", "human", "policy-unavailable"), NOW)
    telemetry.refused("x", 401, "signature")
    telemetry.failed("decide", ValueError("x"))
    assert set(counted(said)) == telemetry.METRICS


def test_an_error_is_told_by_its_kind_and_place_and_never_by_its_words(said: io.StringIO) -> None:
    log = logging.getLogger(telemetry.SERVICE)
    try:
        raise ValueError("my card is 4111")
    except ValueError as error:
        telemetry.failed("decide", error)
        log.exception("Caught exception for path %s", "/webhooks/x")
    assert "4111" not in said.getvalue()
    assert [line["error"] for line in lines(said) if "error" in line] == ["ValueError", "ValueError"]
    assert all("test_telemetry.py:" in line["place"] for line in lines(said) if "error" in line)


def test_a_lambda_that_raises_tells_nobody_the_words(said: io.StringIO) -> None:
    import app
    from chalicelib.local.lambdas import Context

    with pytest.raises(app.InvocationFailed) as caught:
        app.app.handler_map["sequence_ledger"]({"Records": [{"eventName": "INSERT", "secret words": 1}]}, Context("a", "b"))
    assert "KeyError at " in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert "secret words" not in said.getvalue()
    assert counted(said) == {"Failed": [1.0]}


def test_a_level_that_another_program_left_in_the_environment_silences_nothing() -> None:
    code = "from chalicelib import telemetry; telemetry.note('seal', size=1); telemetry.refused('x', 401, 'signature')"
    environment = {**os.environ, "LOG_LEVEL": "ERROR"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert [json.loads(line).get("Refused") for line in done.stderr.splitlines()] == [None, [1.0]]
