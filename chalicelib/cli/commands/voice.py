"""``ackguard voice``: hands over to its words, one file each in ``cli/voice_words``."""

from __future__ import annotations

import argparse

from chalicelib import registry
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Write, check and read aloud what an acknowledgement says. Every word reads the folder policies/voices (or --policies DIR).
"""

_WORDS = registry.members("chalicelib.cli.voice_words", "COMMAND")


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("voice", help="write, check and read what is said", description=DESCRIPTION)
    inner = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    for word in _WORDS.values():
        word.add(inner)


def run(arguments: argparse.Namespace) -> int:
    """Do what the word says."""
    return int(_WORDS[arguments.word].run(arguments))


COMMAND = Command(add, run)
