"""What ``policy check`` and ``policy lint`` look at, and what a policy tree's tests and mutants say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.domain.problem import Problem, Severity
from chalicelib.policy.files.loader import Pack
from chalicelib.policy.files.tests_file import Case, read_cases
from chalicelib.policy.phrases.index import Index, compile_index
from chalicelib.policy.proving.gate import Gate, Verdict
from chalicelib.policy.proving.list_tests import Proved, prove, read_sentences
from chalicelib.policy.proving.testing import Failure, rehearse_pack, run

_REMEDIES = {
    "phrase": "write a sentence into {home}, or drop the phrase",
    "choice": "say it in a sentence of {home}, as one of {{this|that}}, or drop the choice",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """The tests of a tree, read and run: the cases through ``decide``, the sentences through the index."""

    cases: tuple[Case, ...]
    proved: Proved
    problems: tuple[Problem, ...]


def expected(files: Mapping[str, str], pack: Pack) -> Expected:
    """Every test of ``files`` against ``pack``; one that cannot be read or is not met is a problem (GP700)."""
    cases, wrong = read_cases(files)
    sentences, misread = read_sentences(files, pack.lists)
    proved = prove(sentences, Index.load(compile_index(pack.lists)))
    bundle = rehearse_pack(pack)
    if isinstance(bundle, tuple):
        return Expected(cases, proved, bundle)
    unmet = (_unmet(failure) for case in cases if (failure := run(case, bundle)))
    return Expected(cases, proved, (*wrong, *misread, *proved.problems, *unmet))


def _unmet(failure: Failure) -> Problem:
    place = failure.case.place
    return place.problem(failure.says, "mend the rule, or the test; ackguard policy test says what matched", "GP700")


def gate_of(pack: Pack, found: Expected, only: Collection[str] = ()) -> Gate | None:
    """The mutation gate (of these folders only); None while a test is not met, because a broken test cannot judge."""
    return None if found.problems else Gate(pack, found.cases, found.proved, only)


def unproved(verdicts: Iterable[Verdict], files: Mapping[str, str]) -> Iterator[Problem]:
    """GP703 for each mutant that no test noticed; GP709, once, for a list that has no sentences at all yet."""
    bare: Counter[str] = Counter()
    for verdict in verdicts:
        home = sentences_of(verdict.source) if verdict.source else ""
        if verdict.killed:
            continue
        if home and home not in files and hidden(home) not in files:
            bare[home] += verdict.kind == "phrase"
            continue
        remedy = _REMEDIES.get(verdict.kind, "write a test that fails then, or drop it").format(home=home)
        yield verdict.place.problem(f"no test would notice {verdict.says}", remedy, "GP703")
    for home, count in sorted(bare.items()):
        says = f"{count} phrases whose loss no sentence would notice"
        remedy = "write sentences, one a line, [what must be found] in brackets"
        yield Problem(home, 1, 1, says, remedy, "", "GP709", Severity.ADVICE)


def hidden(home: str) -> str:
    """Where sentences stand that nobody should have to read (``list_tests``)."""
    return f"{home.removesuffix('.txt')}.rot13.txt"


def sentences_of(source: str) -> str:
    """Where the sentences of a list stand: ``baseline/tests/legal.txt`` of ``baseline/legal``; topics by industry."""
    folder, _, name = source.partition("/")
    return f"baseline/tests/topics/{name.split('/')[0]}.txt" if folder == "topics" else f"{folder}/tests/{name}.txt"
