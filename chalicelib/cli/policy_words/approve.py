"""``ackguard policy approve``: the second person looks at what was proposed, and puts it in force."""

from __future__ import annotations

import argparse
import json

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Shows what was proposed under HASH: who proposed it and why, every change, and what the replay gave. With --flips N it is
signed and in force, where N is the number of mentions that turn from a person to an acknowledgement: so nobody approves
what they have not read. Whoever proposed a policy cannot approve it, under no writing of their name. A policy that came
into force in between makes the proposal stale.

examples:
  ackguard policy approve 3f2a90               only look
  ackguard policy approve 3f2a90 --flips 0     agree

Exit code 0 where it is in force, 1 where it was only shown or refused.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    from chalicelib.cli.place import add_word  # noqa: PLC0415

    parser = add_word(words, "approve", "agree to what somebody else proposed", DESCRIPTION)
    parser.add_argument("hash", metavar="HASH", help="the start of its hash")
    parser.add_argument("--flips", type=int, metavar="N", help="how many mentions turn to acknowledgements, as you have read")


def run(arguments: argparse.Namespace) -> int:
    """Show, and agree where that was said; raises Complaint for what is refused."""
    from rich.text import Text  # noqa: PLC0415 - compiling policies waits until it is asked for

    from chalicelib.cli import shipping  # noqa: PLC0415
    from chalicelib.cli.publisher import SHOWN, publishing  # noqa: PLC0415
    from chalicelib.steps.approve import approve, compared, proposals  # noqa: PLC0415
    from chalicelib.steps.done import Contended  # noqa: PLC0415
    from chalicelib.steps.publish import pointer_of  # noqa: PLC0415

    with publishing(arguments) as here:
        sha256 = here.one(arguments.hash)
        proposal = next((one for one in proposals(here.ports) if one.sha256 == sha256 and one.status == "open"), None)
        if proposal is None:
            raise screen.Complaint(f"{sha256[:SHOWN]} waits for nobody; see: ackguard policy history")
        found = compared(here.named(sha256).document, pointer_of(here.ports.store), here.ports)
        if not arguments.json:
            out = screen.console()
            shipping.show_diff(out, found, proposal.base[:SHOWN] or "nothing in force", sha256[:SHOWN])
            out.print(
                Text(f"proposed by {screen.safe(proposal.author)}, {screen.zoned(proposal.at)}: “{screen.safe(proposal.why)}”")
            )
            replay = proposal.replay
            out.print(Text(f"{replay.replayed:,} of {replay.of:,} mentions replayed, {replay.flips:,} turn to acknowledgements"))
        if arguments.flips is None:
            print(f"Agree with: ackguard policy approve {sha256[:SHOWN]} --flips N")
            return screen.Exit.BAD
        try:
            done = shipping.settled(approve(sha256, here.person, arguments.flips, here.ports, here.now))
        except Contended:
            raise screen.Complaint("somebody else was faster; look at: ackguard policy history") from None
    if arguments.json:
        print(json.dumps({"did": done.did, "sha256": done.rule, "record": done.id} | shipping.diff_json(found)))
    else:
        print(f"in force since now: {done.rule[:SHOWN]} ({done.did}); on the record: ackguard ledger show {done.id}")
    return screen.Exit.OK


COMMAND = Command(add, run)
