"""What a rule may say about lasting silence, and when it is taken at its word."""

from __future__ import annotations

from typing import Any

from chalicelib.policy.deciding.bundle import Bundle
from chalicelib.policy.files.loader import load_pack
from tests.policy.small import BASELINE, FILES, bundle_of, decided

RULE = "  legal:\n"


def with_silence(value: str) -> dict[str, str]:
    assert RULE in BASELINE
    return {**FILES, "baseline/policy.yaml": BASELINE.replace(RULE, f"{RULE}    silence: {value}\n")}


def silences(bundle: Bundle, **given: Any) -> set[str | None]:
    return {match.silence for match in decided("My solicitor will write about my signal", bundle=bundle, **given).matched}


def test_a_rule_that_is_seen_to_hold_asks_for_its_silence() -> None:
    for value in ("thread", "person"):
        assert value in silences(bundle_of(with_silence(value)))


def test_a_rule_that_fires_only_because_nobody_knows_silences_nobody() -> None:
    assert silences(bundle_of(with_silence("person")), text="unknown") == {None}


def test_silence_is_for_a_thread_or_a_person_and_never_an_acknowledgement() -> None:
    problems = load_pack(with_silence("for ever"))
    assert isinstance(problems, tuple)
    assert "write silence: thread" in str(problems[0])
