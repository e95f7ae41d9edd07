"""``ackguard close``: nobody waits for this case any more."""

from __future__ import annotations

import argparse

from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.people import acting, add_case
from chalicelib.steps.cases import close

DESCRIPTION = """\
Closes a case that is yours or nobody's. The author's next mention opens a new one, and may be acknowledged again.
Somebody else's case: say why with --force.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    add_case(words, "close", "close a case", DESCRIPTION)


def run(arguments: argparse.Namespace) -> int:
    """Close it; raises Complaint where somebody else has it."""
    return acting(arguments, close, "is closed")


COMMAND = Command(add, run)
