"""What a command file offers: ``COMMAND``. Adding a command is adding one file; its name is the word on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


@dataclass(frozen=True, slots=True)
class Command:
    """``add`` describes the words of the command, ``run`` does it and gives the exit code."""

    add: Callable[[Subparsers], None]
    run: Callable[[argparse.Namespace], int]
