"""What a command file offers: ``COMMAND``. Adding a command is adding one file; its name is the word on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from chalicelib import registry

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What argparse gives to hang a command on; the class takes its parameter in annotations only."""


@dataclass(frozen=True, slots=True)
class Command:
    """``add`` describes the words of the command, ``run`` does it and gives the exit code."""

    add: Callable[[Subparsers], None]
    run: Callable[[argparse.Namespace], int]


def family(name: str, help: str, description: str, package: str) -> Command:
    """A command that hands over to its words, one file each in ``package``."""
    members: Mapping[str, Command] = registry.members(package, "COMMAND")

    def add(words: Subparsers) -> None:
        parser = words.add_parser(name, help=help, description=description)
        inner = parser.add_subparsers(dest="word", metavar="WORD", required=True)
        for word in members.values():
            word.add(inner)

    return Command(add, lambda arguments: members[arguments.word].run(arguments))
