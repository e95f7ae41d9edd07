"""What an answer means, for every sink, and where a sink may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.address import may_send_to
from chalicelib.domain.announcement import GONE, Refused, Retry, Telling, Told
from chalicelib.domain.outcome import Carried, HttpResponse, MaybeSent, NeverSent
from chalicelib.registry import members, names
from chalicelib.sinks.contract import LONGEST_WAIT_S, read_answer

ANSWERS_IN_THE_BODY = {"eventbridge"}
"""Sinks whose 2xx without a body tells nothing; tests of their own say what they read."""


def answer(status: int, **headers: str) -> HttpResponse:
    return HttpResponse(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=b"")


@pytest.mark.parametrize(
    ("carried", "means"),
    [
        (answer(200), Told()),
        (answer(204), Told()),
        (answer(429, retry_after="7"), Retry(7)),
        (answer(503, retry_after="Sat, 21 Nov 2026 10:00:00 GMT"), Retry()),
        (answer(503, retry_after="99999999"), Retry(LONGEST_WAIT_S)),
        (answer(500), Retry()),
        (answer(408), Retry()),
        (NeverSent("refused"), Retry()),
        (MaybeSent("timeout"), Retry()),
        (answer(410), Refused(GONE)),
        (answer(302, location="https://elsewhere.example/"), Refused("redirect")),
        (answer(400), Refused("status-400")),
        (answer(401), Refused("status-401")),
    ],
)
def test_every_answer_has_one_meaning(carried: Carried, means: Telling) -> None:
    for name, sink in members("chalicelib.sinks", "SINK").items():
        if name not in ANSWERS_IN_THE_BODY or not isinstance(means, Told):
            assert sink.read(carried) == means


@given(st.integers(200, 999), st.text(max_size=20))
def test_any_answer_at_all_has_a_meaning(status: int, asked: str) -> None:
    told = read_answer(HttpResponse(status=status, headers={"retry-after": asked}, body=b"\xff"))
    assert isinstance(told, Told) == (200 <= status < 300)
    assert not isinstance(told, Retry) or 0 <= told.after_s <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    "url", ["https://desk.example", "https://desk.example:8443/a?b=c", "http://127.0.0.1:80/", "http://[::1]/"]
)
def test_https_and_loopback_may_be_told(url: str) -> None:
    assert may_send_to(url)


@pytest.mark.parametrize(
    "url",
    ["http://desk.example/", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/", "https://u:p@desk.example/",
     "https:///path", "https://", "ftp://127.0.0.1/", "file:///etc/passwd", "//desk.example", "", "https://desk.example/\n",
     "https://desk.example\\@127.0.0.1/", "http://localhost\\.evil.example", "https://[::1", "https://desk.example:99999/",
     " https://desk.example/", "https://desk.exämple/"],
)  # fmt: skip
def test_nowhere_else_may_be_told(url: str) -> None:
    assert not may_send_to(url)


def test_a_sink_is_one_file_found_by_its_name() -> None:
    assert names("chalicelib.sinks") == tuple(members("chalicelib.sinks", "SINK")) == ("eventbridge", "slack", "webhook")
