from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.voice.compose import upcoming
from chalicelib.voice.revision import broken, new_edition
from chalicelib.voice.voice import Voice, load

APPROVED = {"by": "Ada", "on": "2026-12-01"}


def changed(document: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> Voice:
    change(document)
    return load(document)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: None,
        lambda d: d["parts"]["where"].update({"2": {"text": d["parts"]["where"]["2"], "retired": "yes"}}),
        lambda d: d["parts"]["seen"].update({"0": {"text": d["parts"]["seen"]["0"], "topics": {"card": "{topic} it is, then"}}}),
        lambda d: d["parts"]["when"]["0"].update({"without": "no time is known so far"}),
        lambda d: d["frames"].pop(),
    ],
)
def test_an_edition_allows(change: Callable[[dict[str, Any]], object], document: dict[str, Any], plain: Voice) -> None:
    assert broken(plain, changed(document, change)) == ()


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["parts"]["where"].update({"2": "we go on right here"}), "parts.where.2"),
        (lambda d: d["parts"]["where"].pop("2"), "parts.where"),
        (lambda d: d.update(edition="0"), "edition"),
        (lambda d: d.update(p="11"), "p"),
    ],
)
def test_an_edition_refuses(
    change: Callable[[dict[str, Any]], object], place: str, document: dict[str, Any], plain: Voice
) -> None:
    assert [flaw.place for flaw in broken(plain, changed(document, change))] == [place]


def test_a_text_never_moves_to_another_number(document: dict[str, Any], plain: Voice) -> None:
    parts = document["parts"]["where"]
    parts["2"], parts["3"] = parts["3"], parts["2"]
    places = [flaw.place for flaw in broken(plain, load(document))]
    assert places.count("parts.where.2") == places.count("parts.where.3") == 2


def test_a_wording_that_is_added_says_who_approved_it(document: dict[str, Any]) -> None:
    added = document["parts"]["where"].pop("2")
    before = load(document)
    document["parts"]["where"]["2"] = added
    assert [flaw.place for flaw in broken(before, load(document))] == ["parts.where.2"]
    document["parts"]["where"]["2"] = {"text": added, "approved": APPROVED}
    after = load(document)
    assert broken(before, after) == ()
    assert after.parts["where"][2].approved is not None


def test_a_new_edition_may_change_everything_and_still_locks_what_was_said(document: dict[str, Any], plain: Voice) -> None:
    document["edition"], document["p"] = "2", "11"
    after = load(document)
    assert broken(plain, after) == ()
    assert new_edition(plain, after)
    assert not new_edition(plain, plain)
    said_before, said_after = ({lock for _, lock in upcoming(voice, 0, voice.size)} for voice in (plain, after))
    assert said_before & said_after
