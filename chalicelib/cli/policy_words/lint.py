"""``ackguard policy lint``: what a policy gets wrong, with a page for each kind of mistake."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date
from pathlib import Path

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.domain.problem import Problem, Severity

DESCRIPTION = """\
Shows what is wrong in a policy folder: file, line, caret, remedy. Errors and warnings count; advice is counted, and shown
with --advice. A warning that you mean is accepted in the file, with a reason: # accept GP302 because ...

examples:
  ackguard policy lint
  ackguard policy lint telline --fix
  ackguard policy lint --explain GP405
  ackguard policy lint --sarif > policy.sarif     for code scanning (SARIF 2.1.0)

exit codes: 0 nothing to mend · 1 errors or warnings
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "lint", help="what is wrong", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    tree.add_asked(parser)
    parser.add_argument("--sarif", action="store_true", help="SARIF 2.1.0 for code scanning")
    parser.add_argument("--fix", action="store_true", help="mend what a machine may mend")
    parser.add_argument("--advice", action="store_true", help="show advice too")
    parser.add_argument("--explain", metavar="ID", help="the page of one kind of mistake; all: every page, as Markdown")
    tree.add_today(parser)


def run(arguments: argparse.Namespace) -> int:
    """Show, mend or explain."""
    if arguments.explain:
        return _explain(arguments.explain)
    folder, brand = tree.asked(arguments)
    files = dict(tree.files_of(folder))
    problems = found(files, arguments.today)
    if arguments.fix:
        mended = _mended(folder, files, problems)
        files = dict(tree.files_of(folder))
        problems = found(files, arguments.today)
        screen.console().print(f"mended {mended} lines", style="bold")
    shown = tree.concerning(problems, brand)
    if arguments.sarif:
        from chalicelib.cli.sarif import sarif  # noqa: PLC0415

        print(sarif(shown, folder))
    elif arguments.json:
        print(tree.problems_json(shown))
    else:
        tree.show_problems(one for one in shown if arguments.advice or one.severity is not Severity.ADVICE)
        counted = Counter(one.severity for one in shown)
        told = ", ".join(f"{counted[level]} {level.name.lower()}" for level in Severity)
        hidden = not arguments.advice and counted[Severity.ADVICE]
        screen.console().print(told + (" (--advice shows it)" if hidden else ""), style="bold")
    return tree.verdict(shown)


def found(files: dict[str, str], today: date) -> tuple[Problem, ...]:
    """Everything that reading and linting find, but for what tests and mutants say."""
    from chalicelib.policy.files.loader import load_pack  # noqa: PLC0415
    from chalicelib.policy.files.tests_file import read_cases  # noqa: PLC0415
    from chalicelib.policy.proving.lint import lint  # noqa: PLC0415

    pack = load_pack(files)
    cases, wrong = read_cases(files)
    return pack if isinstance(pack, tuple) else (*wrong, *lint(files, pack, cases, today))


def _mended(folder: Path, files: dict[str, str], problems: tuple[Problem, ...]) -> int:
    """Every fix written into its file, then the one format; gives how many lines changed."""
    from chalicelib.policy.files.layout import laid_out  # noqa: PLC0415

    fixes = {(one.path, one.line): one.fix for one in problems if one.fix is not None}
    for path, text in files.items():
        numbered = ((fixes.get((path, number)), line) for number, line in enumerate(text.split("\n"), 1))
        made = laid_out(path, "\n".join(line if fix is None else fix for fix, line in numbered if fix != ""))
        if isinstance(made, str) and made != text:
            (folder / path).write_text(made, encoding="utf-8", newline="\n")
    return len(fixes) + sum(1 for one in problems if one.id == "GP107")


def _explain(asked: str) -> int:
    from chalicelib.policy.proving.lint import LINTS, explained, pages  # noqa: PLC0415

    if asked == "all":
        print(pages(), end="")
        return screen.Exit.OK
    if asked.upper() not in LINTS:
        raise screen.Complaint(f"{asked}: no such id; there are {', '.join(LINTS)}", screen.Exit.USAGE)
    print(explained(LINTS[asked.upper()]), end="")
    return screen.Exit.OK


COMMAND = Command(add, run)
