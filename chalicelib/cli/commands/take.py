"""``ackguard take``: a case becomes yours, and the machine silent in it."""

from __future__ import annotations

import argparse

from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.people import acting, add_case
from chalicelib.steps.cases import take

DESCRIPTION = """\
Takes a case. From the moment this returns the machine says nothing in that conversation, until the case is returned or closed.
Two people cannot take the same case: the second is told who has it and since when.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    add_case(words, "take", "take a case: the machine is silent there from now on", DESCRIPTION, force=False)


def run(arguments: argparse.Namespace) -> int:
    """Take it; raises Complaint where somebody else has it."""
    return acting(arguments, take, "is yours; the machine is silent there. Read it: ackguard cases {case}")


COMMAND = Command(add, run)
