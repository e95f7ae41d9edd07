"""``ackguard policy rollback``: an earlier policy into force again, under the same rules as a new one."""

from __future__ import annotations

import argparse

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.policy_words.publish import add_why, said, shipped
from chalicelib.cli.policy_words.simulate import add_source

DESCRIPTION = """\
Puts an earlier policy in force again: the one before, or the one whose hash starts with HASH. Going back can loosen as well
as a new policy can, so the same is asked: one person where it tightens, else a replay and a second person.
To stop acknowledging within seconds, whatever the policy says: ackguard pause all

examples:
  ackguard policy rollback --why "the new list catches everybody"
  ackguard policy rollback 3f2a90 --why "back to Friday's policy"

Exit code 0 where it is in force, 1 where it waits for a second person or was refused.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    from chalicelib.cli.place import add_word  # noqa: PLC0415

    parser = add_word(words, "rollback", "put an earlier policy in force again", DESCRIPTION)
    parser.add_argument("hash", nargs="?", metavar="HASH", help="the start of its hash (default: the one before)")
    add_why(parser)
    add_source(parser)


def run(arguments: argparse.Namespace) -> int:
    """Go back; raises Complaint where there is nothing to go back to."""
    from chalicelib.cli.publisher import publishing  # noqa: PLC0415 - compiling policies waits until it is asked for
    from chalicelib.steps.approve import earlier  # noqa: PLC0415

    said(arguments)
    with publishing(arguments) as here:
        sha256 = earlier(here.ports) if arguments.hash is None else here.one(arguments.hash)
        if sha256 is None:
            raise screen.Complaint("no other policy was ever in force; see: ackguard policy history")
        return shipped(arguments, here, here.signed(sha256), rollback=True)


COMMAND = Command(add, run)
