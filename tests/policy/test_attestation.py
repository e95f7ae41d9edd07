"""Where a platform leaves answers to people, only a written permission lets the machine speak."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.domain.account import NEEDS_ATTESTATION
from chalicelib.domain.decision import Outcome
from chalicelib.domain.limits import Limits
from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.deciding.decide import decide
from chalicelib.policy.files.ordinary import ordinary_facts, ordinary_mention
from chalicelib.policy.proving.testing import rehearse
from chalicelib.registry import members
from tests.pack import files

QUESTION = "@NorthwindHelp how do i activate my new card?"
LINE = "  - {platform: x, id: 1001, handle: '@NorthwindHelp'}"


def bundle(attested: str) -> Bundle:
    tree = files()
    permission = f', attested: "{attested}"' if attested else ""
    account = f'  - {{platform: linkedin, id: "77", handle: northwind{permission}}}'
    tree["northwind-bank/brand.yaml"] = tree["northwind-bank/brand.yaml"].replace(LINE, f"{LINE}\n{account}")
    found = rehearse(tree)
    assert isinstance(found, Bundle), "\n".join(map(str, found))
    return found


@pytest.mark.parametrize(
    ("platform", "account", "attested", "outcome"),
    [
        ("x", "1001", "", Outcome.ACKNOWLEDGE),
        ("linkedin", "77", "", Outcome.HUMAN),
        ("linkedin", "77", "LinkedIn partner desk, letter of 2026-10-01 in the legal archive", Outcome.ACKNOWLEDGE),
    ],
)
def test_linkedin_is_for_people_unless_a_permission_is_attested(
    platform: str, account: str, attested: str, outcome: Outcome
) -> None:
    facts = ordinary_facts(ordinary_mention("1", QUESTION, platform=platform, account=account))
    decision = decide(facts, bundle(attested), Limits())
    assert decision.outcome is outcome
    assert ("not-attested" in decision.because) == (platform == "linkedin" and not attested)


def test_the_law_names_exactly_the_platforms_whose_files_say_so() -> None:
    found = members("chalicelib.platforms", "PLATFORM").items()
    assert {name for name, one in found if getattr(one, "needs_attestation", False)} == NEEDS_ATTESTATION


def test_the_line_in_the_brand_file_is_documented() -> None:
    assert "attested:" in (Path(__file__).parents[2] / "docs/platforms.md").read_text(encoding="utf-8")
