"""``ackguard voice show``: replies in a row, as somebody who scrolls past reads them."""

from __future__ import annotations

import argparse

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.voice_folder import add_asked, written

DESCRIPTION = """\
Prints what people would get one after the other, about one topic after the other, at busy hours, at night and with no time known.
Read fifty in a row before you publish a wording: nothing else shows how it reads beside the rest.

examples:
  ackguard voice show plain.en
  ackguard voice show plain.en --number 20 --from 600 --wordings
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("show", help="replies in a row, to read aloud", description=DESCRIPTION, formatter_class=tree.RAW)
    add_asked(parser)
    parser.add_argument("--number", type=int, default=50, metavar="N", help="how many (default: 50)")
    parser.add_argument("--from", dest="start", type=int, default=0, metavar="WORD", help="the word to start at (default: 0)")
    parser.add_argument("--wordings", action="store_true", help="show which wordings each is made of, with their marks")


def run(arguments: argparse.Namespace) -> int:
    """Print them; raises Complaint where a voice cannot be read."""
    from chalicelib.voice.sample import in_a_row  # noqa: PLC0415 - reading YAML waits until it is asked for

    found = written(arguments.policies, arguments.voice)
    tree.show_problems(found.problems)
    out = screen.console()
    for name, voice in found.voices.items():
        out.print(f"{name}, edition {voice.edition}", style="bold")
        for at, reply in enumerate(in_a_row(voice, max(0, arguments.number), arguments.start), start=1):
            out.print(f"{at:>3}  {reply.text}", soft_wrap=True)
            if arguments.wordings:
                named = (f"{wording} ({mark})" for wording, mark in zip(reply.wordings, reply.marks, strict=True))
                out.print(f"     word {reply.index} · {' '.join(named)}", style="dim", soft_wrap=True)
    return screen.Exit.BAD if found.problems else screen.Exit.OK


COMMAND = Command(add, run)
