"""Every value that a scenario may have does something here: an ordinary scenario, changed in one place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.codec import instant
from tests.acceptance import scenario as scenarios
from tests.acceptance.play import play
from tests.acceptance.scenario import Scenario, before, merged
from tests.acceptance.stage import Outside

SAID: dict[str, Any] = {
    "id": "T00",
    "kind": "inbound",
    "brand": {
        "id": "telcoone",
        "handle": "@TelcoOne",
        "industry": "telecom",
        "tz": "Europe/London",
        "hours": "08:00-22:00 daily",
    },
    "now": "2026-06-13T15:04:00Z",
    "platform": "x",
    "mention": {
        "text": "@TelcoOne router dead, please help",
        "lang": "en",
        "created_at": "2026-06-13T15:04:00Z",
        "summoned": True,
        "state": "live",
        "media": [],
        "author": {"handle": "@pat", "display_name": "Pat", "followers": 240, "account_age_days": 900, "tags": []},
    },
    "history": [],
    "thread_others": [],
    "brand_recent_public": [],
    "state": {"kill_switch": "off", "on_shift": 4, "next_shift": "known", "p80_minutes_to_human": 35, "signals": "ok"},
    "event": {"type": "create", "delivery": 1},
    "expected": {"decision": "ack"},
}

CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("as it is", {}, "ack", ""),
    ("switch pulled", {"state": {"kill_switch": "on"}}, "human", "paused"),
    ("switch unreadable", {"state": {"kill_switch": "unreadable"}}, "human", "mode-unknown"),
    ("incident", {"state": {"incident": "network"}}, "human", "incident"),
    ("surge", {"state": {"surge": True}}, "human", "surge"),
    ("muted date", {"state": {"calendar_mute": "GB-0613"}}, "human", "muted-date"),
    ("nobody and no shift", {"state": {"on_shift": 0, "next_shift": "unknown"}}, "human", "nobody-on-shift"),
    ("a shift tomorrow", {"state": {"on_shift": 0, "next_shift": "2026-06-14T07:00:00Z"}}, "ack", ""),
    ("wait unknown", {"state": {"p80_minutes_to_human": None}}, "ack", ""),
    ("no words left", {"state": {"ack_pool_fresh": 0}}, "human", "wording-exhausted"),
    ("two words left", {"state": {"ack_pool_fresh": 2}}, "ack", ""),
    ("open case", {"state": {"open_case": True}}, "human", "open-conversation"),
    ("signal", {"state": {"signals": "toxicity:timeout"}}, "human", "signal-missing"),
    ("last good policy", {"state": {"policy_version": "last_good"}}, "ack", ""),
    ("no policy", {"state": {"policy_version": "invalid,no_last_good"}}, "human", "policy-unavailable"),
    ("platform back", {"state": {"platform_api": "recovered"}}, "ack", ""),
    ("late", {"event": {"received_late_minutes": 45}}, "human", "stale"),
    ("deleted before", {"mention": {"state": "deleted"}}, "ignore", "mention-gone"),
    ("deleted in the hold", {"event": {"type": "create_then_delete", "hold_s": 90, "at_s": 40}}, "ignore", ""),
    (
        "edited to a threat",
        {"event": {"type": "create_then_edit", "at_s": 40, "edited_text": "@TelcoOne router dead, my solicitor will write"}},
        "human",
        "",
    ),
    (
        "edited harmlessly",
        {"event": {"type": "create_then_edit", "at_s": 40, "edited_text": "@TelcoOne router is dead, please help"}},
        "ack",
        "",
    ),
    ("native reply", {"event": {"type": "create_then_brand_native_reply", "hold_s": 120, "at_s": 100}}, "ignore", ""),
    ("five at once", {"event": {"delivery": 5, "gap_ms": 10, "concurrent": True}}, "ack", ""),
    ("five in turn", {"event": {"delivery": 5, "gap_ms": 500}}, "ack", ""),
    ("published without an answer", {"event": {"post_result": "timeout_but_published"}}, "ack", ""),
    ("a person had it", {"history": [{"at": "-PT2H", "by": "brand_human", "text": "Priya here."}]}, "human", "open-conversation"),
    ("acknowledged today", {"history": [{"at": "-P0DT5H", "by": "brand_auto", "text": "Seen."}]}, "human", ""),
    ("spoke long ago", {"history": [{"at": "-P200D", "by": "author", "text": "hello"}]}, "ack", ""),
    ("not summoned", {"mention": {"summoned": False}}, "human", "not-summoned"),
    ("a bot", {"mention": {"author": {"is_bot": True}}}, "ignore", "automated-author"),
    ("our own account", {"mention": {"author": {"tags": ["own_account"]}}}, "ignore", "own-account"),
    ("verified", {"mention": {"author": {"verified": True}}}, "human", "verified-author"),
    ("new account", {"mention": {"author": {"account_age_days": 3}}}, "human", "new-account"),
    ("a crowd", {"mention": {"author": {"followers": 90_000}}}, "human", "large-audience"),
    ("a picture", {"mention": {"media": [{"type": "photo", "alt": None}]}}, "human", "a-picture"),
    (
        "another language",
        {"mention": {"lang": "de", "text": "@TelcoOne Internet geht nicht, wer kann helfen?"}},
        "human",
        "other-language",
    ),
    ("mastodon", {"platform": "mastodon"}, "ack", ""),
    (
        "mastodon, with history",
        {"platform": "mastodon", "history": [{"at": "-00:30", "by": "brand_human", "text": "Hi"}]},
        "human",
        "",
    ),
    ("bluesky, deleted", {"platform": "bluesky", "event": {"type": "create_then_delete", "at_s": 30}}, "ignore", ""),
    ("facebook", {"platform": "facebook"}, "ack", ""),
    ("instagram", {"platform": "instagram"}, "ack", ""),
    (
        "two brands",
        {"mention": {"text": "@TelcoOne @TelcoTwo router dead, please help"}, "event": {"tenants": ["telcoone", "telcotwo"]}},
        "ack",
        "",
    ),
]


@pytest.mark.parametrize(("name", "patch", "decision", "rule"), CASES, ids=[case[0] for case in CASES])
def test_a_value_of_a_scenario_does_what_it_says(
    name: str, patch: dict[str, Any], decision: str, rule: str, outside: Outside
) -> None:
    said = merged(SAID, {**patch, "id": f"T-{name}"})
    played = play(Scenario(id=said["id"], flipped=False, said=said, expects=said["expected"]), outside)
    try:
        assert played.outcome == decision, played.decision
        assert not rule or rule in played.decision["because"]
        assert len(played.replies) == (decision == "ack")
        assert len(played.public) == len(played.replies)
    finally:
        played.stage.close()


def test_a_merge_patch_is_rfc_7386() -> None:
    assert merged({"a": 1, "b": {"c": 2, "d": 3}}, {"b": {"c": None, "e": [1]}, "a": 2}) == {"a": 2, "b": {"d": 3, "e": [1]}}
    assert merged({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}
    assert merged("text", {"a": {"b": None}}) == {"a": {}}


@pytest.mark.parametrize(
    ("span", "ago"),
    [
        ("-P3D", timedelta(days=3)),
        ("-PT5H", timedelta(hours=5)),
        ("-P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("-05:00", timedelta(hours=5)),
        ("-00:03", timedelta(minutes=3)),
        ("-00:00:20", timedelta(seconds=20)),
        ("-PT20S", timedelta(seconds=20)),
    ],
)
def test_an_offset_is_time_before_now(span: str, ago: timedelta) -> None:
    now = instant("2026-06-13T15:04:00Z")
    assert now - before(now, span) == ago


def test_placeholders_come_from_the_packs_own_lists() -> None:
    said = [one.said for one in scenarios.load()]
    assert "<SLUR>" not in str(said)
    assert "<line from" not in str(said)
