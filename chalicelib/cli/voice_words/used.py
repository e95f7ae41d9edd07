"""``ackguard voice used``: when each wording was approved, first said and last said, and how often."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from rich.text import Text

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import add_data, opened
from chalicelib.cli.voice_folder import add_asked, written

DESCRIPTION = """\
Lists every wording of the voices (or VOICE) with who approved it and when, and what the ledger of the service says of it: how
many replies were decided with it in this edition, the first and the last time.

examples:
  ackguard voice used plain.en
  ackguard voice used --data var --json
"""
SEARCHED = 1_000_000


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("used", help="when each wording was said", description=DESCRIPTION, formatter_class=tree.RAW)
    add_asked(parser)
    add_data(parser)
    parser.add_argument("--json", action="store_true", help="JSON for machines")


def run(arguments: argparse.Namespace) -> int:
    """Print it; raises Complaint where there is no such voice or no data."""
    found = written(arguments.policies, arguments.voice)
    tree.show_problems(found.problems)
    said: dict[tuple[str, int, str], list[str]] = {}
    with opened(arguments.data) as folder:
        for key, at in _said(folder.lookup.recent("ledger", SEARCHED)):
            said.setdefault(key, []).append(at)
    rows = [
        {
            "voice": name,
            "wording": f"{part}:{at}",
            "text": wording.text,
            "approved_by": (wording.approved or voice.approved).by,
            "approved_on": (wording.approved or voice.approved).on.isoformat(),
            **_times(said.get((name, voice.edition, f"{part}:{at}"), [])),
        }
        for name, voice in found.voices.items()
        for part, wordings in voice.parts.items()
        for at, wording in sorted(wordings.items())
    ]
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
        return screen.Exit.OK
    made = screen.table("voice", "wording", "says", "approved", "times", "first", "last")
    for row in rows:
        approved = f"{row['approved_on']} {row['approved_by']}"
        cells = (row["voice"], row["wording"], row["text"], approved, str(row["times"]), row["first"] or "-", row["last"] or "-")
        made.add_row(*(Text(screen.safe(cell)) for cell in cells))
    screen.console().print(made)
    return screen.Exit.OK


def _said(rows: Any) -> Iterator[tuple[tuple[str, int, str], str]]:
    """((voice, edition, wording), ISO time in UTC) of every wording of every acknowledgement that was decided."""
    for _, row in rows:
        leaf = json.loads(row["leaf"]) if row["kind"] == "decision" else {}
        if reply := leaf.get("reply"):
            for wording in reply["wordings"]:
                yield (reply["voice"], reply["edition"], wording), leaf["at"]


def _times(at: list[str]) -> dict[str, Any]:
    return {"times": len(at), "first": min(at, default=None), "last": max(at, default=None)}


COMMAND = Command(add, run)
