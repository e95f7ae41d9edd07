"""The shipped policies pass their own ``check``: format, lint, tests, and some test fails for whatever is dropped or loosened."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.problem import Severity
from chalicelib.policy.files.layout import laid_out
from chalicelib.policy.files.loader import Pack, load_pack
from chalicelib.policy.phrases.index import Index, compile_index, scan
from chalicelib.policy.proving import check
from chalicelib.policy.proving.lint import lint
from chalicelib.policy.text.reading import read
from tests.pack.spoken import spoken

ROOT = Path(__file__).parents[2] / "policies"
FILES = {
    path.relative_to(ROOT).as_posix(): path.read_text()
    for path in sorted(ROOT.rglob("*"))
    if path.suffix in (".yaml", ".txt") and "voices" not in path.parts
}
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def pack() -> Pack:
    found = load_pack(FILES)
    assert isinstance(found, Pack), "\n".join(map(str, found))
    return found


@pytest.fixture(scope="module")
def expected(pack: Pack) -> check.Expected:
    return check.expected(FILES, pack)


def test_every_file_is_in_the_one_format() -> None:
    assert [path for path, text in FILES.items() if laid_out(path, text) != text] == []


def test_no_lint_objects_and_every_test_is_met(pack: Pack, expected: check.Expected) -> None:
    found = [*expected.problems, *lint(FILES, pack, expected.cases, TODAY)]
    assert [str(one) for one in found if one.severity is not Severity.ADVICE] == []


def test_some_test_fails_for_whatever_is_dropped_or_loosened_choice_by_choice(pack: Pack, expected: check.Expected) -> None:
    gate = check.gate_of(pack, expected)
    assert gate is not None
    verdicts = list(gate.verdicts())
    assert [str(one) for one in check.unproved(verdicts, FILES)] == []
    assert sum(one.kind == "choice" for one in verdicts) > 15_000


def test_every_phrase_finds_itself_in_every_way_it_can_be_said(pack: Pack) -> None:
    index = Index.load(compile_index(pack.lists))
    lost = [
        f"{source}: {phrase} ({text})"
        for source, phrases in pack.lists.items()
        for phrase in phrases
        for text in spoken(phrase)
        if (source, phrase) not in {(hit.source, hit.phrase) for hit in scan(index, read(text))}
    ]
    assert lost == []
