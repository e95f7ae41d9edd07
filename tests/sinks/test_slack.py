"""Slack: plain text only; nothing that a rule or a brand is called can link, unfurl or call everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.announcement import Announcement, Refused
from chalicelib.domain.outcome import HttpRequest
from chalicelib.domain.webhook import Secrets
from chalicelib.embedded.memory import START
from chalicelib.sinks.slack import HEADER, SECTION, SINK
from tests.sinks.kit import order

URL = Secrets(("https://hooks.slack.example/services/T0/B0/secret",))


def content(announcement: Announcement) -> Any:
    request = SINK.request(announcement, None, URL, START)
    assert isinstance(request, HttpRequest)
    assert request.url == URL.values[0]
    return json.loads(request.body)


def nodes(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from nodes(one)


def test_a_person_reads_urgency_department_reason_and_time() -> None:
    body = content(order())
    assert body["blocks"][0]["text"]["text"] == "P0 · safety · northwind-bank"
    assert body["blocks"][1]["text"]["text"].splitlines() == [
        "Somebody may be in danger.",
        "Rule: self-harm",
        "Answer by: 2026-11-21 09:15 UTC",
        "Case: caseaaaa (opened)",
    ]
    assert body["text"] == "P0 · safety · northwind-bank"


def test_it_says_whether_the_machine_speaks_first() -> None:
    shown = content(order(outcome="acknowledge"))["blocks"][1]["text"]["text"]
    assert shown.endswith("(opened; an acknowledgement goes out by itself)")


@given(st.text(alphabet=st.sampled_from("<>&!@#|*_`~a \n\x07\u202e\u200b😀"), max_size=4000))
def test_no_text_can_call_link_or_format(text: str) -> None:
    body = content(order(why=text, brand=text, department=text, rule=text))
    assert (body["unfurl_links"], body["unfurl_media"]) == (False, False)
    assert "link_names" not in body
    typed = [node["type"] for node in nodes(body["blocks"]) if "type" in node]
    assert set(typed) == {"header", "section", "plain_text"}
    texts = [body["text"], *(node["text"] for node in nodes(body["blocks"]) if isinstance(node.get("text"), str))]
    for shown in texts:
        assert "<" not in shown
        assert ">" not in shown
        assert not set(shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")) & set("&\x07\u202e\u200b")
    assert len(texts[0]) <= HEADER
    assert all(len(shown) <= SECTION for shown in texts)


@pytest.mark.parametrize("url", ["http://hooks.slack.example/x", "hooks.slack.example", ""])
def test_an_address_that_is_not_safe_is_never_asked(url: str) -> None:
    assert SINK.request(order(), None, Secrets((url,)), START) == Refused("address")
    assert SINK.request(order(), None, Secrets(()), START) == Refused("address")


def test_the_address_is_never_shown() -> None:
    assert "secret" not in repr(URL)
