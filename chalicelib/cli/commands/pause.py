"""``ackguard pause``: stop acknowledging, or show what is paused."""

from __future__ import annotations

import argparse

from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.switching import add_scope, show, switched
from chalicelib.steps.pause import pause

DESCRIPTION = """\
Stops acknowledging: everywhere, in one brand, on one account, or for one topic. It holds from the moment that is printed:
after it no reply starts, also none that is decided already. Mentions go on to people. Without words it shows what is paused.

examples:
  ackguard pause all --why "outage: people answer"
  ackguard pause topic account-login --brand northwind-bank --why "login is down"
  ackguard pause

exit codes: 0 every account was reached · 1 some were not: run the same command again
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "pause", help="stop acknowledging", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_scope(parser)


def run(arguments: argparse.Namespace) -> int:
    """Pause, or show what is paused; raises Complaint where the scope names nothing."""
    return show(arguments) if arguments.kind is None else switched(arguments, pause, "paused")


COMMAND = Command(add, run)
