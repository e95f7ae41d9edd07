"""Where a command works: on the data folder of a service on this machine, or on a deployed stage."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.cli.commands.contract import Subparsers
from chalicelib.cli.folder import DEFAULT, STORE, add_data
from chalicelib.cli.screen import Complaint, Exit

if TYPE_CHECKING:
    from chalicelib.aws.backend import AwsBackend
    from chalicelib.wiring import Embedded


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A service that was reached: its backend, and either the folder or the name of the stack and the address of its door."""

    backend: Embedded | AwsBackend
    data: Path | None = None
    stack: str | None = None
    door: str | None = None


def add_place(parser: argparse.ArgumentParser) -> None:
    """The options ``--data`` and ``--stage``, the same for every command that works on either."""
    add_data(parser)
    parser.add_argument(
        "--stage",
        metavar="STACK",
        help="a deployed stage instead, by the name of its stack; region and credentials as for the aws command line",
    )


def add_word(words: Subparsers, name: str, help: str, description: str) -> argparse.ArgumentParser:
    """A word of ``ackguard policy`` that works on either, with ``--json``."""
    parser = words.add_parser(name, help=help, description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="JSON for machines")
    add_place(parser)
    return parser


@contextmanager
def reached(arguments: argparse.Namespace) -> Iterator[Place]:
    """The service of ``--stage`` or ``--data``, while ``wiring`` works on it; raises Complaint where it cannot be reached."""
    # wiring and what it needs of AWS: no other command waits for them
    from chalicelib import wiring  # noqa: PLC0415

    before = dict(os.environ)
    try:
        if arguments.stage:
            door = _enter_stage(arguments)
            yield Place(backend=wiring.backend(), stack=arguments.stage, door=door)
        else:
            if not (arguments.data / STORE).exists():
                raise Complaint(
                    f"there is no data in {arguments.data}; start the service with: ackguard run --data {arguments.data}",
                    Exit.UNAVAILABLE,
                )
            os.environ.update(ACKGUARD_BACKEND="embedded", ACKGUARD_DATA=str(arguments.data))
            wiring.forget()
            yield Place(backend=wiring.backend(), data=arguments.data)
    finally:
        wiring.forget()
        os.environ.clear()
        os.environ.update(before)


def _enter_stage(arguments: argparse.Namespace) -> str:
    """The address of its door."""
    from chalicelib.local.stage import NoStage, enter  # noqa: PLC0415

    if arguments.data != DEFAULT:
        raise Complaint("--data is a folder of this machine and --stage a deployed one: give one of them", Exit.USAGE)
    try:
        return enter(arguments.stage)
    except NoStage as error:
        raise Complaint(str(error), Exit.UNAVAILABLE) from None
