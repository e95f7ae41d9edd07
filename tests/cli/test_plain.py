"""The plain form: what may be left out is ordinary, what is wrong names its field."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cli.plain import LONGEST_LINE, BadLine, Plain, read

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["id", "text", "author", "followers", "lang", "media", "context", "is_reply", "created_at", "platform", "brand", "x"]
)


def line(**given: object) -> bytes:
    return json.dumps({"id": "1", "text": "where is my parcel?", **given}).encode()


def test_id_and_text_are_enough() -> None:
    assert read(line()) == Plain(id="1", text="where is my parcel?")


def test_null_is_the_same_as_absent_and_unknown_fields_are_left_alone() -> None:
    assert read(line(author=None, context=None, must_human=False, note="x")) == Plain(id="1", text="where is my parcel?")


def test_a_number_may_be_an_id() -> None:
    assert read(line(id=7)).id == "7"


def test_a_context_makes_it_a_reply() -> None:
    plain = read(line(context={"reply_to": "brand", "text": "Hello"}))
    assert (plain.is_reply, plain.reply_to, plain.reply_to_text) == (True, "brand", "Hello")


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff{}", "not UTF-8"),
        (b"[1]", "object"),
        (b'{"id": "1"}', "text: is missing"),
        (b'{"text": "a"}', "id: is missing"),
        (b'{"id": true, "text": "a"}', "id: a text"),
        (line(followers="many"), "followers: a whole number"),
        (line(followers=True), "followers: a whole number"),
        (line(followers=float("nan")), "not JSON"),
        (line(is_reply="yes"), "is_reply: true or false"),
        (line(media="photo"), "media: a list"),
        (line(context="brand"), "context: an object"),
        (line(context={"reply_to": "nobody"}), "context.reply_to: one of"),
        (line(created_at="2026-11-21T09:00:00"), "created_at: an ISO 8601 time with a zone"),
        (line(created_at="soon"), "created_at: an ISO 8601"),
        (b"[" * 100_000, "not JSON"),
        (b'"' + b"a" * LONGEST_LINE + b'"', "longer than"),
    ],
)
def test_a_bad_line_names_its_field_and_what_it_should_be(bad: bytes, complaint: str) -> None:
    with pytest.raises(BadLine, match=complaint):
        read(bad)


@given(st.dictionaries(names, json_values, max_size=8))
def test_any_object_is_a_mention_or_a_bad_line(document: dict[str, object]) -> None:
    try:
        plain = read(json.dumps(document).encode())
    except BadLine:
        return
    assert plain.id
    assert plain.text


@given(st.binary(max_size=60))
def test_any_bytes_are_a_mention_or_a_bad_line(raw: bytes) -> None:
    try:
        read(raw)
    except BadLine:
        return
