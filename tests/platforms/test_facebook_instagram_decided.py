"""From a payload to a decision by the policy that we ship: who is acknowledged, and that nothing else ever is."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.decision import Decision, Outcome
from chalicelib.domain.limits import Limits
from chalicelib.domain.notice import Mention
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import ordinary_facts
from chalicelib.policy.proving.testing import rehearse
from chalicelib.registry import members
from tests.platforms.webhook_kit import NOW, PAYLOADS, payload, read_bytes

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared/data/platforms/payloads"
PLATFORMS = {name: one for name, one in members("chalicelib.platforms", "PLATFORM").items() if name in ("facebook", "instagram")}
ACKNOWLEDGED = {
    "facebook/mention",
    "facebook/comment",
    "facebook/comment_older_shape",
    "facebook/comment_edited",
    "facebook/post_by_visitor",
    "instagram/comment_timed",
    "instagram/comment",
    "instagram/comment_flat",
}
BECAUSE = {
    "facebook/comment_nested": "not-summoned",
    "facebook/comment_with_photo": "media",
    "facebook/mention_without_author": "author-missing",
    "facebook/ratings": "review",
    "facebook/reactions": "no-words",
    "instagram/comment_live": "not-summoned",
    "instagram/comment_nested": "not-summoned",
    "instagram/comment_older_shape": "author-missing",
    "instagram/mentions": "text-missing",
}


@cache
def bundle() -> Bundle:
    """The shipped policy of the demo brand, whose accounts are those of the payloads."""
    folders = [ROOT / "policies" / name for name in ("baseline", "demo", "voices")]
    files = {
        str(file.relative_to(ROOT / "policies")): file.read_text()
        for folder in folders
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    accounts = "".join(f'\n  - {{platform: {name}, id: "100", handle: TelLine}}' for name in PLATFORMS)
    files["demo/brand.yaml"] = files["demo/brand.yaml"].replace("accounts:\n", f"accounts:{accounts}\n", 1)
    found = rehearse(files)
    assert isinstance(found, Bundle), "\n".join(map(str, found))
    return found


def decisions(platform: str, body: bytes) -> list[Decision]:
    found = read_bytes(PLATFORMS[platform], body)
    assert isinstance(found, tuple)
    return [decide(ordinary_facts(one, NOW), bundle(), Limits()) for one in found if isinstance(one, Mention)]


def ours() -> list[str]:
    return sorted(f"{name}/{file.stem}" for name in PLATFORMS for file in (PAYLOADS / name).glob("*.json"))


@pytest.mark.parametrize("name", ours())
def test_only_ordinary_questions_of_people_who_called_us_are_acknowledged(name: str) -> None:
    found = decisions(name.split("/")[0], json.dumps(payload(name)).encode())
    assert (Outcome.ACKNOWLEDGE in [one.outcome for one in found]) == (name in ACKNOWLEDGED)
    if name in BECAUSE:
        assert BECAUSE[name] in found[0].because


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
@pytest.mark.parametrize(
    ("platform", "file"),
    [(name, file) for name in PLATFORMS for file in sorted((SHARED / name).glob("*.json")) if file.stem != "restfb_comment"],
    ids=lambda one: one if isinstance(one, str) else one.stem,
)
def test_no_recorded_payload_as_it_is_earns_an_acknowledgement(platform: str, file: Path) -> None:
    """They are years old, without an author, our own or no questions: each for its own reason goes to a person."""
    assert Outcome.ACKNOWLEDGE not in [one.outcome for one in decisions(platform, file.read_bytes())]


@pytest.mark.skipif(not SHARED.exists(), reason="the recorded payloads are not beside this checkout (../shared)")
@pytest.mark.parametrize(
    ("platform", "name", "changes"),
    [
        ("facebook", "restfb_mention-post-add-real", {"sender_id": 200, "sender_name": "Gil M"}),
        ("facebook", "restfb_feed-comment-add-211", {"from": {"id": "200", "name": "Gil M"}}),
        ("instagram", "restfb_wh-comments", {"from": {"id": "200", "username": "gil.m"}}),
    ],
)
def test_a_mention_of_a_recorded_shape_with_a_fresh_ordinary_question_is_acknowledged(
    platform: str, name: str, changes: dict[str, Any]
) -> None:
    document = json.loads((SHARED / platform / f"{name}.json").read_text())
    entry = document["entry"][0]
    entry["id"] = "100"
    value = entry["changes"][0]["value"]
    text = "message" if platform == "facebook" else "text"
    value.update(changes, **{text: "My router has had no signal since noon, can you help please?"})
    fresh = int(NOW.timestamp()) - 60
    entry["time"] = fresh
    if platform == "facebook":
        value["created_time"] = fresh
    assert [one.outcome for one in decisions(platform, json.dumps(document).encode())] == [Outcome.ACKNOWLEDGE]
