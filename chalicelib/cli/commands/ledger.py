"""``ackguard ledger``: the append-only record, as a list, one by one, and as files for others."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from chalicelib.audit.body import FORMS
from chalicelib.audit.record import KINDS
from chalicelib.cli import exporting, screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.exporting import Query
from chalicelib.cli.folder import add_data, one_story, opened
from chalicelib.cli.story import Story, handle_of, latest, text_of
from chalicelib.cli.witness import add_reason, seen
from chalicelib.domain.codec import instant, iso

LIST = """\
Lists mentions and other records, newest first. A mention that is still on its way has no end yet.
The table shows what people wrote, so that you looked is a record of its own; --json shows nothing private.

examples:
  ackguard ledger list --limit 50
  ackguard ledger list --since 2026-11-21T09:00:00Z --json
"""
SHOW = """\
Shows every record of one id: the public half, which the tree proves, and the private half, which can be erased.
The first letters of the id are enough. That you looked is a record of its own.
"""
EXPORT = """\
Copies public halves, oldest first: without --brand, --since and --until exactly the leaves of the tree, in its order.
jsonl is the record, byte for byte; csv is a view of it for spreadsheets, in which no cell is a formula.
With --private the private halves go into a second file beside --out, for its owner only.
The export is itself a record: who, what, and the SHA-256 of each file.

examples:
  ackguard ledger export --format jsonl --out ledger.jsonl
  ackguard ledger export --format csv --brand telline --since 2026-11-01T00:00:00Z --until 2026-12-01T00:00:00Z --out nov.csv
  ackguard ledger export --format jsonl --private --out audit.jsonl
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = words.add_parser("ledger", help="the record of every decision")
    inner = parser.add_subparsers(dest="word", metavar="list|show|export", required=True)
    listing = inner.add_parser("list", help="the latest records", description=LIST, formatter_class=raw)
    listing.add_argument("--limit", type=_count, default=20, metavar="N", help="how many (default: 20)")
    listing.add_argument("--since", type=_time, metavar="TIME", help="only what began at or after this ISO time with a zone")
    listing.add_argument("--kind", choices=sorted(KINDS), help="only this kind of record (default: all but viewed)")
    showing = inner.add_parser("show", help="every record of one id", description=SHOW)
    showing.add_argument("id", metavar="ID")
    add_reason(showing)
    for one in (listing, showing):
        one.add_argument("--json", action="store_true", help="JSON for machines")
        add_data(one)
    _add_export(inner.add_parser("export", help="copy the record into files", description=EXPORT, formatter_class=raw))


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("jsonl", "csv"), required=True, help="jsonl: the record; csv: a view of it")
    parser.add_argument("--since", type=_time, metavar="TIME", help="only what was recorded at or after this ISO time")
    parser.add_argument("--until", type=_time, metavar="TIME", help="only what was recorded before this ISO time")
    parser.add_argument("--brand", type=_brand, help="only records of this brand")
    parser.add_argument("--private", action="store_true", help="also the private halves, in a file of their own")
    parser.add_argument("--out", type=Path, metavar="FILE", help="a new file (default: standard output)")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the list or one story, or copy the ledger."""
    return {"list": _list, "show": _show, "export": _export}[arguments.word](arguments)


def _list(arguments: argparse.Namespace) -> int:
    with opened(arguments.data) as folder:
        newest = latest(folder.lookup, arguments.limit, arguments.kind)
        found = [one for one in newest if arguments.since is None or one.at >= arguments.since]
        clock = folder.clock()
        if not arguments.json:
            seen(folder, (one for one in found if one.mention), "ledger-list")
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
        seen(folder, [story], "ledger-show", arguments.reason)
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


def _export(arguments: argparse.Namespace) -> int:
    if arguments.private and arguments.out is None:
        raise screen.Complaint("private halves go into a file of their own: say --out FILE", screen.Exit.USAGE)
    if arguments.since and arguments.until and arguments.since >= arguments.until:
        raise screen.Complaint("--since must be before --until", screen.Exit.USAGE)
    query = Query(
        format=arguments.format,
        since=arguments.since,
        until=arguments.until,
        brand=arguments.brand,
        private=arguments.private,
    )
    with opened(arguments.data) as folder:
        done = exporting.run(folder, query, arguments.out)
    if arguments.out is not None:
        print(f"{done.count} records in {arguments.out} ({done.sha256})")
        if done.private:
            print(f"{done.halves} private halves in {done.private}, readable by you only")
        print(f"on the record: ackguard ledger show {done.record}")
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


def _brand(text: str) -> str:
    # It goes into the public half of the record of the export.
    if not FORMS["name"](text):
        raise argparse.ArgumentTypeError("the name of a brand's folder is expected")
    return text


def _time(text: str) -> datetime:
    try:
        return instant(text)
    except ValueError:
        raise argparse.ArgumentTypeError("an ISO time with a zone is expected, for example 2026-11-21T09:00:00Z") from None


COMMAND = Command(add, run)
