"""The runner triggers Lambdas as AWS does: queues, stream, schedules, HTTP, and a clean end."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from chalice.app import Chalice, Rate

from chalicelib.embedded.clock import ScaledClock
from chalicelib.embedded.queues import SqliteQueue
from chalicelib.embedded.store import SqliteStore
from chalicelib.local.folder import FolderTaken
from chalicelib.local.runner import Runner
from chalicelib.ports import Absent, Key, Put

FACTOR = 1000
STREAM = "arn:aws:dynamodb:local-1:000000000000:table/ledger/stream/now"


class Deployment:
    """A store, three queues and a small app whose Lambdas do what a test says."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteStore(folder / "store.db")
        self.clock = ScaledClock(folder / "clock.json", FACTOR)
        self.queues = {name: SqliteQueue(self.store, name, self.clock) for name in ("mentions", "replies", "dead-letters")}
        self.seen: list[tuple[str, Any]] = []
        self.contexts: list[Any] = []
        self.answers: dict[str, Callable[[dict[str, Any]], Any]] = {}
        self.app = self.build()

    def build(self) -> Chalice:
        app = Chalice(app_name="small", configure_logs=False)

        def run(name: str, event: Any) -> Any:
            self.contexts.append(event.context)
            self.seen.append((name, event.to_dict()))
            return self.answers.get(name, lambda _: None)(event.to_dict())

        @app.on_sqs_message(queue="mentions", batch_size=10, name="decide")
        def decide(event: Any) -> Any:
            return run("decide", event)

        @app.on_sqs_message(queue_arn="arn:aws:sqs:local-1:000000000000:replies", batch_size=1, name="post")
        def post(event: Any) -> Any:
            return run("post", event)

        @app.on_sqs_message(queue="dead-letters", batch_size=10, name="rescue")
        def rescue(event: Any) -> Any:
            return run("rescue", event)

        @app.on_dynamodb_record(stream_arn=STREAM, batch_size=3, name="sequence")
        def sequence(event: Any) -> Any:
            return run("sequence", event)

        @app.schedule(Rate(1, unit=Rate.MINUTES), name="watch")
        def watch(event: Any) -> Any:
            return run("watch", event)

        @app.route("/webhooks/{platform}", methods=["POST"])
        def webhook(platform: str) -> dict[str, str]:
            self.queues["mentions"].send(f"{platform}:{app.current_request.raw_body.decode()}")
            return {"platform": platform}

        return app

    def runner(self, **settings: Any) -> Runner:
        return Runner(self.app, self.store, self.queues, self.clock, dead_letters={"mentions": "dead-letters"}, **settings)

    def bodies(self, name: str) -> list[list[str]]:
        return [[one["body"] for one in event["Records"]] for seen, event in self.seen if seen == name]


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    deployment = Deployment(tmp_path)
    yield deployment
    deployment.store.close()


class Running:
    """A deployment with its runner started."""

    def __init__(self, deployment: Deployment, runner: Runner) -> None:
        self.store, self.queues, self.seen, self.answers = (
            deployment.store,
            deployment.queues,
            deployment.seen,
            deployment.answers,
        )
        self.contexts, self.bodies = deployment.contexts, deployment.bodies
        self.drain, self.url = runner.drain, runner.url


@pytest.fixture
def running(deployment: Deployment) -> Iterator[Running]:
    runner = deployment.runner(receives=2, visibility_s=100)
    runner.start()
    yield Running(deployment, runner)
    runner.stop()


def failures(*ids: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in ids]}


def test_a_request_goes_through_route_and_queue_to_the_lambda(running: Running) -> None:
    assert post_webhook(running.url, b'{"a": "\xc3\xa9"}') == {"platform": "x"}
    assert running.drain(5)
    assert running.bodies("decide") == [['x:{"a": "é"}']]


def test_a_batch_has_distinct_ids_and_counts_its_deliveries(deployment: Deployment) -> None:
    for number in range(3):
        deployment.queues["mentions"].send(str(number))
    runner = deployment.runner()
    runner.start()
    assert runner.drain(5)
    runner.stop()
    ((_, event),) = [seen for seen in deployment.seen if seen[0] == "decide"]
    records = event["Records"]
    assert [one["body"] for one in records] == ["0", "1", "2"]
    assert len({one["messageId"] for one in records}) == 3
    assert {one["attributes"]["ApproximateReceiveCount"] for one in records} == {"1"}
    assert {one["eventSourceARN"].rpartition(":")[2] for one in records} == {"mentions"}


def test_only_what_failed_comes_again_and_then_goes_to_the_dead_letters(running: Running) -> None:
    def decide(event: dict[str, Any]) -> dict[str, Any]:
        return failures(*(one["messageId"] for one in event["Records"] if one["body"] == "poison"))

    running.answers["decide"] = decide
    for body in ("a", "poison", "b"):
        running.queues["mentions"].send(body)
    assert running.drain(5)
    flat = [body for batch in running.bodies("decide") for body in batch]
    assert sorted(flat) == ["a", "b", "poison", "poison"]
    assert running.bodies("rescue") == [["poison"]]
    counts = [
        one["attributes"]["ApproximateReceiveCount"]
        for name, event in running.seen
        if name == "decide"
        for one in event["Records"]
        if one["body"] == "poison"
    ]
    assert counts == ["1", "2"]


@pytest.mark.parametrize(
    "answer",
    [
        failures(""),
        failures(None),
        failures("unknown"),
        {"batchItemFailures": [{"wrongKey": 1}]},
        {"batchItemFailures": [None]},
        {"batchItemFailures": "all"},
        "text",
        ["list"],
    ],
)
def test_an_answer_that_is_not_understood_fails_the_whole_batch(running: Running, answer: Any) -> None:
    calls: list[int] = []

    def decide(event: dict[str, Any]) -> Any:
        calls.append(len(event["Records"]))
        return answer if len(calls) == 1 else None

    running.answers["decide"] = decide
    running.queues["mentions"].send("a")
    assert running.drain(5)
    assert calls == [1, 1]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_empty_answer_is_success(running: Running, answer: Any) -> None:
    running.answers["decide"] = lambda _: answer
    running.queues["mentions"].send("a")
    assert running.drain(5)
    assert running.bodies("decide") == [["a"]]


def test_a_lambda_that_raises_fails_its_whole_batch_and_its_text_is_not_logged(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    def decide(event: dict[str, Any]) -> None:
        raise KeyError("what somebody wrote")

    running.answers["decide"] = decide
    for body in "ab":
        running.queues["mentions"].send(body)
    with caplog.at_level(logging.DEBUG):
        assert running.drain(5)
    assert sorted(body for batch in running.bodies("rescue") for body in batch) == ["a", "b"]
    assert "decide failed: KeyError at" in caplog.text
    assert "somebody" not in caplog.text


def test_a_delayed_body_waits_by_the_scaled_clock(running: Running) -> None:
    running.queues["replies"].send("r", delay_s=900)
    assert not running.drain(0.1)
    assert running.bodies("post") == []
    assert running.drain(5)
    assert running.bodies("post") == [["r"]]


def test_one_lambda_never_runs_twice_at_a_time_and_a_slow_one_holds_up_no_other(running: Running) -> None:
    release, during = threading.Event(), []

    def post(event: dict[str, Any]) -> None:
        during.append(event["Records"][0]["body"])
        release.wait(5)

    running.answers["post"] = post
    running.queues["replies"].send("r1")
    running.queues["replies"].send("r2")
    running.queues["mentions"].send("m")
    until(lambda: during and running.bodies("decide"))
    post_webhook(running.url, b"{}")
    assert len(during) == 1
    release.set()
    assert running.drain(5)
    assert sorted(during) == ["r1", "r2"]


def record(number: int) -> Put:
    row = {"n": number, "text": "é", "yes": True, "none": None, "list": [1], "map": {"a": "b"}}
    return Put(Key("ledger", "m", str(number)), row, (Absent(),))


def numbers(deployment: Deployment | Running) -> list[list[int]]:
    return [
        [int(one["dynamodb"]["NewImage"]["n"]["N"]) for one in event["Records"]]
        for name, event in deployment.seen
        if name == "sequence"
    ]


def test_the_stream_hands_over_typed_rows_in_order(running: Running) -> None:
    running.store.commit([record(number) for number in range(7)])
    assert running.drain(5)
    assert numbers(running) == [[0, 1, 2], [3, 4, 5], [6]]
    first = next(event for name, event in running.seen if name == "sequence")["Records"][0]
    assert first["eventName"] == "INSERT"
    assert first["dynamodb"]["Keys"] == {"partition": {"S": "m"}, "sort": {"S": "0"}}
    assert first["dynamodb"]["NewImage"] == {
        "partition": {"S": "m"},
        "sort": {"S": "0"},
        "n": {"N": "0"},
        "text": {"S": "é"},
        "yes": {"BOOL": True},
        "none": {"NULL": True},
        "list": {"L": [{"N": "1"}]},
        "map": {"M": {"a": {"S": "b"}}},
    }


def test_the_stream_stops_at_a_failure_until_it_succeeds(running: Running) -> None:
    calls: list[int] = []

    def sequence(event: dict[str, Any]) -> None:
        calls.append(1)
        if len(calls) < 3:
            raise RuntimeError

    running.answers["sequence"] = sequence
    running.store.commit([record(number) for number in range(4)])
    assert running.drain(5)
    assert numbers(running) == [[0, 1, 2], [0, 1, 2], [0, 1, 2], [3]]


def test_the_stream_goes_on_at_the_lowest_failure_that_is_named(running: Running) -> None:
    calls: list[int] = []

    def sequence(event: dict[str, Any]) -> Any:
        calls.append(1)
        return failures(*(one["dynamodb"]["SequenceNumber"] for one in event["Records"][1:])) if len(calls) == 1 else None

    running.answers["sequence"] = sequence
    running.store.commit([record(number) for number in range(3)])
    assert running.drain(5)
    assert numbers(running) == [[0, 1, 2], [1, 2]]


def test_a_new_runner_goes_on_where_the_last_one_was(deployment: Deployment) -> None:
    deployment.store.commit([record(0)])
    first = deployment.runner()
    first.start()
    assert first.drain(5)
    first.stop()
    deployment.store.commit([record(1)])
    deployment.queues["mentions"].send("later")
    second = deployment.runner()
    second.start()
    assert second.drain(5)
    second.stop()
    assert numbers(deployment) == [[0], [1]]
    assert deployment.bodies("decide") == [["later"]]


def test_a_schedule_fires_by_the_scaled_clock_also_after_a_failure(running: Running) -> None:
    def watch(event: dict[str, Any]) -> None:
        raise RuntimeError

    running.answers["watch"] = watch
    until(lambda: sum(name == "watch" for name, _ in running.seen) >= 3)
    times = [event["time"] for name, event in running.seen if name == "watch"]
    assert times == sorted(set(times))


def test_every_invocation_has_a_context_of_its_own(running: Running) -> None:
    for body in "ab":
        running.queues["replies"].send(body)
    assert running.drain(5)
    contexts = [context for context in running.contexts if context.function_name == "small-local-post"]
    assert len({context.aws_request_id for context in contexts}) == 2
    assert contexts[0].invoked_function_arn.endswith(":function:small-local-post")
    assert 0 < contexts[0].get_remaining_time_in_millis() <= 60_000


def test_stop_lets_a_lambda_finish_and_starts_no_other(deployment: Deployment) -> None:
    started, finished = threading.Event(), []

    def decide(event: dict[str, Any]) -> None:
        started.set()
        time.sleep(0.2)
        finished.append(1)

    deployment.answers["decide"] = decide
    deployment.queues["mentions"].send("a")
    runner = deployment.runner()
    runner.start()
    assert started.wait(5)
    runner.stop()
    assert finished == [1]
    assert deployment.queues["mentions"].depth() == 0
    deployment.queues["mentions"].send("b")
    time.sleep(0.1)
    assert deployment.queues["mentions"].depth() == 1
    assert not runner.drain(1)


def test_a_second_runner_on_the_folder_is_refused_until_the_first_stops(deployment: Deployment) -> None:
    first, second = deployment.runner(), deployment.runner()
    first.claim()
    with pytest.raises(FolderTaken, match=rf"process {os.getpid()} runs on this folder; stop it or use another folder"):
        second.claim()
    first.start()
    with pytest.raises(FolderTaken):
        second.start()
    first.stop()
    second.start()
    second.stop()


def test_a_port_that_is_taken_is_told_and_the_folder_is_free_after_stop(deployment: Deployment) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        runner = deployment.runner(port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            runner.start()
    runner.stop()
    runner.claim()
    runner.stop()


def test_what_nothing_can_trigger_is_refused_on_construction(deployment: Deployment) -> None:
    deployment.queues.pop("replies")
    with pytest.raises(ValueError, match="post: no queue 'replies'; there are dead-letters, mentions"):
        deployment.runner()
    app = Chalice(app_name="small", configure_logs=False)
    app.on_s3_event(bucket="b", name="stored")(lambda event: None)
    with pytest.raises(ValueError, match="stored: nothing here triggers S3EventConfig"):
        Runner(app, deployment.store, {}, deployment.clock)
    with pytest.raises(ValueError, match="dead_letters: no queue 'nowhere'"):
        Runner(Chalice(app_name="small"), deployment.store, {}, deployment.clock, dead_letters={"nowhere": "x"})
    unstarted = Runner(Chalice(app_name="small"), deployment.store, {}, deployment.clock)
    with pytest.raises(RuntimeError, match="not been started"):
        _ = unstarted.url
    unstarted.stop()


PROCESS = """
import signal, sys, threading
from pathlib import Path
from test_runner import Deployment
stopped = threading.Event()
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda *_: stopped.set())
deployment = Deployment(Path(sys.argv[1]))
deployment.answers["decide"] = lambda event: print(len(event["Records"]), flush=True)
runner = deployment.runner()
runner.start()
print(runner.url, flush=True)
stopped.wait()
runner.stop()
deployment.store.close()
print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "PYTHONWARNINGS": "error"}
    with subprocess.Popen(
        [sys.executable, "-c", PROCESS, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            post_webhook(process.stdout.readline().strip(), b"{}")
            assert process.stdout.readline() == "1\n"
            process.send_signal(number)
            out, err = process.communicate(timeout=10)
        finally:
            process.kill()
    assert (process.returncode, out, err) == (0, "stopped\n", "")


def post_webhook(url: str, body: bytes) -> Any:
    request = urllib.request.Request(f"{url}/webhooks/x", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=2) as answer:
        return json.load(answer)


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 5
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_while_a_lambda_works_and_until_its_queue_is_empty_no_time_goes_by(deployment: Deployment) -> None:
    """However long a busy machine takes: the clock of a demo runs 60 times as fast, and nobody may be late for that."""
    times: list[tuple[datetime, datetime]] = []

    def slow(_: dict[str, Any]) -> None:
        began = deployment.clock.now()
        time.sleep(0.02)
        times.append((began, deployment.clock.now()))

    deployment.answers["post"] = slow
    for number in range(3):
        deployment.queues["replies"].send(str(number))
    runner = deployment.runner()
    runner.start()
    until(lambda: len(times) == 3)
    runner.stop()
    assert len({at for pair in times for at in pair}) == 1
