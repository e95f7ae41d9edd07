"""What a change of a Page says: visitors who speak to it, who only seem to, and what is no mention at all."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.notice import Deletion, Form, Mention, Misread, Notice, OwnPost
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.facebook import PLATFORM
from tests.platforms.webhook_kit import payload, read, read_bytes

SHARED = Path(__file__).resolve().parents[3] / "shared/data/platforms/payloads"
AT = datetime(2026, 11, 21, 9, tzinfo=timezone.utc)


def page(name: str) -> Any:
    return read(PLATFORM, payload(f"facebook/{name}"))


def changed(name: str, **changes: Any) -> Any:
    document = payload(f"facebook/{name}")
    value = document["entry"][0]["changes"][0]["value"]
    for key, to in changes.items():
        if to is KeyError:
            del value[key]
        else:
            value[key] = to
    return read(PLATFORM, document)


def test_a_comment_under_our_post_is_read_whole() -> None:
    found = page("comment")
    assert (found.platform, found.account, found.post_id, found.root_id) == ("facebook", "100", "5000_5001", "5000_5001")
    assert found.text == Known("My router has had no signal since noon, can you help please?")
    assert (found.created_at, found.thread_id) == (Known(AT), Known("100_5000"))
    assert (found.summoned, found.form, found.edited, found.media) == (Known(True), Form.REPLY, False, Known(()))
    assert (found.reply_to_post, found.reply_to_user, found.tagged, found.delivery_id) == ("100_5000", None, (), None)
    assert (found.author.id, found.author.handle, found.author.name) == (Known("200"), Known("Gil M"), Known("Gil M"))


def test_what_facebook_never_says_is_declared_and_never_unknown() -> None:
    found, author = page("comment"), page("comment").author
    facts = {
        "language": found.language,
        "history": found.history,
        "open_ticket": found.open_ticket,
        "channels_tried": found.channels_tried,
        "author.followers": author.followers,
        "author.verified": author.verified,
        "author.created_at": author.created_at,
        "author.bot": author.bot,
    }
    assert set(facts.values()) == {NotOffered()}
    assert facts.keys() == PLATFORM.not_offered


def test_the_older_shape_says_the_same() -> None:
    assert page("comment_older_shape") == page("comment")


def test_two_senders_in_one_change_are_nobody() -> None:
    assert changed("comment", sender_id="201").author.id == Unknown("malformed")
    assert changed("comment", sender_id=200).author.id == Known("200")


def test_a_comment_under_a_comment_speaks_to_somebody_whom_nobody_names() -> None:
    assert page("comment_nested").summoned == Unknown("addressee-unknown")
    assert changed("comment", parent_id=KeyError).summoned == Unknown("addressee-unknown")
    assert changed("comment", parent_id=7.5).summoned == Unknown("addressee-unknown")


def test_what_the_page_writes_itself_is_no_mention() -> None:
    found = page("comment_own")
    assert isinstance(found, OwnPost)
    assert (found.post_id, found.reply_to_post, found.thread_id) == ("5000_5003", "5000_5001", "100_5000")
    assert (found.text, found.created_at) == ("We have seen this.", AT)


def test_an_edit_keeps_its_root() -> None:
    found = page("comment_edited")
    assert (found.root_id, found.edited, found.text) == (
        "5000_5001",
        True,
        Known("My router has had no signal since ten, can you help please?"),
    )


@pytest.mark.parametrize(("name", "post"), [("comment_hidden", "5000_5001"), ("post_removed", "100_5010")])
def test_hidden_or_removed_is_gone(name: str, post: str) -> None:
    found = page(name)
    assert isinstance(found, Deletion)
    assert (found.post_id, found.root_id, found.author_id) == (post, post, "200")


@pytest.mark.parametrize("name", ["comment_unhidden", "profile", "dashboard", "private"])
def test_what_is_not_said_in_public_to_us_gives_nothing(name: str) -> None:
    assert page(name) == ()


def test_pictures_are_told() -> None:
    assert page("comment_with_photo").media == Known(("photo",))
    assert changed("post_by_visitor", item="video").media == Known(("video",))
    assert changed("post_by_visitor", item="photo", photos=["a", "b"]).media == Known(("photo",))


def test_a_post_on_our_page_and_a_post_that_names_it_call_us() -> None:
    post, mention = page("post_by_visitor"), page("mention")
    assert (post.summoned, post.form, post.tagged) == (Known(True), Form.POST, ())
    assert (mention.summoned, mention.form, mention.tagged) == (Known(True), Form.POST, ("100",))
    assert mention.thread_id == Known("200_5020")


def test_a_mention_may_lack_its_author_and_its_text() -> None:
    found = page("mention_without_author")
    assert (found.author.id, found.author.handle) == (Unknown("missing"), Unknown("missing"))
    assert (found.summoned, found.form, found.post_id) == (Known(True), Form.REPLY, "5030_5031")
    assert changed("mention_without_author", message=KeyError).text == Unknown("missing")


def test_a_share_without_words_is_a_repost_and_one_with_words_calls_nobody_for_certain() -> None:
    bare, worded = page("shares")
    assert (bare.form, bare.summoned) == (Form.REPOST, Known(False))
    assert (worded.form, worded.summoned) == (Form.QUOTE, Unknown("addressee-unknown"))


def test_a_reaction_never_stands_for_the_post_that_it_likes() -> None:
    liked, withdrawn = page("reactions")
    assert (liked.form, liked.summoned, liked.root_id) == (Form.REACTION, Known(False), "5000_5001:reaction:200")
    assert isinstance(withdrawn, Deletion)
    assert withdrawn.root_id == "100_5000:reaction:200"
    assert page("comment").root_id not in (liked.root_id, withdrawn.root_id)


def test_reviews_and_what_is_said_under_them_are_reviews() -> None:
    review, comment = page("ratings")
    assert (review.form, comment.form) == (Form.REVIEW, Form.REVIEW)
    assert (review.author.id, review.text, review.post_id) == (Known("200"), Known("Good shop, slow queue."), "5050")
    assert (comment.author.id, comment.text, comment.post_id) == (Known("201"), Known("True."), "5050_5051")


def test_what_we_wrote_in_private_takes_the_conversation_and_keeps_its_words() -> None:
    found = page("private_echo")
    assert isinstance(found, OwnPost)
    assert (found.account, found.reply_to_user, found.text) == ("100", "200", "")


def test_what_could_not_be_read_is_shown_without_the_private_words_beside_it() -> None:
    document = payload("facebook/private")
    document["entry"][0]["changes"] = 7
    found = read(PLATFORM, document)
    assert found.reason == "unknown-envelope"
    assert "my pin" not in found.body


def test_a_punishment_by_meta_is_shown_to_a_person() -> None:
    assert page("punished").reason == "policy-enforcement"


def test_unknown_verbs_kinds_and_fields_are_misread_one_by_one() -> None:
    assert [one.reason for one in page("unknown")] == ["unknown-verb", "unknown-kind", "unknown-field", "no-post-id"]


@pytest.mark.parametrize(
    ("entry", "reasons"),
    [
        ({"id": "100"}, ["unknown-envelope"]),
        ({"id": "100", "changes": 7}, ["unknown-envelope"]),
        ({"id": "100", "changes": 7, "messaging": []}, ["unknown-envelope"]),
        ({"changes": [{"field": "feed", "value": {}}]}, ["no-account"]),
        ({"id": "a/b", "changes": [{"field": "feed", "value": {}}]}, ["no-account"]),
        ({"id": "100", "changes": [{"value": {}}, 7]}, ["no-field", "no-field"]),
        ({"id": "100", "changes": [{"field": "feed"}]}, ["unknown-kind"]),
        ("entry", ["unknown-envelope"]),
        ({"id": "100", "changes": []}, ["unknown-envelope"]),
    ],
)
def test_an_entry_of_another_shape_is_misread(entry: Any, reasons: list[str]) -> None:
    found = read_bytes(PLATFORM, json.dumps({"object": "page", "entry": [entry]}).encode())
    assert isinstance(found, tuple)
    assert [one.reason for one in found if isinstance(one, Misread)] == reasons
    assert len(found) == len(reasons)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"object": "instagram", "entry": [{"id": "1", "changes": []}]}, "unknown-type"),
        ({"object": "page"}, "unknown-type"),
        ({"object": "page", "entry": {}}, "unknown-type"),
        ({"object": "page", "entry": []}, "no-entries"),
        ([], "no-entries"),
        ([{"object": "page", "entry": [{"id": "1"}]}, 7], "unknown-type"),
        ("page", "unknown-type"),
        ({"object": "page", "entry": [{"id": "1", "changes": [{}] * 501}] * 2}, "too-many"),
        ({"object": "page", "entry": [{"id": "1"}] * 1001}, "too-many"),
    ],
)
def test_a_body_of_another_shape_is_unreadable(document: Any, reason: str) -> None:
    assert read(PLATFORM, document) == Unreadable(reason)


def test_every_part_of_a_batch_is_read_though_one_cannot_be() -> None:
    good, bad = payload("facebook/comment"), payload("facebook/unknown")
    batch = copy.deepcopy(good)
    batch["entry"] += bad["entry"] + payload("facebook/mention")["entry"]
    kinds = [type(one) for one in read(PLATFORM, [batch, payload("facebook/post_removed")])]
    assert kinds == [Mention, Misread, Misread, Misread, Misread, Mention, Deletion]


def test_times_and_ids_are_read_strictly() -> None:
    assert changed("comment", created_time=KeyError).created_at == Unknown("missing")
    for wrong in ("1795251600", 1.5, True, -1, 10**15):
        assert changed("comment", created_time=wrong).created_at == Unknown("malformed")
    assert changed("comment", comment_id="5000/../me").reason == "no-post-id"
    assert changed("comment", comment_id=True).reason == "no-post-id"


def recorded(folder: str) -> list[Path]:
    return sorted((SHARED / folder).glob("*.json"))


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
@pytest.mark.parametrize("file", recorded("facebook") + recorded("messenger"), ids=lambda file: str(file.stem))
def test_recorded_payloads_are_read_and_only_mentions_and_visitors_call_us(file: Path) -> None:
    found = read_bytes(PLATFORM, file.read_bytes())
    assert isinstance(found, tuple)
    summons = [one for one in found if isinstance(one, Mention) and one.summoned == Known(True)]
    assert bool(summons) == (file.stem.startswith("restfb_mention-") or file.stem == "restfb_feed-post-add-25")
    misread = {one.reason for one in found if isinstance(one, Misread)}
    expected = {
        "restfb_feed-video-block": {"unknown-verb"},
        "restfb_unknown-change-value": {"unknown-field"},
        "restfb_messaging-policy-callback-block": {"policy-enforcement"},
    }
    assert misread == expected.get(file.stem, set())


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
def test_no_payload_of_another_platform_calls_a_page() -> None:
    for file in sorted(SHARED.glob("*/*.json")):
        found: tuple[Notice, ...] | Unreadable = read_bytes(PLATFORM, file.read_bytes())
        if file.parent.name not in ("facebook", "messenger"):
            assert isinstance(found, Unreadable) or not any(isinstance(one, Mention) for one in found), file.name
