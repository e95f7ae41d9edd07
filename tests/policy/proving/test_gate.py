"""The mutation gate: for each rule, alternative, check, limit and phrase that is dropped or loosened, a test must fail."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.files.tests_file import read_cases
from chalicelib.policy.phrases.index import Index, compile_index
from chalicelib.policy.proving.gate import Gate
from chalicelib.policy.proving.list_tests import prove, read_sentences
from tests.policy.small import BASELINE, FILES

MORE = BASELINE + (
    "  loud:\n    why: Loud texts are looked at.\n"
    "    any_of:\n      - {exclamations_over: 3}\n      - {words_over: 5, text_has: [slurs, legal]}\n"
)
TESTS = """\
tests:
  - {say: "No signal, can you help?", expect: acknowledge, because: [ordinary]}
  - {say: "No signal, my lawyer can help?", expect: human, because: [legal]}
  - {say: "No signal, can you help?", given: {followers: "10001"}, expect: human, because: [large-audience]}
  - {say: "No signal, can you help!!!!", expect: human, because: [loud]}
"""


def survivors(files: Mapping[str, str]) -> set[str]:
    pack = load_pack(files)
    assert isinstance(pack, Pack)
    cases, _ = read_cases(files)
    sentences, _ = read_sentences(files, pack.lists)
    gate = Gate(pack, cases, prove(sentences, Index.load(compile_index(pack.lists))))
    found = list(gate.verdicts())
    assert len(found) == gate.size
    return {verdict.says for verdict in found if not verdict.killed}


def test_what_no_test_would_miss_is_found_and_nothing_else() -> None:
    files = {**FILES, "baseline/policy.yaml": MORE, "telline/tests.yaml": TESTS}
    assert {one for one in survivors(files) if one.startswith("rule")} == {
        'rule "hateful-name" dropped',
        'rule "young-account" dropped',
        'rule "young-account" with account_age_under: 41760',
        'rule "loud" without its alternative text_has and words_over',
        'rule "loud" without its check words_over',
        'rule "loud" without its check text_has',
        'rule "loud" with words_over: 6',
        "rule \"loud\" with text_has: ['slurs']",
        "rule \"loud\" with text_has: ['legal']",
        'rule "ordinary" without its check asks',
        'rule "ordinary" without its check language_is',
        'rule "ordinary" without its check text_lacks',
        'rule "ordinary" without its check topic',
        'rule "ordinary" with limit: {per_hour: 31}',
        'rule "ordinary" with ordinary_over: 59',
        'rule "ordinary" without its check ordinary_over',
        'rule "ordinary" with review_by: 2027-04-01',
    }


def test_a_phrase_is_proved_by_a_test_that_fails_without_it_or_by_a_sentence() -> None:
    files = {**FILES, "telline/tests.yaml": TESTS}
    of_legal = {f'list "baseline/legal" without “{phrase}”' for phrase in ("my (lawyer|solicitor)", "sue ... you")}
    assert of_legal <= survivors(files), "a list without any sentence is not tried"
    left = survivors({**files, "baseline/tests/legal.txt": "I do not ask a lawyer."})
    assert left & of_legal == {'list "baseline/legal" without “sue ... you”'}
    left = survivors({**files, "baseline/tests/legal.txt": "I will [sue all of you]."})
    assert left & of_legal == set()


def test_each_choice_of_a_phrase_needs_a_test_or_a_sentence_that_says_it() -> None:
    files = {**FILES, "telline/tests.yaml": TESTS}
    of_legal = [f'list "baseline/legal" without “{choice}” of “my (lawyer|solicitor)”' for choice in ("lawyer", "solicitor")]
    left = survivors({**files, "baseline/tests/legal.txt": "I will [sue all of you]."})
    assert left & set(of_legal) == {of_legal[1]}, "a case says lawyer"
    left = survivors({**files, "baseline/tests/legal.txt": "[my solicitor] will call"})
    assert left & set(of_legal) == set()


def test_a_phrase_that_is_looked_for_in_names_is_kept_for_the_cases_that_give_one() -> None:
    named = '  - {say: "No signal, can you help?", given: {handle: zorgle_9}, expect: human, because: [hateful-name]}\n'
    left = survivors({**FILES, "telline/tests.yaml": TESTS + named})
    assert 'rule "hateful-name" dropped' not in left
