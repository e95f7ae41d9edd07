"""Nobody at this command line sees or takes private text before the ledger says who did."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from chalicelib.cli import screen
from chalicelib.cli.folder import Folder
from chalicelib.cli.story import Story
from chalicelib.local.actor import actor
from chalicelib.steps.done import Done
from chalicelib.steps.viewed import Copy, ViewPorts, exported, viewed


def add_reason(parser: argparse.ArgumentParser) -> None:
    """The option ``--reason``, the same for every command that shows private text."""
    parser.add_argument("--reason", metavar="TEXT", help="why you look, for the record (that you look is recorded anyway)")


def seen(folder: Folder, stories: Iterable[Story], through: str, reason: str | None = None) -> None:
    """Record that the user is about to see the private halves of ``stories``; call it before anything of them is printed.

    ``through`` names the screen (a slug). Stories without private halves need no record. Raises Unavailable where the record
    cannot be written: then nothing may be printed.
    """
    private = [story.id for story in stories if any(kept.private is not None for kept in story.records)]
    viewed(private, through, actor(), _ports(folder), folder.now(), screen.safe(reason) if reason else None)


def taken_away(folder: Folder, copy: Copy) -> Done:
    """Record that the user is about to get ``copy``; raises Unavailable where it cannot be written: then nobody gets it."""
    return exported(copy, actor(), _ports(folder), folder.now())


def _ports(folder: Folder) -> ViewPorts:
    return ViewPorts(store=folder.store, entropy=os.urandom)
