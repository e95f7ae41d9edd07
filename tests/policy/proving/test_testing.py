from __future__ import annotations

from collections.abc import Mapping

import pytest

from chalicelib.policy.files.tests_file import read_cases
from chalicelib.policy.proving.testing import Report, run_tests
from tests.policy.small import FILES


def report(tests: str, more: Mapping[str, str] | None = None) -> Report:
    found = run_tests({**FILES, "telline/tests.yaml": tests, **(more or {})})
    assert isinstance(found, Report), "\n".join(map(str, found))
    return found


def test_expectations_that_hold_are_counted() -> None:
    found = report(
        "defaults: {followers: 120}\n"
        "tests:\n"
        '  - {say: "No signal in Hove, can you help?", expect: acknowledge, because: [ordinary], topic: signal}\n'
        '  - {say: "No signal, my lawyer says please help", expect: human, because: [legal], also_matched: [ordinary]}\n'
        '  - {say: "No signal, can you help?", expect: human, given: {followers: unknown}, because: large-audience}\n'
        '  - {say: "No signal, can you help?", expect: human, now: "2027-04-01T12:00:00Z", because: [default]}\n'
        '  - {say: "No signal, can you help?", expect: ignore, given: {author_id: "1004"}}\n'
        '  - {say: "No signal, can you help?", expect: human, account: x 77, because: [unknown-account]}\n'
    )
    assert (found.tried, [str(failure) for failure in found.failures]) == (6, [])


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ('{say: "No signal, can you help?", expect: human}', "expected human, got acknowledge by ordinary"),
        ('{say: "No signal, my lawyer", expect: human, because: [default]}', "default is not a reason"),
        ('{say: "No signal, my lawyer", expect: human, also_matched: [ordinary]}', "ordinary did not match"),
        ('{say: "No signal, my lawyer", expect: human, not_matched: [legal]}', "legal matched"),
        ('{say: "My bill, can you help?", expect: acknowledge, topic: signal}', "expected the topic signal, got billing"),
    ],
)
def test_an_expectation_that_fails_says_what_came_and_why(test: str, says: str) -> None:
    (failure,) = report(f"tests:\n  - {test}\n").failures
    assert failure.says == says
    assert str(failure).startswith("telline/tests.yaml:2: “")


@pytest.mark.parametrize(
    ("tests", "says"),
    [
        ("tests: []\n", "no tests"),
        ("tests:\n  - {say: x}\n", 'a test needs "expect"'),
        ("tests:\n  - {say: x, expect: ack}\n", '"ack" is no outcome'),
        ("tests:\n  - {say: x, expect: human, given: {follower: 3}}\n", 'no fact "follower"'),
        ("tests:\n  - {say: x, expect: human, given: {followers: many}}\n", "followers: 'many' is not understood"),
        ("tests:\n  - {say: x, expect: human, now: today}\n", "a time with a zone was expected"),
        ("tests:\n  - {say: x, expect: human, account: x}\n", "an account is a platform and an id"),
        ("tests:\n  - [x]\n", "a test is a map"),
        ("- x\n", "tests are a map"),
    ],
)
def test_a_test_that_cannot_be_read_is_a_problem_and_never_passes_over(tests: str, says: str) -> None:
    _, problems = read_cases({"telline/tests.yaml": tests})
    assert says in [problem.says for problem in problems]


def test_a_list_in_braces_stands_for_its_first_phrase_so_that_nobody_has_to_write_it() -> None:
    found = report(
        "tests:\n"
        '  - {say: "No signal, can you help?", given: {name: "the {unsaid}"}, expect: human, because: [hateful-name]}\n'
        '  - {say: "No signal {unsaid}, can you help?", expect: human, because: [default]}\n'
        '  - {say: "No signal {nobody-has-this}, can you help?", expect: acknowledge}\n',
        {"baseline/lists/slurs.txt": "virgin\nzorglify\n", "baseline/lists/unsaid.txt": "// said by nobody\nzorglify\n"},
    )
    assert [str(failure) for failure in found.failures] == []
