"""Every fault that ops can write, and exactly what they are told. ``golden/<name>.txt`` holds the words."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.policy.files.loader import Pack, load_pack
from tests.policy.small import BASELINE, BRAND, FILES, POLICY, TOPICS

GOLDEN = Path(__file__).parent / "golden"


def policy(rules: str) -> Mapping[str, str]:
    return {**FILES, "telline/policy.yaml": POLICY + rules}


def human(body: str) -> Mapping[str, str]:
    return policy(f"human:\n  mine: {body}\n")


def acknowledge(body: str) -> Mapping[str, str]:
    return policy(f"  mine: {body}\n")


def baseline(text: str) -> Mapping[str, str]:
    return {**FILES, "baseline/policy.yaml": text}


def brand(old: str, new: str) -> Mapping[str, str]:
    assert old in BRAND
    return {**FILES, "telline/brand.yaml": BRAND.replace(old, new)}


CASES: dict[str, Mapping[str, str]] = {
    "key-twice": human("{why: One., why: Two., when: {text_has: [legal]}}"),
    "anchor": human("{why: &a One., when: {text_has: [legal]}}"),
    "reference": human("{why: One., when: {text_has: *legal}}"),
    "tag": human("{why: !!str One., when: {text_has: [legal]}}"),
    "merge-key": human("{<<: {why: One.}, why: Two., when: {text_has: [legal]}}"),
    "second-document": policy("---\nhuman: {}\n"),
    "tab": policy("human:\n\tmine: {}\n"),
    "invisible": human("{why: One\u200b., when: {text_has: [legal]}}"),
    "direction": human("{why: One\u202e., when: {text_has: [legal]}}"),
    "too-large": {**FILES, "baseline/policy.yaml": BASELINE + "# " + "x" * 300_000},
    "too-deep": policy("human: " + "[" * 30 + "]" * 30 + "\n"),
    "broken-yaml": policy("human: {mine: {why: One.\n"),
    "empty-file": baseline(""),
    "unknown-check": human("{why: One., when: {text_hass: [legal]}}"),
    "unknown-list": human("{why: One., when: {text_has: [leagl]}}"),
    "unknown-topic": acknowledge(
        "{why: One., when: {topic: [signals], ordinary_over: 9%}, limit: {per_hour: 1}, review_by: 2027-01-01}"
    ),
    "unknown-key": human("{why: One., when: {text_has: [legal]}, departmnt: legal}"),
    "unknown-language": human("{why: One., when: {language_not: [english]}}"),
    "no-why": human("{when: {text_has: [legal]}}"),
    "why-is-the-name": human("{why: Mine., when: {text_has: [legal]}}"),
    "no-condition": human("{why: One.}"),
    "empty-condition": human("{why: One., when: {}}"),
    "empty-any-of": human("{why: One., any_of: []}"),
    "when-and-any-of": human("{why: One., when: {text_has: [legal]}, any_of: [{words_under: 3}]}"),
    "human-expires": human("{why: One., when: {text_has: [legal]}, review_by: 2027-01-01}"),
    "human-limit": human("{why: One., when: {text_has: [legal]}, limit: {per_hour: 3}}"),
    "skip-not-allowed": human("{why: One., when: {text_has: [legal]}, if_not_offered: skip}"),
    "priority": human("{why: One., when: {text_has: [legal]}, priority: urgent}"),
    "number": human("{why: One., when: {words_under: few}}"),
    "time-span": human("{why: One., when: {account_age_under: 30}}"),
    "yes-or-no": human("{why: One., when: {has_media: maybe}}"),
    "acknowledge-unearned": acknowledge("{why: One., when: {words_under: 9}, limit: {per_hour: 1}, review_by: 2027-01-01}"),
    "acknowledge-unheard": acknowledge(
        "{why: One., any_of: [{topic: any, ordinary_over: 9%}, {topic: any}], limit: {per_hour: 1}, review_by: 2027-01-01}"
    ),
    "acknowledge-without-limit": acknowledge("{why: One., when: {topic: any, ordinary_over: 9%}}"),
    "acknowledge-date": acknowledge("{why: One., when: {topic: any, ordinary_over: 9%}, limit: {per_hour: 1}, review_by: soon}"),
    "acknowledge-skips": acknowledge(
        "{why: One., when: {topic: any, ordinary_over: 9%}, limit: {per_hour: 1}, review_by: 2027-01-01, if_not_offered: skip}"
    ),
    "baseline-acknowledges": baseline(BASELINE + "acknowledge: {}\n"),
    "rule-of-the-baseline-again": policy("human:\n  legal: {why: One., when: {text_has: [legal]}}\n"),
    "rule-that-is-law": policy("human:\n  stale: {why: One., when: {text_has: [legal]}}\n"),
    "rule-name": policy("human:\n  My_Rule: {why: One., when: {text_has: [legal]}}\n"),
    "list-as-yaml-list": baseline("lists:\n  bad: [one, two]\nhuman: {}\n"),
    "bad-phrase-inline": baseline("lists:\n  bad: |\n    good\n    (not closed\nhuman: {}\n"),
    "bad-phrases-in-a-file": {**FILES, "baseline/lists/slurs.txt": "zorgle*\nvirgin\n... x   // note\nla*er\n"},
    "empty-list": {**FILES, "baseline/lists/slurs.txt": "// nothing\n"},
    "file-nobody-reads": {**FILES, "telline/polcy.yaml": ""},
    "brand-missing": {path: text for path, text in FILES.items() if path != "telline/brand.yaml"},
    "brand-key": brand("voice: plain", "voise: plain"),
    "brand-zone": brand("Europe/London", "Europe/Londn"),
    "brand-hours": brand("[mon-sun 08:00-22:00]", "[weekdays 8-22]"),
    "brand-industry": brand("[telecom]", "[telecoms]"),
    "brand-folder": brand("id: telline", "id: tellime"),
    "brand-account": brand("handle: TelLine}", "name: TelLine}"),
    "brand-date": brand("[2026-12-25]", "[Christmas]"),
    "account-of-two-brands": {
        **FILES,
        "other/brand.yaml": BRAND.replace("id: telline", "id: other"),
        "other/policy.yaml": "policy: other\nowner: a@b.example\n",
    },
    "last-resort-no": {**FILES, "baseline/topics/telecom.yaml": TOPICS + "    last_resort: no\n"},
    "topic-without-department": {**FILES, "baseline/topics/telecom.yaml": TOPICS + "  router:\n    has: |\n      router\n"},
    "many-at-once": {
        **policy(
            "human:\n  one: {why: First., when: {text_hass: [legal]}}\n"
            "  two: {why: Second., when: {text_has: [leagl]}, limit: x}\n"
        ),
        "telline/brand.yaml": BRAND.replace("languages", "langages"),
        "baseline/lists/slurs.txt": "(a\n",
    },
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_fault_is_told_with_its_place_and_remedy(name: str) -> None:
    found = load_pack(CASES[name])
    assert isinstance(found, tuple), "nothing is wrong?"
    told = "\n".join(map(str, found)) + "\n"
    golden = GOLDEN / f"{name}.txt"
    if not golden.exists():  # a new case: write the file, read it, commit it
        golden.write_text(told, encoding="utf-8")
        pytest.fail(f"wrote {golden.name}: read it and commit it")
    assert told == golden.read_text(encoding="utf-8")


def test_every_golden_file_belongs_to_a_case() -> None:
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CASES)


def test_yaml_never_turns_words_into_other_things() -> None:
    found = load_pack(brand("[TelLine, Virgin]", "[no, 2026-01-01, null, 1e3, on]"))
    assert isinstance(found, Pack)
    assert found.brands["telline"].own_names == ("no", "2026-01-01", "null", "1e3", "on")


def test_hours_span_midnight_and_every_day() -> None:
    found = load_pack(brand("[mon-sun 08:00-22:00]", "[fri-mon 20:00-04:00, tue 00:00-24:00]"))
    assert isinstance(found, Pack)
    spans = {(shift.weekday, shift.opens, shift.closes) for shift in found.brands["telline"].hours}
    assert spans == {(day, 1200, 1680) for day in (4, 5, 6, 0)} | {(1, 0, 1440)}


@given(st.sampled_from(sorted(FILES)), st.text(max_size=200))
def test_any_text_in_any_file_gives_problems_and_never_an_exception(path: str, text: str) -> None:
    load_pack({**FILES, path: text})


@given(
    st.sampled_from(sorted(FILES)),
    st.integers(0, 900),
    st.sampled_from(['"', "{", "[", "|", ":", "&", "*", "!", "-", "#", "\n", "%", "?"]),
)
def test_one_wrong_character_gives_problems_and_never_an_exception(path: str, place: int, character: str) -> None:
    text = FILES[path]
    load_pack({**FILES, path: text[:place] + character + text[place:]})
