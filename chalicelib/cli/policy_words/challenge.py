"""``ackguard policy challenge``: let a policy run beside the one in force; what it would do is recorded and never sent."""

from __future__ import annotations

import argparse
import json

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Lets a policy (a folder, or the start of a bundle's hash) judge every mention beside the one in force, after the live
decision is written. What it would have done is a record of its own; nothing of it is ever sent, and if it breaks or is slow
the live decision does not notice. It is signed for this alone, so it can never be in force by mistake: one person may start
it. Publishing another policy ends it.

examples:
  ackguard policy challenge policies
  ackguard policy challenge --stop
  ackguard policy history               how it does
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    from chalicelib.cli.place import add_word  # noqa: PLC0415

    parser = add_word(words, "challenge", "let a policy run beside the one in force, recorded and never sent", DESCRIPTION)
    parser.add_argument("new", nargs="?", metavar="HASH|DIR", help="the policy that runs beside")
    parser.add_argument("--stop", action="store_true", help="end it")


def run(arguments: argparse.Namespace) -> int:
    """Start or stop; raises Complaint where there is nothing to do."""
    from chalicelib.cli.publisher import SHOWN, publishing, rehearsed  # noqa: PLC0415
    from chalicelib.steps.done import Contended  # noqa: PLC0415
    from chalicelib.steps.publish import challenged, unchallenged  # noqa: PLC0415

    if (arguments.new is None) is not arguments.stop:
        raise screen.Complaint("say which policy runs beside, or --stop", screen.Exit.USAGE)
    with publishing(arguments) as here:
        try:
            if arguments.stop:
                done = unchallenged(here.person.actor, here.ports, here.now)
            else:
                new = here.named(arguments.new)
                rehearsed(new)
                done = challenged(new.document, here.person.actor, here.ports, here.now)
        except Contended:
            raise screen.Complaint("somebody else changed the policy at the same moment; look at the history") from None
    if done.id == "-":
        told = {"none-runs": "no policy runs beside", "nothing-in-force": "no policy is in force to run beside"}
        raise screen.Complaint(told.get(done.did, "this policy runs already"))
    said = json.dumps({"did": done.did, "sha256": done.rule, "record": done.id})
    print(said if arguments.json else f"{done.did}: {done.rule[:SHOWN]}; on the record: ackguard ledger show {done.id}")
    return screen.Exit.OK


COMMAND = Command(add, run)
