"""Any bytes give notices or a reason on the platforms that came later too, and nothing unmasked leaves them."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.fact import Known
from chalicelib.domain.notice import Mention, Misread
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.contract import Platform
from chalicelib.registry import members
from tests.hostile.test_bodies import WRONG, holds, places
from tests.platforms.webhook_kit import PAYLOADS, payload

PLATFORMS: dict[str, Platform] = {
    name: one for name, one in members("chalicelib.platforms", "PLATFORM").items() if (PAYLOADS / name).is_dir()
}
LATER = {name: one for name, one in PLATFORMS.items() if name in ("facebook", "instagram", "linkedin")}
EACH = pytest.mark.parametrize("platform", LATER.values(), ids=LATER)
NAMES = sorted(f"{name}/{file.stem}" for name in LATER for file in (PAYLOADS / name).glob("*.json"))
KEYS = st.sampled_from(
    ["object", "entry", "id", "changes", "field", "value", "item", "verb", "from", "messaging", "standby", "message",
     "type", "notifications", "action", "organizationalEntity", "generatedActivity", "decoratedGeneratedActivity", "comment"]
)  # fmt: skip
WORDS = st.sampled_from(["page", "instagram", "feed", "comments", "mentions", "comment", "add", "remove", "COMMENT", "LIKE", "0"])
JSON = st.recursive(
    WRONG | WORDS | st.text(max_size=5) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
SUMMONS = {
    "facebook/comment", "facebook/comment_older_shape", "facebook/comment_edited", "facebook/comment_with_photo",
    "facebook/mention", "facebook/mention_without_author", "facebook/post_by_visitor",
    "instagram/comment", "instagram/comment_timed", "instagram/comment_flat", "instagram/comment_older_shape",
    "instagram/mentions",
    "linkedin/comment", "linkedin/comment_edit", "linkedin/share_mention", "linkedin/share_mention_with_picture",
}  # fmt: skip


@EACH
@given(body=st.binary())
def test_any_bytes_give_a_value(platform: Platform, body: bytes) -> None:
    holds(platform, body)


@EACH
@given(document=JSON)
def test_any_json_gives_a_value(platform: Platform, document: Any) -> None:
    holds(platform, json.dumps(document).encode())


@settings(max_examples=400)
@given(st.data())
def test_a_payload_with_any_node_dropped_or_replaced_gives_a_value(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    document: Any = copy.deepcopy(payload(name))
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
    holds(LATER[name.split("/")[0]], json.dumps(document).encode())


def test_nothing_but_a_mention_is_read_as_a_summons() -> None:
    found = set()
    for name in NAMES:
        notices = holds(LATER[name.split("/")[0]], json.dumps(payload(name)).encode())
        assert isinstance(notices, tuple)
        if any(isinstance(one, Mention) and one.summoned == Known(True) for one in notices):
            found.add(name)
    assert found == SUMMONS


@pytest.mark.parametrize("name", NAMES)
def test_no_platform_reads_what_is_anothers(name: str) -> None:
    for other, platform in PLATFORMS.items():
        found = holds(platform, json.dumps(payload(name)).encode())
        spoken = name.endswith("private_echo")  # Meta leaves the object out of some private ones
        assert other == name.split("/")[0] or spoken or isinstance(found, Unreadable)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("facebook/comment", ("entry", 0, "changes", 0, "value", "message")),
        ("facebook/comment", ("entry", 0, "changes", 0, "value", "from", "name")),
        ("facebook/unknown", ("entry", 0, "changes", 0, "value", "message")),
        ("facebook/comment_own", ("entry", 0, "changes", 0, "value", "message")),
        ("facebook/ratings", ("entry", 0, "changes", 0, "value", "review_text")),
        ("instagram/comment", ("entry", 0, "changes", 0, "value", "text")),
        ("instagram/comment", ("entry", 0, "changes", 0, "value", "from", "username")),
        ("instagram/unknown", ("entry", 0, "changes", 1, "value", "text")),
        ("linkedin/comment", ("notifications", 0, "decoratedGeneratedActivity", "comment", "text")),
        ("linkedin/unknown", ("notifications", 0, "decoratedGeneratedActivity", "comment", "text")),
    ],
)
def test_a_card_number_is_masked_wherever_somebody_wrote_it(name: str, path: tuple[Any, ...]) -> None:
    document: Any = payload(name)
    node = document
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = "my card 4111 1111 1111 1111 is declined"
    found = holds(LATER[name.split("/")[0]], json.dumps(document).encode())
    assert isinstance(found, tuple)
    assert "4111 1111" not in repr(found)
    assert "****1111" in repr(found)


def test_what_is_misread_is_shown_without_what_it_hides() -> None:
    document: Any = payload("facebook/unknown")
    document["entry"][0]["changes"][0]["value"]["message"] = "\ud800 4111111111111111"
    first = holds(LATER["facebook"], json.dumps(document).encode())
    assert isinstance(first, tuple)
    assert isinstance(first[0], Misread)
    assert "4111111111111111" not in first[0].body
