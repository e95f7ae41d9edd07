"""Invariant 9: the function that faces the internet cannot post, the one that posts cannot decide, one signer each."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from chalicelib.steps.announce import AnnouncePorts
from chalicelib.steps.decide import DecidePorts
from chalicelib.steps.keep import KeepPorts
from chalicelib.steps.post import PostPorts
from chalicelib.steps.receive import ReceivePorts
from chalicelib.steps.seal import SealPorts
from chalicelib.steps.watch import WatchPorts

ROOT = Path(__file__).parents[2]


def imports_of(module: str) -> set[str]:
    """Every module of ours that importing ``module`` brings along, type hints apart."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = ROOT / (name.replace(".", "/") + ".py")
        if name in seen or not file.exists():
            continue
        seen.add(name)
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("chalicelib"):
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return seen


@pytest.mark.parametrize("room", ["chalicelib.policy", "chalicelib.voice"])
def test_the_poster_does_not_even_import_what_decides_and_words(room: str) -> None:
    assert not [name for name in imports_of("chalicelib.steps.post") if name.startswith(room)]
    assert not [name for name in imports_of("chalicelib.steps.settle") if name.startswith(room)]


def test_the_receiver_imports_neither_a_decision_nor_a_post_nor_a_record() -> None:
    brought = imports_of("chalicelib.steps.receive")
    assert not [name for name in brought if name.split(".")[1] in ("policy", "voice", "audit")]
    assert {name for name in brought if name.startswith("chalicelib.steps.")} == {"chalicelib.steps.receive"}


def test_the_walk_over_imports_sees_what_is_there() -> None:
    assert "chalicelib.policy.deciding.decide" in imports_of("chalicelib.steps.intake")


@pytest.mark.parametrize(
    ("ports", "may"),
    [
        (ReceivePorts, {"mentions", "secrets", "platforms"}),
        (
            DecidePorts,
            {"store", "replies", "announcements", "bundles", "challengers", "entropy", "signals", "recent", "recogniser"},
        ),
        (AnnouncePorts, {"store", "announcements", "dead_letters", "secrets", "http", "sinks", "addresses", "entropy"}),
        (PostPorts, {"store", "replies", "announcements", "secrets", "http", "platforms", "endpoints", "entropy"}),
        (SealPorts, {"store", "signer", "artefacts"}),
        (WatchPorts, {"store", "entropy"}),
        (KeepPorts, {"store", "bundles", "announcements", "secrets", "http", "platforms", "endpoints", "entropy"}),
    ],
)
def test_each_lambda_is_handed_only_what_it_may_touch(ports: type, may: set[str]) -> None:
    assert {field.name for field in fields(ports)} == may


def test_webhook_secrets_and_posting_secrets_are_never_in_the_same_hands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib import wiring

    wiring.forget()
    monkeypatch.setenv("ACKGUARD_DATA", str(tmp_path))
    try:
        wiring.embedded().secrets.rotate("posting/x/1001", "a-secret-of-the-poster-only")
        assert not wiring.for_receiving().secrets.get("posting/x/1001").values
        assert not wiring.for_posting().secrets.get("webhook/x").values
        assert wiring.for_posting().secrets.get("posting/x/1001").values
        assert wiring.for_receiving().secrets.get("webhook/x").values
        assert not wiring.for_keeping().secrets.get("webhook/x").values
        with pytest.raises(ValueError, match="only what posts"):
            wiring.for_keeping().secrets.put("webhook/x", "a-secret-of-the-receiver")
        assert wiring.embedded().sealer.public_key() != wiring.embedded().publisher.public_key()
    finally:
        wiring.forget()
