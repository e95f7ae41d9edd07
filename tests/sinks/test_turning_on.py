"""Sinks are off until a setting names them, and a setting that cannot work stops the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.settings import WrongSettings, read_settings


@pytest.fixture(autouse=True)
def deployment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    wiring.forget()
    monkeypatch.setenv("ACKGUARD_DATA", str(tmp_path))
    for name in ("ACKGUARD_SINKS", "ACKGUARD_SINK_WEBHOOK"):
        monkeypatch.delenv(name, raising=False)
    yield
    wiring.forget()


def test_nobody_is_told_until_a_setting_says_so() -> None:
    assert wiring.for_announcing().sinks == {}


def test_only_the_sinks_that_are_named_are_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACKGUARD_SINKS", " webhook, slack,")
    monkeypatch.setenv("ACKGUARD_SINK_WEBHOOK", "https://desk.example/a")
    ports = wiring.for_announcing()
    assert set(ports.sinks) == {"webhook", "slack"}
    assert ports.addresses == {"webhook": "https://desk.example/a"}


def test_a_sink_that_there_is_not_is_named_with_those_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACKGUARD_SINKS", "pigeon,contract")
    with pytest.raises(WrongSettings, match="no sink contract, pigeon; there are eventbridge, slack, webhook"):
        wiring.settings()


def test_an_address_that_is_not_safe_stops_the_start_without_being_shown() -> None:
    with pytest.raises(WrongSettings, match="ACKGUARD_SINK_WEBHOOK: https, or http on this machine") as wrong:
        read_settings({"ACKGUARD_SINK_WEBHOOK": "http://token-in-here.example/"})
    assert "token-in-here" not in str(wrong.value)


def test_announcing_is_handed_the_secrets_of_sinks_and_no_others() -> None:
    wiring.embedded().secrets.rotate("posting/x/1001", "a-secret-of-the-poster-only")
    secrets = wiring.for_announcing().secrets
    assert secrets.get("sink/webhook").values
    assert not secrets.get("posting/x/1001").values
    assert not secrets.get("webhook/x").values
