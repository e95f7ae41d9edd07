"""``ackguard cases``: what waits for a person, the most urgent first."""

from __future__ import annotations

import argparse
import json

from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import LocalTimes, add_data, opened
from chalicelib.cli.story import cases
from chalicelib.domain.codec import encode
from chalicelib.domain.facts import Case

DESCRIPTION = """\
Lists the cases that wait for a person: who should answer, how urgent it is, and by when.
Every mention that is not ignored opens or joins a case, also one that was acknowledged.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("cases", help="what waits for a person", description=DESCRIPTION)
    parser.add_argument("--brand", help="only this brand")
    parser.add_argument("--all", action="store_true", help="closed cases too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the cases."""
    with opened(arguments.data) as folder:
        found = [case for case in cases(folder.lookup) if arguments.all or case.status != "closed"]
        clock = folder.clock()
    shown = [case for case in found if arguments.brand in (None, case.brand)]
    if arguments.json:
        for case in shown:
            print(json.dumps(encode(case)))
        return screen.Exit.OK
    out = screen.console()
    made = screen.table("case", "brand", "urgency", "department", "answer by", "why", "status")
    for case in shown:
        made.add_row(*_cells(case, clock))
    out.print(made)
    out.print(f"{len(shown)} cases. Why one is here: ackguard why CASE", style="dim")
    return screen.Exit.OK


def _cells(case: Case, clock: LocalTimes) -> list[Text]:
    owner = f"{case.status} by {case.owner}" if case.owner else case.status
    cells = [case.id[:8], case.brand, f"P{case.priority}", case.department, clock.at(case.due, case.brand), case.reason, owner]
    style = "bold red" if case.priority == 0 else ""
    return [Text(screen.safe(cell), style=style) for cell in cells]


COMMAND = Command(add, run)
