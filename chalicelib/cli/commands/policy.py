"""``ackguard policy``: hands over to its words, one file each in ``cli/policy_words``."""

from __future__ import annotations

import argparse

from chalicelib import registry
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Write, check, prove and ship what Ackguard may do. Every word reads the folder policies/ (or --policies DIR).
"""

_WORDS = registry.members("chalicelib.cli.policy_words", "COMMAND")


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("policy", help="write, check, prove and ship the policy", description=DESCRIPTION)
    inner = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    for word in _WORDS.values():
        word.add(inner)


def run(arguments: argparse.Namespace) -> int:
    """Do what the word says."""
    return int(_WORDS[arguments.word].run(arguments))


COMMAND = Command(add, run)
