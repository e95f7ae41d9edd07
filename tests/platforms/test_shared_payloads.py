"""Payloads that platforms really sent or publish, where they lie beside the checkout: read without a crash, no false summons."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.domain.fact import Known, Unknown
from chalicelib.domain.notice import Deletion, Form, Mention, Misread, OwnPost
from chalicelib.domain.webhook import Unreadable
from chalicelib.platforms import relay, x
from tests.platforms.webhook_kit import read_bytes

SHARED = Path(__file__).resolve().parents[3] / "shared/data/platforms/payloads"
SUMMONED = {"xaa_post.mention.create.json", "aaa_mention_recorded_2020.json"}
PLATFORMS = {"x": x.PLATFORM, "relay": relay.PLATFORM}

if not SHARED.exists():
    pytest.skip("the recorded payloads are not beside this checkout (../shared)", allow_module_level=True)


@pytest.mark.parametrize("platform", ["x", "relay"])
@pytest.mark.parametrize("file", sorted(SHARED.glob("*/*.json")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_payload_gives_a_value_and_only_mentions_are_summons(platform: str, file: Path) -> None:
    found = read_bytes(PLATFORMS[platform], file.read_bytes())
    summoned = isinstance(found, tuple) and any(isinstance(one, Mention) and one.summoned == Known(True) for one in found)
    assert summoned == (platform == "x" and file.parent.name == "x" and file.name in SUMMONED)
    if platform == "relay" or file.parent.name != "x":
        assert isinstance(found, Unreadable)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("post.create", OwnPost), ("post.delete", Deletion), ("post.mention.create", Mention), ("post.reply.create", Mention),
     ("post.quote.create", Mention), ("post.repost.create", Mention), ("dm.received", None), ("oauth.revoke", None)],
)  # fmt: skip
def test_the_documented_kinds_are_what_they_are(name: str, kind: type | None) -> None:
    found = read_bytes(x.PLATFORM, (SHARED / f"x/xaa_{name}.json").read_bytes())
    assert isinstance(found, tuple)
    assert not any(isinstance(one, Misread) for one in found)
    assert [type(one) for one in found] == ([kind] if kind else [])


def test_the_documented_mention_is_by_a_robot_in_no_language() -> None:
    found = read_bytes(x.PLATFORM, (SHARED / "x/xaa_post.mention.create.json").read_bytes())
    assert isinstance(found, tuple)
    (mention,) = found
    assert isinstance(mention, Mention)
    assert (mention.author.bot, mention.author.followers, mention.language) == (Known(True), Known(97), Unknown("undetermined"))
    assert mention.form is Form.POST
