"""``ackguard mode``: whether an account is in shadow, live or halted, here or on a deployed stage."""

from __future__ import annotations

import argparse
import os

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.place import add_place, reached
from chalicelib.domain import keys
from chalicelib.local.actor import actor
from chalicelib.steps.modes import MODES, set_mode
from chalicelib.steps.pause import PausePorts, Target, Word

DESCRIPTION = """\
Says or sets the mode of one account. shadow: everything is decided and recorded, nothing is said. live: what earned it is
acknowledged. halted: switched off. An account without a mode is never acknowledged, so a first one is set here. It holds from the
moment that is printed, also for replies that wait. To stop for a while, pause: resume then brings the mode back as it was.

examples:
  ackguard mode x/1001
  ackguard mode x/1001 shadow --why "first week" --stage ackguard-live
  ackguard mode x/1001 live --why "shadow week signed off by Ana" --stage ackguard-live

exit codes: 0 said or set · 1 there is no mode, or it could not be set · 3 the service cannot be reached
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "mode",
        help="shadow, live or halted: what an account may do",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("account", metavar="PLATFORM/ID", help="the account, as its control record has it")
    parser.add_argument("mode", nargs="?", choices=MODES, help="what to set; without it, what is set is said")
    parser.add_argument("--why", help="one sentence for those who read the record; who says it is recorded as well")
    add_place(parser)


def run(arguments: argparse.Namespace) -> int:
    """Say or set; raises Complaint where the words are wrong or the record cannot be read."""
    from chalicelib import wiring  # noqa: PLC0415  what it needs of AWS: no other command waits for it

    platform, slash, account = arguments.account.partition("/")
    if not (platform and slash and account):
        raise screen.Complaint("say which account: PLATFORM/ID, as x/1001", screen.Exit.USAGE)
    if arguments.mode is not None and not (arguments.why or "").strip():
        raise screen.Complaint('say why, for the record: --why "..."', screen.Exit.USAGE)
    with reached(arguments) as place:
        store = place.backend.store
        if arguments.mode is None:
            row = store.read([keys.control(platform, account)]).get(keys.control(platform, account), {})
            print(screen.safe(str(row.get("mode", "none: nothing is acknowledged there"))))
            return screen.Exit.OK if row else screen.Exit.BAD
        word = Word(actor=actor(), why=screen.safe(arguments.why).strip())
        target = Target(brand=None, platform=platform, account=account)
        try:
            done = set_mode(target, arguments.mode, word, PausePorts(store=store, entropy=os.urandom), wiring.now())
        except ValueError as error:
            raise screen.Complaint(f"{arguments.account}: {error}") from None
        at = wiring.now()
    print(f"{screen.safe(arguments.account)}: {arguments.mode} ({done.did}), since {screen.zoned(at)}")
    if done.did == "changed":
        print(f"on the record: ackguard ledger show {done.id}")
    return screen.Exit.OK


COMMAND = Command(add, run)
