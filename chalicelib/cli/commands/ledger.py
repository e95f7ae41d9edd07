"""``ackguard ledger``: the append-only record, as a list and one by one."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import add_data, one_story, opened
from chalicelib.cli.story import Story, handle_of, latest, text_of
from chalicelib.domain.codec import instant, iso

LIST = """\
Lists mentions and other records, newest first. A mention that is still on its way has no end yet.

examples:
  ackguard ledger list --limit 50
  ackguard ledger list --since 2026-11-21T09:00:00Z --json
"""
SHOW = """\
Shows every record of one id: the public half, which the tree proves, and the private half, which can be erased.
The first letters of the id are enough.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = words.add_parser("ledger", help="the record of every decision")
    inner = parser.add_subparsers(dest="word", metavar="list|show", required=True)
    listing = inner.add_parser("list", help="the latest records", description=LIST, formatter_class=raw)
    listing.add_argument("--limit", type=_count, default=20, metavar="N", help="how many (default: 20)")
    listing.add_argument("--since", type=_time, metavar="TIME", help="only what began at or after this ISO time with a zone")
    showing = inner.add_parser("show", help="every record of one id", description=SHOW)
    showing.add_argument("id", metavar="ID")
    for one in (listing, showing):
        one.add_argument("--json", action="store_true", help="JSON for machines")
        add_data(one)


def run(arguments: argparse.Namespace) -> int:
    """Print the list or one story."""
    return _list(arguments) if arguments.word == "list" else _show(arguments)


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments.data) as folder:
        found = [one for one in latest(folder.lookup, arguments.limit) if arguments.since is None or one.at >= arguments.since]
        clock = folder.clock()
    if arguments.json:
        for story in found:
            print(json.dumps(_line(story)))
        return screen.Exit.OK
    made = screen.table("id", "began", "brand", "author", "mention", "outcome", "rule", "state")
    for story in found:
        said = _mention_cells(story)
        cells = [story.id[:8], clock.at(story.at, story.brand), story.brand, *said]
        kind = str(story.records[0].public["kind"])
        state = str(story.end.get("state") or ("on its way" if story.decided else kind))
        made.add_row(*map(Text, cells), screen.outcome_text(story.outcome), Text(story.rule), Text(state))
    out = screen.console()
    out.print(made)
    out.print("Why one got its outcome: ackguard why ID", style="dim")
    return screen.Exit.OK


def _mention_cells(story: Story) -> tuple[str, str]:
    if not story.decided:
        return "", ""
    if not story.mention:
        return "(erased)", "(erased)"
    return screen.shortened(handle_of(story.mention), 18), screen.shortened(text_of(story.mention), 40)


def _line(story: Story) -> Mapping[str, Any]:
    return {
        "id": story.id,
        "at": iso(story.at),
        "brand": story.brand,
        "kind": story.records[0].public["kind"],
        "outcome": story.outcome or None,
        "rule": story.rule or None,
        "state": story.end.get("state"),
    }


def _show(arguments: argparse.Namespace) -> int:
    with opened(arguments.data) as folder:
        story = one_story(folder.lookup, arguments.id)
    if arguments.json:
        records = [{"sort": kept.sort, "public": kept.public, "private": kept.private} for kept in story.records]
        print(json.dumps({"id": story.id, "records": records}))
        return screen.Exit.OK
    out = screen.console()
    for kept in story.records:
        out.rule(Text(f"{kept.sort}  {screen.zoned(instant(kept.public['at']))}", style="bold"), align="left")
        _half(out, "public half (in the tree, no personal data)", kept.public)
        erased = kept.public.get("private") is not None
        _half(out, "private half", kept.private, "erased; the proof of the public half stays valid" if erased else "none")
    return screen.Exit.OK


def _half(out: Console, heading: str, half: Mapping[str, Any] | None, absent: str = "") -> None:
    out.print(Text(heading if half is not None else f"{heading}: {absent}", style="bold cyan"))
    if half is not None:
        text = json.dumps(half, indent=2, ensure_ascii=False)
        out.print(Text("\n".join(screen.safe(line) for line in text.split("\n"))), soft_wrap=True)
    out.print()


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("a number from 1 on is expected")
    return number


def _time(text: str) -> datetime:
    try:
        return instant(text)
    except ValueError:
        raise argparse.ArgumentTypeError("an ISO time with a zone is expected, for example 2026-11-21T09:00:00Z") from None


COMMAND = Command(add, run)
