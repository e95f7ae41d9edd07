"""``ackguard policy test``: what the owners of a policy expect of it, through the one ``decide``."""

from __future__ import annotations

import argparse
import json

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Runs every test of every brand (or of BRAND) through the same decision that production makes, with a frozen clock.
A test that fails says what was expected, what came, and why. No tests at all is a failure too.

examples:
  ackguard policy test
  ackguard policy test telline --only "router"
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "test", help="run the tests", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", metavar="WORDS", help="only tests whose text has these words")
    tree.add_asked(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the tests; 0 where all are met."""
    from chalicelib.policy.proving.testing import chosen, run_tests  # noqa: PLC0415 - reading YAML waits until it is asked for

    folder, brand = tree.asked(arguments)
    report = run_tests(tree.files_of(folder), chosen(brand, arguments.only))
    if isinstance(report, tuple):
        print(tree.problems_json(report)) if arguments.json else tree.show_problems(report)
        return screen.Exit.BAD
    if arguments.json:
        failures = [{"path": one.case.place.path, "line": one.case.place.line, "says": one.says} for one in report.failures]
        print(json.dumps({"tried": report.tried, "failures": failures}))
    else:
        out = screen.console()
        for failure in report.failures:
            out.print("\n".join(screen.safe(line) for line in str(failure).split("\n")), style="red", soft_wrap=True)
        out.print(f"{report.tried} tests, {len(report.failures)} failed", style="bold")
    if not report.tried:
        raise screen.Complaint("no test was run: write <brand>/tests.yaml, or ask for less")
    return screen.Exit.BAD if report.failures else screen.Exit.OK


COMMAND = Command(add, run)
