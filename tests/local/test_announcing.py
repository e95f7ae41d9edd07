"""The real runner, the real HTTP client and a partner that verifies: from a post to whoever is told."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.audit.record import sort_key
from chalicelib.domain import keys
from chalicelib.domain.account import platform_file
from chalicelib.domain.codec import instant
from chalicelib.domain.facts import Case
from chalicelib.local.feed import Sender, shaped
from chalicelib.local.service import Service
from chalicelib.local.stream.cast import Cast
from chalicelib.local.stream.post import Post
from chalicelib.local.stream.scenes import Entry
from chalicelib.ports import Key
from chalicelib.steps.rows import from_row

DANGER = "honestly I just want to kill myself over this card mess"
MINUTE = timedelta(seconds=60)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[int], Service]]:
    """Starts a service whose clock runs so many times faster than the wall."""
    kept, started = dict(os.environ), list[Service]()

    def begin(factor: int) -> Service:
        service = Service(tmp_path / "var", 0, factor)
        service.start()
        started.append(service)
        return service

    yield begin
    for service in started:
        service.stop()
    os.environ.clear()
    os.environ.update(kept)


def post(service: Service, text: str, name: str = "one") -> Post:
    """Send a mention through the receiver, signed."""
    account = next(one for brand in service.bundle.brands.values() for one in brand.accounts if one.platform == "x")
    entry, now = Entry(id=name, to=(account.handle,), by=f"writer_{name}", say=text), service.clock.now()
    written = Cast({account.handle: account}).write(entry, now)[0]
    sender = Sender(service.url, service.secrets)
    platform = platform_file(account.platform)
    assert sender.send(sender.sign(platform, shaped(written, name, now), name, now, entry)) == 202
    return written


def row_of(service: Service, written: Post) -> dict[str, Any]:
    place = keys.state(written.account.platform, written.root_id, written.account.id)
    return dict(service.store.read([place])[place])


def case_of(service: Service, row: dict[str, Any]) -> Case:
    place = keys.case(row["platform"], row["account"], row["author"])
    return from_row(Case, service.store.read([place])[place])


def failures(service: Service, case: str) -> list[dict[str, Any]]:
    rows = service.store.partition("ledger", case)
    return [json.loads(row["leaf"])["body"] for _, row in rows if row["kind"] == "announce_failed"]


def test_a_danger_is_heard_within_a_minute_of_the_decision(
    start: Callable[[int], Service], capsys: pytest.CaptureFixture[str]
) -> None:
    service = start(20)
    written = post(service, DANGER)
    assert service.drain(30)
    (heard,) = service.receiver.heard
    data, row = heard["body"]["data"], row_of(service, written)
    decision = Key("ledger", row["id"], sort_key("decision"))
    decided = instant(service.store.read([decision])[decision]["at"])
    passed = datetime.fromisoformat(heard["at"]) - decided
    with capsys.disabled():
        print(f"\nfrom the decision to whoever is told: {passed.total_seconds():.1f} s of a clock that runs 20x")
    assert (data["case"], data["priority"], data["outcome"]) == (case_of(service, row).id, 0, "human")
    assert timedelta(0) <= passed < MINUTE


def test_a_receiver_that_fails_twice_hears_the_third_time_and_once(start: Callable[[int], Service]) -> None:
    service = start(600)
    service.receiver.script(503, 500)
    post(service, DANGER)
    assert service.drain(30)
    assert service.receiver.tries == 3
    assert len(service.receiver.heard) == 1


def test_a_receiver_that_never_hears_ends_in_a_record_and_a_more_urgent_case(start: Callable[[int], Service]) -> None:
    service = start(1200)
    service.receiver.script(*[503] * 50)
    written = post(service, "my solicitor will hear about this card")
    until = time.monotonic() + 30
    assert service.drain(30)
    row = row_of(service, written)
    case = case_of(service, row)
    while not failures(service, case.id) and time.monotonic() < until:
        time.sleep(0.05)
    (failure,) = failures(service, case.id)
    assert (failure["reason"], failure["attempts"], failure["sink"]) == ("not-heard", 8, "webhook")
    assert failure["priority"] == case.priority
    assert service.receiver.tries == 8


def test_a_receiver_that_is_gone_is_asked_once(start: Callable[[int], Service]) -> None:
    service = start(600)
    service.receiver.script(410)
    post(service, DANGER, "one")
    assert service.drain(30)
    post(service, DANGER, "two")
    assert service.drain(30)
    assert service.receiver.tries == 1
    assert service.receiver.heard == []


def test_what_was_heard_is_still_known_after_a_restart(start: Callable[[int], Service], tmp_path: Path) -> None:
    service = start(60)
    post(service, DANGER)
    assert service.drain(30)
    lines = (tmp_path / "var" / "announcements.jsonl").read_text().splitlines()
    assert [json.loads(line)["id"] for line in lines] == [one["id"] for one in service.receiver.heard]
    assert "writer_one" not in "".join(lines)
    assert "card mess" not in "".join(lines)
