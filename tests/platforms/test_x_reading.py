"""What X's two webhook shapes say: the fields of a mention, what stays unknown, and what is no mention."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest

from chalicelib.domain.fact import Known, NotOffered, Unknown
from chalicelib.domain.notice import Deletion, Form, Mention, Misread, OwnPost
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms.x import PLATFORM
from tests.platforms.webhook_kit import payload, read, read_bytes


def x(document: Any) -> Any:
    return read(PLATFORM, document)


def changed(name: str, *path: str, to: Any) -> dict[str, Any]:
    document = payload(name)
    node: Any = document["data"]
    for step in path[:-1]:
        node = node[step]
    if to is KeyError:
        del node[path[-1]]
    else:
        node[path[-1]] = to
    return document


def test_a_mention_is_read_whole() -> None:
    found = x(payload("x/mention"))
    assert (found.platform, found.account, found.post_id, found.root_id) == ("x", "100", "5001", "5001")
    assert found.delivery_id == "-77"
    assert found.text == Known("@TelLine my line is down since noon & nobody answers")
    assert found.created_at == Known(datetime(2026, 11, 21, 9, tzinfo=timezone.utc))
    assert (found.summoned, found.form, found.edited, found.language) == (Known(True), Form.POST, False, Known("en"))
    assert (found.thread_id, found.media, found.tagged) == (Known("5001"), Known(("photo",)), ("100", "300"))
    author = found.author
    assert (author.id, author.handle, author.name) == (Known("200"), Known("gil"), Known("Gil M"))
    assert (author.followers, author.verified, author.bot) == (Known(97), Known(True), Known(False))
    assert (found.history, found.open_ticket, found.channels_tried) == (NotOffered(), NotOffered(), NotOffered())
    assert {"history", "open_ticket", "channels_tried"} == PLATFORM.not_offered


def test_without_includes_the_profile_is_missing_and_not_assumed() -> None:
    author = x(payload("x/reply_implied")).author
    assert author.id == Known("200")
    assert {author.handle, author.name, author.followers, author.verified, author.created_at, author.bot} == {Unknown("missing")}


def test_an_account_marked_automated_is_a_bot() -> None:
    assert x(payload("x/mention_by_robot")).author.bot == Known(True)


def test_names_that_x_puts_before_a_reply_are_no_summons() -> None:
    found = x(payload("x/reply_implied"))
    assert (found.form, found.summoned) == (Form.REPLY, Known(False))
    assert (found.reply_to_post, found.reply_to_user, found.thread_id) == ("4000", "100", Known("4000"))
    spoken = changed("x/reply_implied", "payload", "display_text_range", to=[0, 22])
    assert x(spoken).summoned == Known(True)


def test_a_quote_summons_where_it_quotes_us() -> None:
    assert (x(payload("x/quote")).form, x(payload("x/quote")).summoned) == (Form.QUOTE, Known(True))
    assert x(changed("x/quote", "includes", to={})).summoned == Unknown("quoted-author-unknown")
    foreign = changed("x/quote", "includes", "tweets", to=[{"id": "4000", "author_id": "999"}])
    assert x(foreign).summoned == Known(False)


def test_a_repost_never_summons() -> None:
    assert (x(payload("x/repost")).form, x(payload("x/repost")).summoned) == (Form.REPOST, Known(False))


def test_being_delivered_is_no_summons() -> None:
    assert x(changed("x/mention", "payload", "entities", to={})).summoned == Known(False)


def test_an_edit_keeps_the_root_of_its_chain() -> None:
    found = x(payload("x/edit"))
    assert (found.post_id, found.root_id, found.edited) == ("5006", "5001", True)


def test_posts_by_the_account_are_own_posts() -> None:
    found = x(payload("x/own"))
    assert isinstance(found, OwnPost)
    assert (found.post_id, found.reply_to_post, found.reply_to_user, found.thread_id) == ("5007", "5001", "200", "5001")
    assert isinstance(x(changed("x/mention", "payload", "author_id", to="100")), OwnPost)


def test_a_created_post_by_somebody_else_is_never_ours() -> None:
    for author in ("999", KeyError, None):
        found = x(changed("x/own", "payload", "author_id", to=author))
        assert isinstance(found, Misread)
        assert found.reason == "not-by-the-account"


def test_a_deletion_is_read() -> None:
    found = x(payload("x/delete"))
    assert isinstance(found, Deletion)
    assert (found.account, found.post_id, found.root_id, found.author_id) == ("100", "5007", "5007", "100")


@pytest.mark.parametrize("name", ["x/direct", "x/replay", "x/account_activity_follows"])
def test_what_is_not_about_posts_gives_no_notice(name: str) -> None:
    assert x(payload(name)) == ()


@pytest.mark.parametrize("kind", ["dm.x", "profile.update.bio", "oauth.revoke", "replay_job_status", "chat.sent"])
def test_known_kinds_of_no_concern_are_passed_over(kind: str) -> None:
    assert x({"data": {"event_type": kind}}) == ()


def test_what_nobody_knows_is_unreadable_and_not_passed_over() -> None:
    assert x({"data": {"event_type": "post.teleport"}}) == Unreadable("unknown-type")
    assert x({"data": {}}) == Unreadable("no-type")
    assert x({}) == Unreadable("unknown-type")
    assert x({"for_user_id": "100", "follow_events": [], "new_events": []}) == Unreadable("unknown-type")
    assert x([]) == Unreadable("not-an-object")
    assert x({"tweet_create_events": []}) == Unreadable("no-account")


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("filter",), {}, "no-account"),
        (("payload", "id"), 5001, "no-post-id"),
        (("payload", "edit_history_tweet_ids"), [], "malformed-edit-history"),
        (("payload", "edit_history_tweet_ids"), [1], "malformed-edit-history"),
        (("payload", "referenced_tweets"), [{"type": "boosted", "id": "1"}], "malformed-references"),
        (("payload", "in_reply_to_tweet_id"), 7, "malformed-reply"),
    ],
)
def test_without_identity_or_form_a_post_is_misread(path: tuple[str, ...], value: Any, reason: str) -> None:
    found = x(changed("x/mention", *path, to=value))
    assert isinstance(found, Misread)
    assert (found.reason, found.platform, found.delivery_id) == (reason, "x", "-77")
    assert "my line is down" in found.body


@pytest.mark.parametrize(
    ("path", "value", "field", "fact"),
    [
        (("payload", "text"), 7, "text", Unknown("malformed")),
        (("payload", "text"), KeyError, "text", Unknown("missing")),
        (("payload", "text"), "\ud800", "text", Unknown("malformed")),
        (("payload", "text"), "a" * 10_001, "text", Unknown("too-long")),
        (("payload", "text"), "@TelLine and then… https://t.co/abc", "text", Unknown("truncated")),
        (("payload", "text"), "@TelLine " + "a" * 140 + "…", "text", Unknown("truncated")),
        (("payload", "text"), "@TelLine hm…", "text", Known("@TelLine hm…")),
        (("payload", "note_tweet"), {"text": "the whole &lt;text&gt; &amp;copy;"}, "text", Known("the whole <text> &copy;")),
        (("payload", "note_tweet"), 7, "text", Unknown("malformed")),
        (("payload", "note_tweet"), {}, "text", Unknown("missing")),
        (("payload", "lang"), "und", "language", Unknown("undetermined")),
        (("payload", "lang"), {}, "language", Unknown("malformed")),
        (("payload", "created_at"), "2026-11-21", "created_at", Unknown("malformed")),
        (("payload", "created_at"), "0001-01-01T00:00:00+23:00", "created_at", Unknown("malformed")),
        (("payload", "created_at"), None, "created_at", Unknown("missing")),
        (("payload", "conversation_id"), [], "thread_id", Unknown("malformed")),
        (("payload", "attachments"), 1, "media", Unknown("malformed")),
        (("payload", "attachments"), KeyError, "media", Known(())),
        (("payload", "attachments", "media_keys"), ["9_9", {}], "media", Known(("media", "media"))),
        (("payload", "entities", "mentions"), [{"username": "TelLine"}], "summoned", Unknown("malformed")),
        (("payload", "entities"), "none", "summoned", Unknown("malformed")),
    ],
)
def test_a_field_that_is_wrong_stays_unknown_and_says_why(path: tuple[str, ...], value: Any, field: str, fact: Any) -> None:
    found = x(changed("x/mention", *path, to=value))
    assert isinstance(found, Mention)
    assert getattr(found, field) == fact


def test_a_text_that_was_cut_may_have_named_us_where_nobody_sees_it() -> None:
    document = changed("x/mention", "payload", "text", to="and then… https://t.co/abc")
    document["data"]["payload"]["entities"] = {}
    assert x(document).summoned == Unknown("truncated")


def test_long_posts_name_us_in_their_own_list() -> None:
    document = changed("x/mention", "payload", "entities", to={})
    document["data"]["payload"]["note_tweet"] = {"text": "…", "entities": {"mentions": [{"id": "100", "start": 2032}]}}
    assert x(document).summoned == Known(True)


@pytest.mark.parametrize(
    ("profile", "field", "fact"),
    [
        ({"public_metrics": {"followers_count": "97"}}, "followers", Unknown("malformed")),
        ({"public_metrics": {"followers_count": True}}, "followers", Unknown("malformed")),
        ({"public_metrics": {"followers_count": -1}}, "followers", Unknown("malformed")),
        ({"public_metrics": {"followers_count": 2**53}}, "followers", Unknown("malformed")),
        ({"verified_type": "purple"}, "verified", Unknown("malformed")),
        ({"verified_type": "none", "verified": True}, "verified", Known(False)),
        ({"verified": "false"}, "verified", Known(False)),
        ({"affiliation": 7}, "bot", Unknown("malformed")),
        ({"affiliation": {"description": 7}}, "bot", Unknown("malformed")),
        ({"affiliation": {"description": "Northwind"}}, "bot", Known(False)),
    ],
)
def test_profiles_are_read_strictly(profile: dict[str, Any], field: str, fact: Any) -> None:
    found = x(changed("x/mention", "includes", "users", to=[{"id": "200", **profile}]))
    assert getattr(found.author, field) == fact


def test_card_numbers_are_masked_in_texts_names_and_what_a_person_is_shown() -> None:
    card = "4111 1111 1111 1111"
    document = changed("x/mention", "payload", "text", to=f"@TelLine my card {card} fails")
    document["data"]["includes"]["users"][0]["name"] = card
    document["data"]["includes"]["users"][0]["username"] = card
    found = x(document)
    assert found.text == Known("@TelLine my card [card ****1111] fails")
    assert found.author.name == found.author.handle == Known("[card ****1111]")
    document["data"]["payload"]["id"] = None
    assert "4111" not in x(document).body
    hidden = json.dumps(document).replace(card, "\\u0034111\\u20111111 1111\\u200b1111").encode()
    unreadable = read_bytes(PLATFORM, hidden)
    assert isinstance(unreadable, tuple)
    assert isinstance(unreadable[0], Misread)
    assert "1111 1111" not in unreadable[0].body
    assert "****1111" in unreadable[0].body


def test_account_activity_is_read_row_by_row() -> None:
    found = x(payload("x/account_activity"))
    kinds = [type(notice) for notice in found]
    assert kinds == [Mention, Mention, Mention, Mention, OwnPost, Misread]
    plain, long, cut, repost, own, broken = found
    assert (plain.summoned, plain.text, plain.form) == (Known(True), Known("@TelLine down again"), Form.POST)
    assert plain.created_at == Known(datetime(2026, 11, 21, 9, tzinfo=timezone.utc))
    assert (plain.author.followers, plain.author.verified, plain.author.bot) == (Known(20), Known(False), NotOffered())
    assert (plain.thread_id, plain.delivery_id) == (Known("6001"), None)
    assert (long.summoned, long.tagged) == (Known(True), ("100",))
    assert long.text == Known("x" * 300 + " @TelLine")
    assert (cut.text, cut.summoned) == (Unknown("truncated"), Known(True))
    assert (repost.form, repost.summoned) == (Form.REPOST, Known(False))
    assert (own.reply_to_post, own.account) == ("6001", "100")
    assert broken.reason == "no-post-id"


def test_account_activity_deletions_are_read() -> None:
    found = x(payload("x/account_activity_deletes"))
    assert isinstance(found, Deletion)
    assert (found.post_id, found.author_id, found.account) == ("6005", "100", "100")


def test_one_bad_row_does_not_cost_the_others_and_a_new_list_is_shown_to_a_person() -> None:
    document = payload("x/account_activity")
    document["tweet_create_events"] = [7, *document["tweet_create_events"][:1]]
    document["new_events"] = [{"text": "card 4111111111111111"}]
    broken, plain, unknown = x(document)
    assert [type(broken), type(plain), type(unknown)] == [Misread, Mention, Misread]
    assert (unknown.reason, "4111" in unknown.body) == ("unknown-type", False)


def test_a_batch_has_an_end() -> None:
    row = payload("x/account_activity")["tweet_create_events"][0]
    assert len(x({"for_user_id": "100", "tweet_create_events": [row] * 1000})) == 1000
    assert x({"for_user_id": "100", "tweet_create_events": [row] * 1001}) == Unreadable("too-many")
    assert x({"for_user_id": "100", "tweet_create_events": {}}) == Unreadable("malformed-batch")


@pytest.mark.parametrize("before", range(9_970, 10_001, 3))
def test_a_card_number_that_the_cut_goes_through_is_not_half_shown(before: int) -> None:
    found = read_bytes(
        PLATFORM, b'{"data":{"event_type":"post.create","payload":"' + b"x" * (before - 47) + b"4111 1111 1111 1111" + b'z"}}'
    )
    assert isinstance(found, tuple)
    assert isinstance(found[0], Misread)
    assert "4111" not in found[0].body
    assert len(found[0].body) <= 10_000
