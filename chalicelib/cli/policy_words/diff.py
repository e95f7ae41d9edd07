"""``ackguard policy diff``: what a change of the policy may do, proven, in one word and then rule by rule."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.place import add_word

DESCRIPTION = """\
Compares two policies, each a folder, the first letters of a bundle's hash, or in-force. With one, it is compared with
the one in force.

  EQUIVALENT  no mention ends otherwise
  TIGHTENS    nothing that went to a person is acknowledged (proven): one person may ship it, at 2 a.m. too
  LOOSENS     something that went to a person may be acknowledged: it needs a replay and a second person
  MIXED       it points both ways, or nobody can prove that it does not: as LOOSENS

examples:
  ackguard policy diff policies                   the folder beside the policy in force
  ackguard policy diff 3f2a90 in-force            two bundles
  ackguard policy diff ../before policies --json  two folders

Exit code 0 for EQUIVALENT and TIGHTENS, 1 for what one person may not ship.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = add_word(words, "diff", "does a change tighten or loosen?", DESCRIPTION)
    parser.add_argument("policies", nargs="+", metavar="A [B]", help="from A to B; with one, from the policy in force to it")


def run(arguments: argparse.Namespace) -> int:
    """Print the difference; raises Complaint where a word names no policy."""
    from chalicelib import wiring  # noqa: PLC0415 - compiling policies waits until it is asked for
    from chalicelib.cli import publisher, shipping  # noqa: PLC0415
    from chalicelib.policy.diff.diff import diff  # noqa: PLC0415

    asked = arguments.policies
    if len(asked) > 2:
        raise screen.Complaint("two policies at most: ackguard policy diff A B", screen.Exit.USAGE)
    words = asked if len(asked) == 2 else [publisher.IN_FORCE, asked[0]]
    if all(Path(word).is_dir() for word in words):
        old, new = (publisher.from_folder(Path(word), wiring.settings().engine) for word in words)
    else:
        with publisher.publishing(arguments) as here:
            old, new = (here.named(word) for word in words)
    found = diff(old.document, new.document)
    if arguments.json:
        print(json.dumps({"old": old.sha256, "new": new.sha256, **shipping.diff_json(found)}, indent=1))
    else:
        shipping.show_diff(screen.console(), found, old.name, new.name)
    return screen.Exit.OK if found.direction.alone and not found.engines else screen.Exit.BAD


COMMAND = Command(add, run)
