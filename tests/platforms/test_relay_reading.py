"""What a relay's body says: facts, what is declared as not offered, and the place that breaks the schema."""

from __future__ import annotations

import copy
from datetime import datetime, timezone
from typing import Any

import pytest

from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.notice import Deletion, Form, Mention, OwnPost, Spoken
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.relay import PLATFORM
from tests.platforms.webhook_kit import payload, read


def relay(document: Any) -> Any:
    return read(PLATFORM, document)


def with_data(name: str, **changes: Any) -> dict[str, Any]:
    document = payload(f"relay/{name}")
    document["data"].update(changes)
    return document


def test_a_mention_is_read_whole() -> None:
    found = relay(payload("relay/mention"))
    assert (found.platform, found.account, found.post_id, found.root_id) == ("relay:mastodon", "telline", "7001", "7001")
    assert (found.text, found.language, found.form) == (Known("@telline my line is down"), Known("en"), Form.REPLY)
    assert found.created_at == Known(datetime(2026, 11, 21, 9, 0, 0, 500_000, tzinfo=timezone.utc))
    assert (found.summoned, found.edited, found.delivery_id) == (Known(True), False, "dlv_1")
    assert (found.thread_id, found.reply_to_post, found.reply_to_user) == (Known("7000"), "7000", "u2")
    assert (found.media, found.tagged) == (Known(("photo",)), ("telline",))
    spoken = Spoken(at=datetime(2026, 11, 21, 8, tzinfo=timezone.utc), by="brand_human", text="Which line?")
    assert (found.history, found.open_ticket, found.channels_tried) == (Known((spoken,)), Known(True), Known(("phone",)))
    author = found.author
    assert (author.id, author.handle, author.name, author.followers) == (Known("u1"), Known("gil"), Known("Gil"), Known(12))
    assert (author.verified, author.bot) == (Known(False), Known(False))
    assert author.created_at == Known(datetime(2019, 12, 31, 23, tzinfo=timezone.utc))


def test_what_is_left_out_is_missing_and_optional_facts_are_not_offered() -> None:
    found = relay(payload("relay/mention_small"))
    author = found.author
    assert {author.handle, author.name, author.followers, author.verified, author.created_at, author.bot} == {Unknown("missing")}
    assert {found.language, found.thread_id, found.media} == {Unknown("missing")}
    assert {found.history, found.open_ticket, found.channels_tried} == {NotOffered()}


def test_a_relay_may_declare_what_it_never_gives() -> None:
    author = relay(payload("relay/mention_declared")).author
    assert (author.followers, author.bot) == (NotOffered(), NotOffered())
    assert (author.verified, author.created_at) == (Unknown("missing"), Unknown("missing"))


def test_a_value_that_is_there_counts_whatever_is_declared() -> None:
    document = with_data("mention_declared", author={"id": "u1", "bot": True}, open_ticket=True)
    assert relay(document).author.bot == Known(True)
    assert relay(document).open_ticket == Known(True)


@pytest.mark.parametrize("name", ["text", "author.id", "summoned", "author", "created_at", "form"])
def test_nothing_else_may_be_declared(name: str) -> None:
    assert relay(with_data("mention_small", not_offered=[name])) == Unreadable("schema:/data/not_offered/0")


def test_a_relay_never_speaks_as_a_platform_of_its_own_file() -> None:
    assert relay(with_data("mention_small", platform="x")).platform == "relay:x"


def test_an_edit_is_an_edit_by_its_type_or_its_root() -> None:
    found = relay(payload("relay/edited"))
    assert (found.root_id, found.post_id, found.edited) == ("7001", "7002", True)
    assert relay({**payload("relay/mention_small"), "type": "mention.edited"}).edited
    assert relay(with_data("mention_small", root_id="6999")).edited


def test_deletions_and_own_posts_are_read() -> None:
    gone, own = relay(payload("relay/deleted")), relay(payload("relay/own"))
    assert isinstance(gone, Deletion)
    assert (gone.platform, gone.post_id, gone.root_id, gone.author_id) == ("relay:mastodon", "7001", "7001", "u1")
    assert isinstance(own, OwnPost)
    assert (own.text, own.reply_to_post, own.created_at) == (
        "We have seen this.",
        "7001",
        datetime(2026, 11, 21, 9, 2, tzinfo=timezone.utc),
    )


def test_a_mention_by_the_account_itself_is_an_own_post() -> None:
    assert isinstance(relay(with_data("mention_small", author={"id": "telline"})), OwnPost)


def test_an_envelope_is_opened_and_adds_nothing() -> None:
    inner = relay(payload("relay/enveloped")["data"])
    assert relay(payload("relay/enveloped")) == inner
    assert isinstance(inner, Mention)


def test_a_long_text_is_unknown_and_long_history_with_it() -> None:
    assert relay(with_data("mention_small", text="a" * 10_001)).text == Unknown("too-long")
    row = {"at": "2026-11-21T08:00:00Z", "by": "other", "text": "a" * 10_001}
    assert relay(with_data("mention_small", history=[row])).history == Unknown("too-long")


def test_card_numbers_are_masked_everywhere() -> None:
    card = "４１１１ 1111 1111 1111"
    row = {"at": "2026-11-21T08:00:00Z", "by": "author", "text": card}
    found = relay(with_data("mention_small", text=card, author={"id": "u", "handle": card, "display_name": card}, history=[row]))
    assert "1111 1111" not in repr(found)
    assert relay(with_data("mention_small", media=["4111111111111111"])).media == Known(("[card ****1111]",))
    assert relay(with_data("own", text=card)).text == "[card ****1111]"


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (("extra",), 1, ""),
        (("type",), "mention.exploded", "/type"),
        (("timestamp",), "yesterday", "/timestamp"),
        (("data",), None, "/data"),
        (("data", "text"), None, "/data/text"),
        (("data", "text"), "\udc00", "/data/text"),
        (("data", "platform"), "X", "/data/platform"),
        (("data", "account"), "telline", "/data/account"),
        (("data", "id"), 7001, "/data/id"),
        (("data", "id"), "a b", "/data/id"),
        (("data", "id"), "7001\n", "/data/id"),
        (("data", "summoned"), "true", "/data/summoned"),
        (("data", "form"), "shout", "/data/form"),
        (("data", "author"), {"id": "u", "followers": -1}, "/data/author/followers"),
        (("data", "author"), {"id": "u", "followers": True}, "/data/author/followers"),
        (("data", "author"), {"id": "u", "created_at": "2026-02-30T00:00:00Z"}, "/data/author/created_at"),
        (("data", "author"), {"id": "u", "secret-name": 1}, "/data/author"),
        (("data", "history"), [{"at": "2026-11-21T08:00:00Z", "by": "nobody", "text": ""}], "/data/history/0/by"),
        (("data", "tagged"), ["a"] * 101, "/data/tagged"),
    ],
)
def test_a_broken_body_names_the_place_and_none_of_its_text(path: tuple[str, ...], value: Any, pointer: str) -> None:
    document = payload("relay/mention_small")
    node = document if len(path) == 1 else document["data"]
    node[path[-1]] = value
    assert relay(document) == Unreadable(f"schema:{pointer}")
    enveloped = copy.deepcopy(payload("relay/enveloped"))
    enveloped["data"] = document
    assert relay(enveloped) == Unreadable(f"schema:/data{pointer}")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"specversion": "0.3"}, "/specversion"), ({"id": ""}, "/id"), ({"source": None}, "/source"), ({"time": {}}, "/time"),
     ({"data_base64": "e30="}, ""), ({"data": "{}"}, "/data")],
)  # fmt: skip
def test_a_broken_envelope_names_the_place(changes: dict[str, Any], pointer: str) -> None:
    assert relay({**payload("relay/enveloped"), **changes}) == Unreadable(f"schema:{pointer}")


def test_every_needed_field_is_needed() -> None:
    for name in ("platform", "account", "id", "created_at", "text", "author", "summoned", "form"):
        document = payload("relay/mention_small")
        del document["data"][name]
        assert relay(document) == Unreadable(f"schema:/data/{name}")
