"""``ackguard policy publish``: a policy into force, alone where it is proven to loosen nothing, else before a second person."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.policy_words.simulate import add_source, replayed, seen

if TYPE_CHECKING:
    from chalicelib.cli.publisher import Named, Publisher

DESCRIPTION = """\
Compiles a policy folder, compares it with the policy in force, and

  EQUIVALENT, TIGHTENS   signs it and puts it in force: one person may, at 2 a.m. too
  LOOSENS, MIXED         replays recorded mentions, shows each that would turn to an acknowledgement, and lays it before a
                         second person: ackguard policy approve HASH
  a new engine           replays; in force at once where nothing turns to an acknowledgement, else as above

Lambdas pick it up with the next mention. Every step is a record of the ledger: ackguard policy history

examples:
  ackguard policy publish --why "recall of charger 12"
  ackguard policy publish policies --why "new topic: eSIM" --since 7d
  ackguard policy publish --why "first policy" --mentions mentions.jsonl

Exit code 0 where it is in force, 1 where it waits for a second person or was refused.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    from chalicelib.cli.place import add_word  # noqa: PLC0415
    from chalicelib.local.policies import POLICIES  # noqa: PLC0415

    parser = add_word(words, "publish", "put a policy in force, or before a second person", DESCRIPTION)
    parser.add_argument("folder", nargs="?", type=Path, default=POLICIES, metavar="DIR", help="default: policies/")
    add_why(parser)
    add_source(parser)


def add_why(parser: argparse.ArgumentParser) -> None:
    """The option ``--why``, the same for every word that ships."""
    parser.add_argument("--why", metavar="TEXT", help="one sentence for the record; who says it is recorded as well")


def run(arguments: argparse.Namespace) -> int:
    """Compare, replay where that is needed, and ship; raises Complaint for what is refused."""
    from chalicelib.cli.publisher import from_folder, publishing  # noqa: PLC0415

    said(arguments)
    with publishing(arguments) as here:
        return shipped(arguments, here, from_folder(arguments.folder, here.engine), rollback=False)


def said(arguments: argparse.Namespace) -> str:
    """Why it is done; raises Complaint where nobody says."""
    why = screen.safe(arguments.why or "").strip()
    if not why:
        raise screen.Complaint('say why, for the record: --why "..."', screen.Exit.USAGE)
    return why


def shipped(arguments: argparse.Namespace, here: Publisher, new: Named, rollback: bool) -> int:
    """Ship what was named; the replay is made only where the difference asks for one."""
    from chalicelib.cli import rehearsal, shipping  # noqa: PLC0415 - compiling policies waits until it is asked for
    from chalicelib.cli.publisher import SHOWN, rehearsed  # noqa: PLC0415
    from chalicelib.steps.approve import Wanted, compared, may_ship_alone, ship  # noqa: PLC0415
    from chalicelib.steps.done import Contended  # noqa: PLC0415
    from chalicelib.steps.publish import pointer_of  # noqa: PLC0415

    pointer = pointer_of(here.ports.store)
    found, replay = compared(new.document, pointer, here.ports), None
    if not arguments.json:
        shipping.show_diff(screen.console(), found, "in force" if pointer else "nothing in force", new.name)
    if pointer and not may_ship_alone(found, None):
        with replayed(arguments, here, rehearsed(new)) as made:
            replay = made.replay
            seen(here, made, arguments)
            if not arguments.json:
                rehearsal.tell(made)
    wanted = Wanted(document=new.document, engines=new.engines, why=said(arguments), rollback=rollback)
    try:
        done = shipping.settled(ship(wanted, here.person, replay, here.ports, here.now))
    except Contended:
        raise screen.Complaint("somebody else published at the same moment; look at the history and try again") from None
    flips = replay.flips if replay else 0
    if arguments.json:
        told = {"did": done.did, "sha256": done.rule, "record": done.id, "flips": flips}
        print(json.dumps(told | shipping.diff_json(found)))
    elif done.did == "proposed":
        print(f"proposed {done.rule[:SHOWN]}: it waits for a second person, seven days at most. They run:")
        where = f" --stage {arguments.stage}" if arguments.stage else ""
        print(f"  ackguard policy approve {done.rule[:SHOWN]} --flips {flips}{where}")
    else:
        print(f"in force since now: {done.rule[:SHOWN]} ({done.did}); on the record: ackguard ledger show {done.id}")
    return screen.Exit.BAD if done.did == "proposed" else screen.Exit.OK


COMMAND = Command(add, run)
