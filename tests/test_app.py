"""The map itself: Chalice's own answers must not say more than ours, and every Lambda of DESIGN §4 is declared."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig
from chalice.test import Client

import app
from chalicelib import telemetry, wiring
from chalicelib.platforms.signing import standard


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    wiring.forget()
    monkeypatch.setenv("ACKGUARD_DATA", str(tmp_path))
    with Client(app.app) as opened:
        yield opened
    wiring.forget()


def test_every_lambda_of_the_design_is_declared_with_its_trigger() -> None:
    triggers = {source.name: type(source) for source in app.app.event_sources}
    assert triggers == {
        "decide_mentions": SQSEventConfig,
        "post_replies": SQSEventConfig,
        "rescue": SQSEventConfig,
        "announce_cases": SQSEventConfig,
        "settle_stale": ScheduledEventConfig,
        "seal_ledger": ScheduledEventConfig,
        "watch": ScheduledEventConfig,
        "sequence_ledger": DynamoDBEventConfig,
    }
    assert list(app.app.routes) == ["/webhooks/{platform}", "/desk"]


def test_a_batch_is_one_entry_so_that_a_failure_brings_back_exactly_that() -> None:
    assert {source.batch_size for source in app.app.event_sources if isinstance(source, SQSEventConfig)} == {1}


def test_the_stream_starts_at_its_beginning_and_debug_is_off() -> None:
    stream = next(source for source in app.app.event_sources if isinstance(source, DynamoDBEventConfig))
    assert stream.starting_position == "TRIM_HORIZON"
    assert app.app.debug is False


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/octet-stream"])
def test_a_refusal_reaches_the_sender_without_a_word(client: Client, content_type: str) -> None:
    response = client.http.post("/webhooks/x", headers={"Content-Type": content_type}, body=b"{}")
    assert (response.status_code in (401, 415), response.body) == (True, b"")


def test_the_desk_has_a_door_and_a_secret_of_its_own(client: Client) -> None:
    at, body = wiring.now(), b'{"type": "case.taken", "timestamp": "2026-11-21T09:00:00Z", "data": {"case": "a", "actor": "ana"}}'
    for name, status in (("webhook/desk", 202), ("webhook/relay", 401)):
        signed = standard.sign(wiring.embedded().secrets.get(name).values[0], "d-1", at, body)
        response = client.http.post("/desk", headers={"Content-Type": "application/json", **signed}, body=body)
        assert (response.status_code, response.body) == (status, b"")


def test_a_stranger_is_told_nothing_about_platforms(client: Client) -> None:
    response = client.http.post("/webhooks/nobody", headers={"Content-Type": "application/json"}, body=b"{}")
    assert (response.status_code, response.body) == (404, b"")


def test_the_log_names_a_refusal_by_its_slug_only(client: Client) -> None:
    said = io.StringIO()
    telemetry.write_to(said)
    try:
        client.http.post("/webhooks/x", headers={"Content-Type": "application/json"}, body=b'{"text": "canary-text"}')
    finally:
        telemetry.write_to(None)
    assert '"status":401' in said.getvalue()
    assert "canary" not in said.getvalue()
