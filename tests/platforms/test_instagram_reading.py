"""What a change of an Instagram account says, in every envelope that Meta sends, and how little it says of some."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.notice import Form, Mention, Misread, OwnPost
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.instagram import PLATFORM
from tests.platforms.webhook_kit import payload, read, read_bytes

SHARED = Path(__file__).resolve().parents[3] / "shared/data/platforms/payloads"
AT = datetime(2026, 11, 21, 9, tzinfo=timezone.utc)


def gram(name: str) -> Any:
    return read(PLATFORM, payload(f"instagram/{name}"))


def test_a_comment_on_our_media_is_read_whole() -> None:
    found = gram("comment_timed")
    assert (found.platform, found.account, found.post_id, found.root_id) == ("instagram", "100", "5001", "5001")
    assert found.text == Known("My router has had no signal since noon, can you help please?")
    assert (found.created_at, found.thread_id) == (Known(AT), Known("5000"))
    assert (found.summoned, found.form, found.edited, found.media) == (Known(True), Form.REPLY, False, Known(()))
    assert (found.reply_to_post, found.reply_to_user, found.tagged) == ("5000", None, ())
    assert (found.author.id, found.author.handle) == (Known("200"), Known("gil.m"))


def test_what_instagram_never_says_is_declared_and_never_unknown() -> None:
    found, author = gram("comment"), gram("comment").author
    facts = {
        "language": found.language,
        "history": found.history,
        "open_ticket": found.open_ticket,
        "channels_tried": found.channels_tried,
        "author.name": author.name,
        "author.followers": author.followers,
        "author.verified": author.verified,
        "author.created_at": author.created_at,
        "author.bot": author.bot,
    }
    assert set(facts.values()) == {NotOffered()}
    assert facts.keys() == PLATFORM.not_offered


def test_a_comment_that_does_not_say_when_it_was_written_is_as_old_as_its_webhook() -> None:
    found = gram("comment").created_at
    assert isinstance(found, Known)
    assert found.source == "entry.time"


def test_a_flat_entry_says_the_same_as_a_list_of_changes() -> None:
    assert gram("comment_flat") == gram("comment_timed")


def test_a_comment_under_a_comment_speaks_to_somebody_whom_nobody_names() -> None:
    assert gram("comment_nested").summoned == Unknown("addressee-unknown")
    assert gram("comment_nested").reply_to_post == "5001"


def test_a_live_comment_cannot_be_answered() -> None:
    assert gram("comment_live").summoned == Unknown("live")


def test_the_older_shape_names_nobody() -> None:
    found = gram("comment_older_shape")
    assert (found.author.id, found.author.handle, found.thread_id) == (Unknown("missing"),) * 3
    assert found.text == Known("This is nice.")


@pytest.mark.parametrize("name", ["comment_own", "comment_own_scoped"])
def test_our_own_comment_is_known_under_either_of_our_ids(name: str) -> None:
    found = gram(name)
    assert isinstance(found, OwnPost)
    assert (found.account, found.reply_to_post, found.thread_id, found.text) == ("100", "5001", "5000", "We have seen this.")


def test_a_mention_elsewhere_is_two_ids_and_nothing_more() -> None:
    comment, caption = gram("mentions")
    assert (comment.post_id, comment.form, comment.reply_to_post) == ("5010", Form.REPLY, "5011")
    assert (caption.post_id, caption.form, caption.reply_to_post) == ("5012", Form.POST, None)
    for one in (comment, caption):
        assert one.text == one.created_at == one.media == Unknown("not-in-webhook")
        assert (one.author.id, one.summoned, one.tagged) == (Unknown("missing"), Known(True), ("100",))
    assert comment.thread_id == Known("5011")


@pytest.mark.parametrize("name", ["insights", "private", "dashboard"])
def test_what_is_not_said_in_public_to_us_gives_nothing(name: str) -> None:
    assert gram(name) == ()


def test_what_we_wrote_in_private_takes_the_conversation_and_keeps_its_words() -> None:
    found = gram("private_echo")
    assert isinstance(found, OwnPost)
    assert (found.account, found.reply_to_user, found.text) == ("100", "200", "")


def test_unknown_fields_and_nameless_comments_are_misread() -> None:
    assert [one.reason for one in gram("unknown")] == ["unknown-field", "no-post-id"]
    document: Any = payload("instagram/mentions")
    document[0]["entry"][0]["changes"][0]["value"] = {"comment_id": "a/b", "media_id": "5011"}
    assert read(PLATFORM, document)[0].reason == "no-post-id"


def test_a_page_is_no_instagram_account() -> None:
    assert read(PLATFORM, payload("facebook/comment")) == Unreadable("unknown-type")


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
@pytest.mark.parametrize("file", sorted((SHARED / "instagram").glob("*.json")), ids=lambda file: str(file.stem))
def test_recorded_payloads_are_read_and_only_mentions_call_us(file: Path) -> None:
    found = read_bytes(PLATFORM, file.read_bytes())
    if file.stem == "restfb_comment":  # what the API answers, not what a webhook tells
        assert found == Unreadable("unknown-type")
        return
    assert isinstance(found, tuple)
    assert not any(isinstance(one, Misread) for one in found)
    assert bool(found) == file.stem.startswith("docs_mentions")
    assert all(isinstance(one, Mention) and one.text == Unknown("not-in-webhook") for one in found)


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
def test_no_payload_of_another_platform_calls_an_account() -> None:
    for file in sorted(SHARED.glob("*/*.json")):
        found = read_bytes(PLATFORM, file.read_bytes())
        if file.parent.name != "instagram":
            assert isinstance(found, Unreadable) or not any(isinstance(one, Mention) for one in found), file.name
