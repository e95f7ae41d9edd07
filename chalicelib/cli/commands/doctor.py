"""``ackguard doctor``: what is wrong with a service, on this machine or deployed, and what to do about it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.place import add_place, reached

if TYPE_CHECKING:
    from chalicelib.cli.patient import Finding

STYLE = {"fine": "green", "look": "yellow", "wrong": "bold red"}

DESCRIPTION = """\
Looks a service over: does its door answer, is a policy in force and approved for the code that runs, are accounts, rotas and
secrets there, does each platform still hear and obey each account, what waits in the queues, is the ledger sealed, do the
clocks agree, which limits hold. Says in plain words what is wrong and what to do. It changes nothing and sends no mention.

The platforms are asked with the secrets posting/... and keeping/... where you may read them; they are shown to nobody. Where you
may not, what the watch found stands there: it asks every ten minutes.

examples:
  ackguard doctor
  ackguard doctor --stage ackguard-live
  ackguard doctor --stage ackguard-live --json

exit codes: 0 nothing is wrong · 1 something is wrong · 3 the service cannot be reached
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "doctor",
        help="say what is wrong with a service, and what to do",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_place(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Look and tell; raises Complaint or ``Unavailable`` where the service cannot be reached."""
    # the policy engine and wiring: no other command waits for them
    from chalicelib.cli.checkup import examined, patient_at  # noqa: PLC0415

    with reached(arguments) as place, screen.progress("looking") as steps:
        findings = []
        for one in examined(patient_at(place, datetime.now(timezone.utc))):
            steps.say(f"looked at {one.about}")
            steps.advance()
            findings.append(one)
    if arguments.json:
        for one in findings:
            print(json.dumps(asdict(one)))
    else:
        _show(findings)
    return screen.Exit.BAD if any(one.verdict == "wrong" for one in findings) else screen.Exit.OK


def _show(findings: Sequence[Finding]) -> None:
    out, made = screen.console(), screen.table("", "what", "finding", "do")
    for one in findings:
        made.add_row(Text(one.verdict, style=STYLE[one.verdict]), one.about, screen.safe(one.says), one.remedy)
    out.print(made)
    wrong, look = (sum(one.verdict == verdict for one in findings) for verdict in ("wrong", "look"))
    out.print(Text(f"{wrong} wrong, {look} to look at, {len(findings) - wrong - look} fine"))


COMMAND = Command(add, run)
