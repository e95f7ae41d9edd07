"""Every scenario and its flip through the real steps; hard and soft as the README beside them says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.acceptance import drafts
from tests.acceptance import scenario as scenarios
from tests.acceptance.conftest import SOFT
from tests.acceptance.play import Played, play
from tests.acceptance.prose import LATER, check_of
from tests.acceptance.scenario import OUTBOUND, Scenario
from tests.acceptance.stage import Outside

ALL = scenarios.load()
INBOUND = tuple(one for one in ALL if one.said["kind"] != OUTBOUND)
DRAFTS = tuple(one for one in ALL if one.said["kind"] == OUTBOUND)
PROSE = tuple((one, kind, line) for one in ALL for kind in ("must", "must_not") for line in one.expects.get(kind, ()))
MOST_HELD_BACK = 0.20
"""Of the mentions that deserve an acknowledgement, the share that may go to a person."""


Note = Callable[[str, object], None]
"""pytest's ``record_property``: conftest shows at the end what was noted, also where several processes ran."""


class Theatre:
    """Plays each scenario once in a session."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._played: dict[str, Played] = {}

    def play(self, scenario: Scenario) -> Played:
        """What became of it."""
        if scenario.name not in self._played:
            self._played[scenario.name] = play(scenario, self._outside)
        return self._played[scenario.name]

    def close(self) -> None:
        """Let go of every stage."""
        for played in self._played.values():
            played.stage.close()


@pytest.fixture(scope="module")
def theatre(outside: Outside) -> Iterator[Theatre]:
    """One theatre for the module."""
    found = Theatre(outside)
    yield found
    found.close()


@pytest.mark.parametrize("scenario", INBOUND, ids=lambda one: one.name)
def test_a_scenario_ends_as_it_should(scenario: Scenario, theatre: Theatre, record_property: Note) -> None:
    played, expects = theatre.play(scenario), scenario.expects
    assert expects["decision"] == "ack" or played.outcome != "ack", (
        f"acknowledged by {played.decision.get('rule')}: {played.text}"
    )
    assert len(played.replies) <= 1, "a second post"
    assert [hit for pattern in expects.get("ack_must_not_match", ()) for hit in re.findall(pattern, played.text)] == []
    if expects["case_opened"]:
        assert played.has_case, "no person will ever see it"
    held_back, otherwise = _held_back(played), _otherwise(played)
    for one in otherwise + held_back:
        record_property(SOFT, f"{scenario.name}: {one}")
    assert not scenario.hard or otherwise == []


def _held_back(played: Played) -> list[str]:
    """A person where an acknowledgement was expected is soft, whatever ``fail_mode`` says."""
    held = (played.scenario.expects["decision"], played.outcome) == ("ack", "human")
    return [f"over-blocked by {played.decision.get('rule')}"] if held else []


def _otherwise(played: Played) -> list[str]:
    """Every other checked field. What an over-blocked mention would have had is nobody's matter."""
    expects = played.scenario.expects
    if played.outcome != expects["decision"]:
        return [] if _held_back(played) else [f"expected {expects['decision']}, got {played.outcome}"]
    wrong = []
    if bool(played.replies) != expects["public_auto_reply"]:
        wrong.append(f"public reply: {bool(played.replies)}")
    if not expects["case_opened"] and played.has_case:
        wrong.append("a case that nobody needs")
    if expects["case_opened"] == "existing" and (played.case_before is None or played.case is None):
        wrong.append("no case existed")
    if expects.get("priority") and expects["priority"] != f"P{played.decision.get('priority')}":
        wrong.append(
            f"priority {expects['priority']} expected, P{played.decision.get('priority')} by {played.decision.get('rule')}"
        )
    return wrong


@pytest.mark.parametrize(("scenario", "kind", "line"), PROSE, ids=[f"{one.name}-{kind}-{line}" for one, kind, line in PROSE])
def test_a_prose_line_holds(scenario: Scenario, kind: str, line: str, theatre: Theatre, record_property: Note) -> None:
    if line in drafts.LINES:
        assert drafts.LINES[line](scenario)
        return
    if line in LATER:
        pytest.skip(LATER[line])
    check = check_of(kind, line)
    if check is None:
        record_property(SOFT, f"{scenario.name}: unchecked: {kind}: {line}")
        assert not scenarios.is_ours(), f'no check for "{line}": add a row to prose.py'
        return
    played = theatre.play(scenario)
    if scenario.expects["decision"] == "ack" and played.outcome == "human":
        record_property(SOFT, f"{scenario.name}: over-blocked, so nothing to say about: {line}")
    else:
        assert check(played), played.text or played.decision


@pytest.mark.parametrize("scenario", DRAFTS, ids=lambda one: one.name)
def test_a_draft_is_held_for_an_edit(scenario: Scenario) -> None:
    assert scenario.expects["decision"] == "hold_for_edit"
    assert drafts.asked_for_a_sentence(scenario)


def test_at_most_so_many_are_held_back(theatre: Theatre, record_property: Note) -> None:
    wanted = [one for one in INBOUND if one.expects["decision"] == "ack"]
    held = [one.name for one in wanted if theatre.play(one).outcome != "ack"]
    record_property(SOFT, f"over-block rate: {len(held) / max(1, len(wanted)):.0%} ({len(held)} of {len(wanted)})")
    assert len(held) <= MOST_HELD_BACK * len(wanted), held
