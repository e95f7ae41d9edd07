"""What a command file offers: ``COMMAND``. Adding a command is adding one file; its name is the word on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""What argparse gives to hang a command on; the class takes its parameter in annotations only."""


@dataclass(frozen=True, slots=True)
class Command:
    """``add`` describes the words of the command, ``run`` does it and gives the exit code."""

    add: Callable[[Subparsers], None]
    run: Callable[[argparse.Namespace], int]
