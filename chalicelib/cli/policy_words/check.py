"""``ackguard policy check``: format, lint, tests, mutation gate and coverage, in one go."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.policy_words import lint
from chalicelib.domain.problem import Problem, Severity

if TYPE_CHECKING:
    from chalicelib.policy.proving.gate import Verdict

DESCRIPTION = """\
Everything that must hold before a policy ships: it can be read, is in the one format, no lint objects, every test is met,
and for each rule, alternative, check, threshold and phrase that is dropped or loosened some test fails.

examples:
  ackguard policy check
  ackguard policy check telline              one brand, and the baseline that it stands on
  ackguard policy check --today 2027-03-01   will the review dates still hold?

exit codes: 0 nothing to mend (advice may stand) · 1 something to mend
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "check", help="everything before it ships", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    tree.add_asked(parser)
    tree.add_today(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check; 0 where nothing has to be mended."""
    folder, brand = tree.asked(arguments)
    files = dict(tree.files_of(folder))
    problems = list(lint.found(files, arguments.today))
    tests, verdicts, proved = _proved(files, () if brand is None else (brand, tree.BASELINE))
    shown = tree.concerning(sorted({*problems, *proved}), brand)
    if arguments.json:
        print(tree.problems_json(shown))
        return tree.verdict(shown)
    tree.show_problems(one for one in shown if one.severity is not Severity.ADVICE or one.id == "GP709")
    _table(verdicts)
    told = ", ".join(f"{sum(one.severity is level for one in shown)} {level.name.lower()}" for level in Severity)
    screen.console().print(f"{tests} tests and sentences; {told}", style="bold")
    return tree.verdict(shown)


def _proved(files: Mapping[str, str], only: Collection[str]) -> tuple[int, Sequence[Verdict], Sequence[Problem]]:
    """How many tests there are, every mutant's end, and the problems of both."""
    from chalicelib.policy.files.loader import load_pack  # noqa: PLC0415
    from chalicelib.policy.proving import check  # noqa: PLC0415 - reading YAML waits until it is asked for

    pack = load_pack(files)
    if isinstance(pack, tuple):
        return 0, (), ()
    expected = check.expected(files, pack)
    gate = check.gate_of(pack, expected, only)
    tests = len(expected.cases) + expected.proved.tried
    if gate is None:
        return tests, (), expected.problems
    verdicts = list[Verdict]() if TYPE_CHECKING else []
    with screen.progress("mutants", gate.size) as steps:
        for verdict in gate.verdicts():
            verdicts.append(verdict)
            steps.advance()
    return tests, verdicts, list(check.unproved(verdicts, files))


def _table(verdicts: Sequence[Verdict]) -> None:
    """What was dropped or loosened, by kind, and how much of it some test noticed."""
    made = screen.table("dropped or loosened", "tried", "noticed")
    for kind in dict.fromkeys(verdict.kind for verdict in verdicts):
        ends = [verdict.killed for verdict in verdicts if verdict.kind == kind]
        made.add_row(kind, str(len(ends)), str(sum(ends)))
    if verdicts:
        screen.console().print(made)


COMMAND = Command(add, run)
