"""Any bytes give notices or a reason, never an exception; nothing unmasked and nothing malformed leaves a platform file."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.codec import decode, encode
from chalicelib.domain.fact import Known
from chalicelib.domain.notice import Deletion, Mention, Misread, Notice, OwnPost
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.contract import Platform
from chalicelib.platforms.reading.document import MAX_DEPTH
from chalicelib.registry import members
from tests.platforms.webhook_kit import PAYLOADS, payload, read_bytes

PLATFORMS: dict[str, Platform] = {
    name: one for name, one in members("chalicelib.platforms", "PLATFORM").items() if name in ("x", "relay")
}
NAMES = sorted(f"{file.parent.name}/{file.stem}" for file in PAYLOADS.glob("*/*.json") if file.parent.name in PLATFORMS)
WRONG = st.sampled_from(
    [None, True, False, -1, 0, 10**400, 1.5, "", "\ud800", "‮", "a" * 10_001, [], {}, [[]], {"id": []}, "100", 100,
     "4111111111111111", ["200"], {"id": "100"}, "2026-11-21T09:00:00Z", "0001-01-01T00:00:00+14:00", [None], "0"]
)  # fmt: skip
JSON = st.recursive(
    WRONG | st.text(max_size=5) | st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "data",
                    "event_type",
                    "payload",
                    "filter",
                    "user_id",
                    "id",
                    "for_user_id",
                    "tweet_create_events",
                    "type",
                    "timestamp",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


def holds(platform: Platform, body: bytes) -> tuple[Notice, ...] | Unreadable:
    """Read, and check what is promised of everything that is read."""
    found = read_bytes(platform, body)
    for notice in () if isinstance(found, Unreadable) else found:
        assert isinstance(notice, (Mention, Deletion, OwnPost, Misread))
        assert "4111111111111111" not in repr(
            {field.name: getattr(notice, field.name) for field in fields(notice)} | _ids(notice)
        )
        json.dumps(encode(notice)).encode("utf-8")
        _no_surrogates(notice)
        assert decode(type(notice), encode(notice))
    return found


def _ids(notice: Notice) -> dict[str, None]:
    """A platform's own ids may look like a card number; they are not texts."""
    names = (
        "platform",
        "post_id",
        "root_id",
        "account",
        "delivery_id",
        "reply_to_post",
        "reply_to_user",
        "tagged",
        "thread_id",
        "author",
        "author_id",
    )
    return dict.fromkeys(names)


def _no_surrogates(value: Any) -> None:
    if isinstance(value, str):
        value.encode("utf-8")
    elif isinstance(value, tuple):
        for one in value:
            _no_surrogates(one)
    elif is_dataclass(value):
        for field in fields(value):
            _no_surrogates(getattr(value, field.name))


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@given(body=st.binary())
def test_any_bytes_give_a_value(platform: Platform, body: bytes) -> None:
    holds(platform, body)


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@given(document=JSON)
def test_any_json_gives_a_value(platform: Platform, document: Any) -> None:
    holds(platform, json.dumps(document).encode())


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [*([path] if path else []), *(place for key, value in inner for place in places(value, (*path, key)))]


@settings(max_examples=400)
@given(st.data())
def test_a_payload_with_any_node_dropped_or_replaced_gives_a_value(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    document = copy.deepcopy(payload(name))
    for _ in range(data.draw(st.integers(1, 3))):
        found = places(document)
        if not found:
            break
        path = data.draw(st.sampled_from(found))
        node = document
        for key in path[:-1]:
            node = node[key]
        if data.draw(st.booleans()):
            del node[path[-1]]
        else:
            node[path[-1]] = copy.deepcopy(data.draw(WRONG))
    holds(PLATFORMS[name.split("/")[0]], json.dumps(document).encode())


@pytest.mark.parametrize("platform", PLATFORMS.values(), ids=PLATFORMS)
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"[" * 200_000, "too-deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "too-deep"),
        (b'{"a":"' + b"[" * 100 + b'"}', None),
        (b'{"a":"\\"' + b"[" * 100 + b'"}', None),
        (b'{"data":1,"data":2}', "duplicate-key"),
        (b'{"data":{"x":{"k":1,"\\u006b":2}}}', "duplicate-key"),
        (b'{"data":NaN}', "not-a-number"),
        (b'{"data":-Infinity}', "not-a-number"),
        (b'{"data":1e999}', "not-a-number"),
        (b'{"data":' + b"9" * 5000 + b"}", "not-json"),
        (b"\xff\xfe{", "not-utf8"),
        (b"\xef\xbb\xbf{}", "not-json"),
        (b"", "not-json"),
        (b"{} {}", "not-json"),
    ],
)
def test_a_document_without_one_clear_meaning_is_refused(platform: Platform, body: bytes, reason: str | None) -> None:
    found = holds(platform, body)
    assert isinstance(found, Unreadable)
    assert (found.reason == reason) if reason else found.reason not in ("too-deep", "not-json")


def test_nothing_but_a_mention_is_read_as_a_summons() -> None:
    summons = set()
    for name in NAMES:
        found = holds(PLATFORMS[name.split("/")[0]], json.dumps(payload(name)).encode())
        assert isinstance(found, tuple)
        if any(isinstance(notice, Mention) and notice.summoned == Known(True) for notice in found):
            summons.add(name)
    assert summons == {
        "x/mention", "x/mention_by_robot", "x/quote", "x/edit", "x/account_activity",
        "relay/mention", "relay/mention_small", "relay/mention_declared", "relay/edited", "relay/enveloped",
    }  # fmt: skip
