"""What LinkedIn's notifications say: who calls the page, who only seems to, and that one comment has one name."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.notice import Deletion, Form, Mention, OwnPost
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.linkedin import PLATFORM
from tests.platforms.webhook_kit import payload, read, read_bytes

SHARED = Path(__file__).resolve().parents[3] / "shared/data/platforms/payloads"
AT = datetime(2026, 11, 21, 9, tzinfo=timezone.utc)
COMMENT, POST = "urn:li:comment:(urn:li:activity:5000,5001)", "urn:li:activity:5000"


def page(name: str) -> Any:
    return read(PLATFORM, payload(f"linkedin/{name}"))


def changed(name: str, **changes: Any) -> Any:
    document = payload(f"linkedin/{name}")
    document["notifications"][0].update(changes)
    return read(PLATFORM, document)


def test_a_comment_under_our_post_is_read_whole() -> None:
    found = page("comment")
    assert (found.platform, found.account, found.post_id, found.root_id) == ("linkedin", "100", COMMENT, COMMENT)
    assert found.text == Known("My router has had no signal since noon, can you help please?")
    assert (found.created_at, found.thread_id, found.delivery_id) == (Known(AT), Known(POST), "7001")
    assert (found.summoned, found.form, found.edited, found.tagged) == (Known(True), Form.REPLY, False, ())
    assert (found.reply_to_post, found.reply_to_user) == (POST, None)
    assert found.author.id == found.author.handle == Known("urn:li:person:Gil_200-x")


def test_what_linkedin_never_says_is_declared_and_never_unknown() -> None:
    found, author = page("comment"), page("comment").author
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


def test_a_comment_may_hold_a_picture_of_which_nobody_tells() -> None:
    assert page("comment").media == Unknown("not-in-webhook")


def test_two_spellings_of_a_comment_are_one_comment() -> None:
    document = payload("linkedin/comment")
    row = document["notifications"][0]
    assert row["generatedActivity"] != row["decoratedGeneratedActivity"]["comment"]["entity"]
    short = read(PLATFORM, document)
    del row["generatedActivity"]
    assert read(PLATFORM, document) == short
    assert page("comment_edit").root_id == page("comment_delete").root_id == short.root_id


def test_an_edit_is_edited_and_nobody_knows_when_it_was_written() -> None:
    found = page("comment_edit")
    assert (found.edited, found.created_at) == (True, Unknown("not-in-webhook"))


def test_a_deletion_names_the_comment() -> None:
    found = page("comment_delete")
    assert isinstance(found, Deletion)
    assert (found.post_id, found.root_id, found.author_id) == (COMMENT, COMMENT, None)


@pytest.mark.parametrize("name", ["admin_comment", "comment", "share_mention"])
def test_what_the_page_writes_itself_is_no_mention(name: str) -> None:
    document = payload(f"linkedin/{name}")
    (told,) = document["notifications"][0]["decoratedGeneratedActivity"].values()
    told["owner"] = "urn:li:organization:100"
    assert isinstance(read(PLATFORM, document), OwnPost)


def test_a_comment_by_the_admin_is_ours_whoever_the_payload_says_wrote_it() -> None:
    found = page("admin_comment")
    assert (found.post_id, found.reply_to_post, found.thread_id) == ("urn:li:comment:(urn:li:activity:5000,5005)", COMMENT, POST)
    assert isinstance(changed("admin_comment", decoratedGeneratedActivity={}), OwnPost)


def test_a_sister_page_has_the_id_that_our_own_accounts_have() -> None:
    document = payload("linkedin/comment")
    document["notifications"][0]["decoratedGeneratedActivity"]["comment"]["owner"] = "urn:li:organization:101"
    assert read(PLATFORM, document).author.id == Known("101")


def test_a_colleague_asks_for_nothing() -> None:
    assert page("comment_by_admin").summoned == Known(False)


def test_a_comment_under_a_comment_speaks_to_somebody_else() -> None:
    found = page("comment_nested")
    assert (found.summoned, found.reply_to_post) == (Unknown("addressee-unknown"), COMMENT)


def test_a_bare_notification_says_where_and_nothing_of_what_or_who() -> None:
    found = page("comment_bare")
    assert (found.text, found.author.id) == (Unknown("missing"), Unknown("missing"))
    assert found.summoned == Unknown("not-in-webhook")


def test_who_names_us_in_a_post_calls_us() -> None:
    found, picture = page("share_mention"), page("share_mention_with_picture")
    assert (found.summoned, found.form, found.tagged) == (Known(True), Form.POST, ("100",))
    assert (found.post_id, found.thread_id, found.reply_to_post) == ("urn:li:share:5010", Known("urn:li:share:5010"), None)
    assert (found.media, picture.media) == (Known(()), Known(("image",)))


def test_shares_and_likes_call_nobody() -> None:
    bare, worded = page("shares")
    assert (bare.form, bare.summoned, worded.form, worded.summoned) == (Form.REPOST, Known(False), Form.QUOTE, Known(False))
    like = page("like")
    assert (like.form, like.summoned) == (Form.REACTION, Known(False))
    assert like.root_id == "urn:li:activity:5000:reaction:7014"


def test_a_try_of_the_endpoint_gives_nothing() -> None:
    assert page("ping") == ()


def test_what_cannot_be_named_is_misread_one_by_one() -> None:
    assert [one.reason for one in page("unknown")] == ["unknown-action", "no-post-id", "no-account", "no-account"]
    assert changed("comment", generatedActivity="urn:li:share:5000").reason == "no-post-id"
    assert changed("share_mention", generatedActivity=COMMENT).reason == "no-post-id"
    assert changed("like", sourcePost=None).reason == "no-post-id"


@pytest.mark.parametrize(("wrong", "why"), [("1", "malformed"), (-1, "malformed"), (2**53 - 1, "malformed"), (None, "missing")])
def test_a_time_is_read_strictly(wrong: Any, why: str) -> None:
    assert changed("comment", lastModifiedAt=wrong).created_at == Unknown(why)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"type": "OTHER", "notifications": []}, "unknown-type"),
        ({"notifications": []}, "unknown-type"),
        ([], "unknown-type"),
        ({"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"}, "malformed-batch"),
        ({"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": {}}, "malformed-batch"),
        ({"type": "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS", "notifications": [{}] * 1001}, "too-many"),
    ],
)
def test_a_body_of_another_shape_is_unreadable(document: Any, reason: str) -> None:
    assert read(PLATFORM, document) == Unreadable(reason)


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
def test_the_recorded_comment_by_an_administrator_calls_nobody() -> None:
    body = (SHARED / "linkedin/envelope_comment_wrapped_by_researcher.json").read_bytes()
    found = read_bytes(PLATFORM, body)
    assert isinstance(found, tuple)
    (mention,) = found
    assert isinstance(mention, Mention)
    assert (mention.account, mention.summoned, mention.delivery_id) == ("96072893", Known(False), "5603453321")
    assert mention.post_id == json.loads(body)["notifications"][0]["decoratedGeneratedActivity"]["comment"]["entity"]


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
def test_no_recorded_payload_calls_a_page() -> None:
    for file in sorted(SHARED.glob("*/*.json")):
        found = read_bytes(PLATFORM, file.read_bytes())
        if file.parent.name != "linkedin":
            assert isinstance(found, Unreadable), file.name
        elif isinstance(found, tuple):
            assert not [one for one in found if isinstance(one, Mention) and one.summoned == Known(True)]
