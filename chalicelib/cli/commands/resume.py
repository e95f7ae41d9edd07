"""``ackguard resume``: lift a pause; only a person can."""

from __future__ import annotations

import argparse

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.switching import add_scope, switched
from chalicelib.steps.pause import resume

DESCRIPTION = """\
Lifts the pause of exactly the scope that was paused; a pause of another scope goes on holding. Nothing else lifts a pause: no
clock, no program and no desk.

examples:
  ackguard resume all --why "outage is over, checked with network operations"
  ackguard resume topic account-login --brand northwind-bank --why "login works again"
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "resume", help="lift a pause", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_scope(parser)


def run(arguments: argparse.Namespace) -> int:
    """Resume; raises Complaint where the scope names nothing."""
    if arguments.kind is None:
        raise screen.Complaint("say what to resume; what is paused: ackguard pause", screen.Exit.USAGE)
    return switched(arguments, resume, "resumed")


COMMAND = Command(add, run)
