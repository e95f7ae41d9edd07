"""The ``ackguard`` command: finds its words by their files, and turns every expected failure into one clear line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from chalicelib import registry
from chalicelib.cli.screen import Complaint, Exit, complain
from chalicelib.ports import Unavailable

DESCRIPTION = """\
Decides whether a public mention of a brand may get a varied holding acknowledgement or must go to a person,
and explains every decision afterwards.
"""

EPILOG = """\
start here:
  ackguard run                      the service on this machine, with a demo stream through it
  ackguard ledger list              what was decided
  ackguard why ID                   why one mention got its outcome; the first letters of the id are enough
  ackguard send "where is my card?" post a mention of your own to the running service
  ackguard COMMAND --help           what a command does, with examples

exit codes: 0 done · 1 what you asked about is bad or not there · 2 wrong usage · 3 the service or its data is not available
Colours appear on a terminal only; NO_COLOR turns them off. Times carry their zone.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives its exit code (see ``--help``)."""
    commands = registry.members("chalicelib.cli.commands", "COMMAND")
    parser = argparse.ArgumentParser(
        prog="ackguard", description=DESCRIPTION, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    words = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in commands.values():
        command.add(words)
    parsed = parser.parse_args(arguments)
    try:
        code = int(commands[parsed.command].run(parsed))
        sys.stdout.flush()
        return code
    except Complaint as complaint:
        complain(str(complaint))
        return int(complaint.exit)
    except Unavailable as error:
        complain(f"the data is not available: {error}")
        return int(Exit.UNAVAILABLE)
    except BrokenPipeError:
        # The reader went away (`| head`); without this Python complains once more while it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(Exit.OK)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
