"""The hand-written reader and ``docs/relay.schema.json`` accept and refuse the same bodies."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.reading.times import rfc_3339
from chalicelib.platforms.relay import PLATFORM
from tests.platforms.webhook_kit import PAYLOADS, payload, read

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/relay.schema.json").read_text())
CHECKER = jsonschema.FormatChecker(formats=())
CHECKER.checks("date-time")(lambda value: not isinstance(value, str) or rfc_3339(value) is not None)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=CHECKER)
NAMES = sorted(f"relay/{file.stem}" for file in (PAYLOADS / "relay").glob("*.json"))

# Left out, because the two differ on purpose or by what JSON Schema can say: lone surrogates, 1.0 for 1, a line end before $.
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**53 + 1) | TEXTS | st.sampled_from(
        ["mention.created", "mention.edited", "mention.deleted", "post.own", "2026-11-21T09:00:00Z", "2026-13-21T09:00:00Z",
         "reply", "author", "author.bot", "1.0", "a" * 257, {"id": "u1"}, {"id": "u1", "bot": None}, []]
    ),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["id", "text", "post_id", "at", "by", "é"]), inner, max_size=3),
    max_leaves=4,
)  # fmt: skip


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in inner for place in places(value, (*path, key)))]


def put(document: Any, path: tuple[Any, ...], value: Any, drop: bool) -> Any:
    if not path:
        return value
    node = document
    for key in path[:-1]:
        node = node[key]
    if drop:
        del node[path[-1]]
    else:
        node[path[-1]] = value
    return document


def accepted(document: Any) -> bool:
    return not isinstance(read(PLATFORM, document), Unreadable)


def test_the_schema_is_a_schema_and_closed() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [one for name, one in SCHEMA["$defs"].items() if one.get("type") == "object" and name != "envelope"]
    assert objects
    assert all(one["additionalProperties"] is False for one in objects)


def test_every_example_is_accepted_by_both() -> None:
    assert all(VALIDATOR.is_valid(payload(name)) and accepted(payload(name)) for name in NAMES)


@settings(max_examples=400)
@given(st.data())
def test_reader_and_schema_agree_on_mutated_bodies(data: st.DataObject) -> None:
    document = copy.deepcopy(payload(data.draw(st.sampled_from(NAMES))))
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places(document)))
        document = put(document, path, copy.deepcopy(data.draw(VALUES)), data.draw(st.booleans()))
    assert accepted(document) == VALIDATOR.is_valid(document)


@settings(max_examples=200)
@given(st.data())
def test_reader_and_schema_agree_on_added_keys(data: st.DataObject) -> None:
    document = copy.deepcopy(payload(data.draw(st.sampled_from(NAMES))))
    names = ["root_id", "lang", "thread_id", "reply_to", "media", "tagged", "history", "open_ticket", "channels_tried",
             "not_offered", "bot", "verified", "followers", "handle", "type", "time", "data_base64", "extra"]  # fmt: skip
    objects = [path for path in places(document) if isinstance(_at(document, path), dict)]
    _at(document, data.draw(st.sampled_from(objects)))[data.draw(st.sampled_from(names))] = copy.deepcopy(data.draw(VALUES))
    assert accepted(document) == VALIDATOR.is_valid(document)


def _at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def test_reader_and_schema_agree_at_the_length_of_every_list() -> None:
    for name, most in (("media", 20), ("tagged", 100), ("channels_tried", 20)):
        for count in (most, most + 1):
            document = payload("relay/mention_small")
            document["data"][name] = ["a"] * count
            assert accepted(document) == VALIDATOR.is_valid(document) == (count == most)
