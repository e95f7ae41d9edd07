"""A diff is never optimistic: what it calls TIGHTENS or EQUIVALENT turns no person into an acknowledgement.

The search of the generator at full length: ``ACKGUARD_EDITS=500 python -m pytest tests/policy/diff/test_diff.py``.
"""

from __future__ import annotations

import copy
import json
import os
import random

import pytest
import rfc8785

from chalicelib.policy.diff.change import Direction
from chalicelib.policy.diff.diff import diff
from chalicelib.policy.files.compile import compile_bundle
from tests.policy.diff import edits
from tests.policy.diff.edits import LOOSENING, PACK, TIGHTENING, UNSURE, bundle_from, edited, files_of, flip

EDITS = int(os.environ.get("ACKGUARD_EDITS", "10"))
FOUND_IN = 2_000
HARMLESS = 60
BEFORE = bundle_from(PACK)


def document(pack: edits.Pack, engines: tuple[str, ...] = ("e1",)) -> bytes:
    made = compile_bundle(files_of(pack), {"plain.en": {"words": 1}}, engines)
    assert isinstance(made, bytes), "\n".join(map(str, made))
    return made


WRITTEN = document(PACK)


def test_the_generator_finds_the_flip_of_nearly_every_loosening_edit(capsys: pytest.CaptureFixture[str]) -> None:
    missed = []
    for seed in range(EDITS):
        chance = random.Random(seed)
        pack, told = edited(PACK, LOOSENING, chance)
        assert not diff(WRITTEN, document(pack)).direction.alone, told
        if flip(BEFORE, bundle_from(pack), chance, FOUND_IN) is None:
            missed.append(told)
    with capsys.disabled():
        print(f"\n{EDITS - len(missed)} of {EDITS} loosening edits shown by a flip ({100 * (EDITS - len(missed)) / EDITS:.1f} %)")
    assert len(missed) <= EDITS * 0.05, missed


def test_what_is_called_tightening_turns_no_person_into_an_acknowledgement() -> None:
    called = 0
    for seed in range(EDITS):
        chance = random.Random(10_000 + seed)
        every = TIGHTENING * 3 + UNSURE + LOOSENING[:4]
        old, _ = edited(PACK, UNSURE, chance, chance.randrange(2))
        new, told = edited(old, every, chance, chance.randrange(1, 4))
        if diff(document(old), document(new)).direction.alone:
            called += 1
            assert flip(bundle_from(old), bundle_from(new), chance, HARMLESS) is None, told
    assert called >= EDITS // 5, "the search looked at hardly any change that is called tightening"


@pytest.mark.parametrize("edit", TIGHTENING, ids=lambda edit: edit.__name__)
def test_a_tightening_edit_is_called_so(edit: edits.Edit) -> None:
    pack, told = edited(PACK, (edit,), random.Random(1))
    found = diff(WRITTEN, document(pack))
    assert found.direction is Direction.TIGHTENS, (told, found.changes)


@pytest.mark.parametrize("edit", LOOSENING, ids=lambda edit: edit.__name__)
def test_a_loosening_edit_is_never_called_anything_that_one_person_may_ship(edit: edits.Edit) -> None:
    pack, told = edited(PACK, (edit,), random.Random(1))
    assert diff(WRITTEN, document(pack)).direction is Direction.LOOSENS, told


def test_the_same_policy_is_equivalent() -> None:
    assert diff(WRITTEN, document(copy.deepcopy(PACK))).changes == ()


def test_both_ways_at_once_is_mixed() -> None:
    pack, _ = edited(PACK, (edits.add_human_phrase,), random.Random(1))
    pack, _ = edited(pack, (edits.drop_human_rule,), random.Random(2))
    assert diff(WRITTEN, document(pack)).direction is Direction.MIXED


def test_a_renamed_or_split_rule_for_people_is_equivalent_and_said() -> None:
    pack = copy.deepcopy(PACK)
    pack["human"]["angry-words"] = {"when": {"text_has": ["anger"]}}
    pack["human"]["angry"]["any_of"].pop(0)
    found = diff(WRITTEN, document(pack))
    assert found.direction is Direction.EQUIVALENT
    assert {change.place for change in found.changes} == {"baseline/angry", "baseline/angry-words"}


def test_a_rule_that_caught_more_than_those_that_stay_is_missed_by_nobody() -> None:
    pack = copy.deepcopy(PACK)
    pack["human"]["press"].pop("silence")
    assert diff(WRITTEN, document(pack)).direction is Direction.LOOSENS


def test_a_narrower_rule_before_another_that_acknowledges_is_mixed() -> None:
    """What the first no longer takes the second may: it has a limit of its own to spend."""
    two = copy.deepcopy(PACK)
    two["acknowledge"]["zz"] = copy.deepcopy(PACK["acknowledge"]["ordinary"])
    for change in ({"review_by": "2026-12-31"}, {"when": {**two["acknowledge"]["ordinary"]["when"], "words_over": "5"}}):
        less = copy.deepcopy(two)
        less["acknowledge"]["ordinary"].update(change)
        assert diff(document(two), document(less)).direction is Direction.MIXED
    gone = copy.deepcopy(two)
    del gone["acknowledge"]["ordinary"]
    assert diff(document(two), document(gone)).direction is Direction.MIXED
    last = copy.deepcopy(two)
    del last["acknowledge"]["zz"]
    assert diff(document(two), document(last)).direction is Direction.TIGHTENS


def test_a_topic_phrase_that_goes_is_mixed_because_a_pause_of_the_topic_no_longer_holds_it() -> None:
    pack = copy.deepcopy(PACK)
    pack["topics"]["signal"].remove("reception")
    before, after = BEFORE, bundle_from(pack)
    said = ("The reception and the router are gone, please help me with it", edits.ORDINARY_NOW, {"paused": ("topic:signal",)})
    assert (edits.outcome(before, *said).value, edits.outcome(after, *said).value) == ("human", "acknowledge")
    assert diff(WRITTEN, document(pack)).direction is Direction.MIXED


def _with_last(has: list[str], topics: list[str]) -> edits.Pack:
    pack = copy.deepcopy(PACK)
    pack["last"] = {"general": has}
    pack["acknowledge"]["zz-last"] = copy.deepcopy(PACK["acknowledge"]["ordinary"])
    pack["acknowledge"]["zz-last"]["when"]["topic"] = topics
    return pack


def test_a_last_resort_that_names_what_a_topic_names_is_not_the_same_as_the_topic() -> None:
    """Beside the topic it is silent, so a rule for the topic earns what the rule for the last resort never did."""
    before = _with_last(["router thing"], ["general"])
    before["acknowledge"]["ordinary"]["when"]["topic"] = ["billing"]
    after = copy.deepcopy(before)
    after["topics"]["router"] = before["topics"]["router"] = ["router thing"]
    after["acknowledge"]["zz-last"]["when"]["topic"] = ["router"]
    said = ("The router thing is gone, please help me with it", edits.ORDINARY_NOW, {})
    assert [edits.outcome(bundle_from(pack), *said).value for pack in (before, after)] == ["human", "acknowledge"]
    assert diff(document(before), document(after)).direction in (Direction.LOOSENS, Direction.MIXED)


def test_a_topic_that_becomes_a_last_resort_or_is_one_no_longer_is_mixed() -> None:
    ordinary = _with_last(["oddment"], ["general"])
    ordinary["topics"]["general"] = ordinary.pop("last")["general"]
    for pair in ((ordinary, _with_last(["oddment"], ["general"])), (_with_last(["oddment"], ["general"]), ordinary)):
        assert diff(*(document(pack) for pack in pair)).direction is Direction.MIXED


def test_a_topic_phrase_that_goes_beside_a_last_resort_is_mixed() -> None:
    """What no longer names the topic may be earned by the last resort."""
    before = _with_last(["reception"], ["general"])
    before["acknowledge"]["ordinary"]["when"]["topic"] = ["billing"]
    after = copy.deepcopy(before)
    after["topics"]["signal"].remove("reception")
    said = ("The reception is gone, please help me with it", edits.ORDINARY_NOW, {})
    assert [edits.outcome(bundle_from(pack), *said).value for pack in (before, after)] == ["human", "acknowledge"]
    assert diff(document(before), document(after)).direction is Direction.MIXED


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("hours", []), ("holidays", []), ("teams", {}), ("voice", "other"), ("own_names", ["TelLine", "Line"]), ("zone", "UTC"),
        ("languages", ["de"]), ("sla_minutes", [1, 1, 1, 1, 1]), ("name", "T"), ("surge_departments", []), ("a-new-field", 1),
    ],
)  # fmt: skip
def test_what_nobody_can_prove_of_a_brand_is_mixed(place: str, value: object) -> None:
    written = json.loads(WRITTEN)
    written["brands"]["telline"]["brand"][place] = value
    found = diff(WRITTEN, rfc8785.dumps(written))
    assert found.direction is Direction.MIXED
    assert any(change.place == f"telline/{place}" for change in found.changes)


@pytest.mark.parametrize("where", ["rule", "bundle", "voice", "brand"])
def test_what_this_comparison_does_not_know_is_mixed(where: str) -> None:
    written = json.loads(WRITTEN)
    if where == "rule":
        written["rules"]["baseline"][0]["mood"] = "good"
    elif where == "bundle":
        written["models"] = {"recogniser": "sha256:" + "1" * 64}
    elif where == "voice":
        written["voices"]["plain.en"] = {"words": 2}
    else:
        written["brands"]["telline"]["tone"] = "warm"
    assert diff(WRITTEN, rfc8785.dumps(written)).direction is Direction.MIXED


def test_accounts_dates_and_permissions_point_the_way_they_do() -> None:
    def changed(**brand: object) -> Direction:
        pack = copy.deepcopy(PACK)
        pack["brand"] |= brand
        return diff(WRITTEN, document(pack)).direction

    account = {"platform": "x", "id": "1003", "handle": "TelLine"}
    another = {"platform": "x", "id": "1009", "handle": "TelLineIE"}
    assert changed(accounts=[account, another]) is Direction.MIXED
    assert changed(surge_over="5") is Direction.TIGHTENS
    assert changed(surge_over="50") is Direction.LOOSENS
    linked = {"platform": "linkedin", "id": "urn:li:organization:7", "handle": "TelLine"}
    pack = copy.deepcopy(PACK)
    pack["brand"]["accounts"] = [account, linked]
    attested = copy.deepcopy(pack)
    attested["brand"]["accounts"][1] = {**linked, "attested": "LinkedIn, letter of 2026-10-01"}
    assert diff(document(pack), document(attested)).direction is Direction.LOOSENS
    assert diff(document(attested), document(pack)).direction is Direction.TIGHTENS


def test_a_less_urgent_or_another_department_needs_a_second_person_and_a_more_urgent_one_does_not() -> None:
    def changed(**rule: str) -> Direction:
        pack = copy.deepcopy(PACK)
        pack["human"]["legal"] |= rule
        return diff(WRITTEN, document(pack)).direction

    assert changed(priority="P1") is Direction.EQUIVALENT
    assert changed(priority="P4") is Direction.LOOSENS
    assert changed(department="shop") is Direction.MIXED


def test_an_engine_stands_beside_the_direction() -> None:
    found = diff(WRITTEN, document(PACK, ("e1", "e2")))
    assert (found.direction, found.engines) == (Direction.EQUIVALENT, ("e2",))
    assert diff(document(PACK, ("e1", "e2")), WRITTEN).direction is Direction.TIGHTENS


def test_it_says_in_words_which_phrases_and_numbers_changed() -> None:
    pack = copy.deepcopy(PACK)
    pack["lists"]["legal"].remove("court")
    pack["human"]["large-audience"]["when"] = {"author_followers_over": "20000"}
    said = {change.place: change.says for change in diff(WRITTEN, document(pack)).changes}
    assert said["baseline/legal"] == "list legal: no longer “court”; less goes to people"
    assert "now asks “author_followers_over: 20000”" in said["baseline/large-audience"]


@pytest.mark.parametrize("rubbish", [b"", b"[]", b"{}", b'{"format": 9}', b"\xff", b'{"format": 1, "index": 1}'])
def test_what_is_no_bundle_is_refused(rubbish: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        diff(WRITTEN, rubbish)


def test_requests_in_words_that_count_again_loosen() -> None:
    asks_only, _ = edited(PACK, (edits.only_questions,), random.Random(1))
    assert diff(document(asks_only), WRITTEN).direction is Direction.LOOSENS
