"""``ackguard return``: give a case back, so that somebody else takes it."""

from __future__ import annotations

import argparse

from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.people import acting, add_case
from chalicelib.steps.cases import give_back

DESCRIPTION = """\
Gives a case back: it waits for somebody else. The machine stays silent for everything that waits in it, and for what the author
writes while it is open. Only its owner can; somebody else says why with --force.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    add_case(words, "return", "give a case back", DESCRIPTION)


def run(arguments: argparse.Namespace) -> int:
    """Give it back; raises Complaint where somebody else has it."""
    return acting(arguments, give_back, "waits for somebody else")


COMMAND = Command(add, run)
