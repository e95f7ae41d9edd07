"""Every rule of lint finds what its page says, and nothing in a policy that is in order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.problem import Problem, Severity
from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.files.tests_file import read_cases
from chalicelib.policy.proving.lint import LINTS, lint, pages
from tests.policy.small import BASELINE, FILES, POLICY

TODAY = date(2026, 11, 22)


def found(files: Mapping[str, str], today: date = TODAY) -> tuple[Problem, ...]:
    pack = load_pack(files)
    assert isinstance(pack, Pack), "\n".join(map(str, pack))
    return lint(files, pack, read_cases(files)[0], today)


def human(rules: str) -> Mapping[str, str]:
    return {**FILES, "telline/policy.yaml": f"{POLICY}human:\n{rules}"}


def rule(name: str, when: str, more: str = "") -> str:
    return f"  {name}:\n    why: Somebody looks at it.\n    when: {when}\n{more}"


CASES: dict[str, Mapping[str, str]] = {
    "GP107": human("    mine:\n        why: Two words.\n        when:  {text_has: [legal]}\n"),
    "GP206": {**FILES, "telline/policy.yaml": POLICY.replace("care@telline.example", "us")},
    "GP301": human(rule("english", "{language_is: [en, de]}")),
    "GP302": human(rule("again", "{text_has: [legal]}")),
    "GP303": human(rule("narrow", "{text_has: [legal], words_over: 3}")),
    "GP304": human(rule("never", "{words_over: 5, words_under: 6}")),
    "GP305": human(rule("always", "{words_under: 900}", "    priority: P0\n")),
    "GP306": {**FILES, "baseline/lists/outage.txt": "the whole town is out\n"},
    "GP401": {**FILES, "baseline/lists/slurs.txt": "zorgle*\n(it|virgin)\n"},
    "GP404": {**FILES, "baseline/lists/slurs.txt": "zorgle*\nzorgled me\nvirgin\n"},
    "GP405": {**FILES, "baseline/lists/slurs.txt": "zorgle*\nvirgin\nbill\n"},
    "GP406": {**FILES, "baseline/lists/requests.txt": "please help\nask*\n"},
    "GP507": {**FILES, "telline/policy.yaml": POLICY.replace("asks: yes, ", "")},
    "GP701": FILES,
    "GP702": FILES,
    "GP704": FILES,
    "GP705": FILES,
    "GP706": FILES,
}


@pytest.mark.parametrize("id", sorted(CASES))
def test_a_rule_of_lint_finds_what_its_page_says(id: str) -> None:
    clean = {one for one in found(FILES) if one.id == id}
    told = [one for one in found(CASES[id]) if one.id == id and (CASES[id] is FILES or one not in clean)]
    assert told
    assert all((one.severity is LINTS[id].severity and one.remedy and one.shown) or id == "GP706" for one in told)


def test_a_condition_that_no_phrase_fits_is_impossible() -> None:
    files = human(rule("never", "{text_has: [legal], words_under: 2}"))
    assert [one.says for one in found(files) if one.id == "GP304"] == []
    files = {**files, "baseline/policy.yaml": BASELINE.replace("sue ... you\n", "sue you all\n")}
    (told,) = (one for one in found({**files, "telline/policy.yaml": files["telline/policy.yaml"].replace(
        "  legal: |\n    (bailiff|bailiffs)\n", "  other: |\n    bailiff\n")}) if one.id == "GP304")  # fmt: skip
    assert told.says == "no phrase of legal fits into so few words"


@pytest.mark.parametrize(
    ("today", "ids"),
    [(date(2027, 3, 31), []), (date(2027, 4, 1), ["GP504"]), (date(2026, 10, 2), []), (date(2026, 10, 1), ["GP504"])],
)
def test_a_review_date_is_neither_over_nor_more_than_180_days_away(today: date, ids: list[str]) -> None:
    assert [one.id for one in found(FILES, today) if one.id == "GP504"] == ids


def test_a_narrower_rule_that_is_more_urgent_or_keeps_silent_adds_something() -> None:
    for more in ("    priority: P0\n", "    silence: thread\n", "    department: safety\n"):
        files = human(rule("narrow", "{text_has: [legal], words_over: 3}", more))
        assert [one for one in found(files) if one.id == "GP303"] == []


@pytest.mark.parametrize(
    ("note", "left"),
    [("// accept GP404 because it is the word of the year", 0), ("// accept GP404", 1), ("// accept GP405 because of it", 1)],
)
def test_what_is_accepted_with_a_reason_is_not_told_again(note: str, left: int) -> None:
    for text in (f"zorgle*\nzorgled me {note}\nvirgin\n", f"zorgle*\n{note}\nzorgled me\nvirgin\n"):
        told = found({**FILES, "baseline/lists/slurs.txt": text})
        assert sum(one.id == "GP404" for one in told) == left
    whole = note.replace("GP404 because", "GP404 in this file because")
    assert (
        sum(one.id == "GP404" for one in found({**FILES, "baseline/lists/slurs.txt": f"{whole}\nzorgle*\n\nzorgled me\n"}))
        == left
    )


def test_an_error_cannot_be_accepted() -> None:
    text = "zorgle*\n(it|virgin) // accept GP401 because I say so\n"
    assert LINTS["GP401"].severity is Severity.ERROR
    assert [one.id for one in found({**FILES, "baseline/lists/slurs.txt": text}) if one.id == "GP401"]


def test_every_id_of_a_problem_has_a_page_and_the_pages_are_in_the_docs() -> None:
    golden = (Path(__file__).parents[1] / "files/golden").glob("*.txt")
    used = {word.strip("()") for file in golden for word in file.read_text().split() if word.startswith("(GP")}
    assert used <= set(LINTS)
    assert (Path(__file__).parents[3] / "docs/policy-lint.md").read_text() == pages(), "run: ackguard policy lint --explain all"
