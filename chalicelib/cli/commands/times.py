"""``ackguard times``: how long people wait for the acknowledgement and for the person, side by side."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import add_data, opened
from chalicelib.cli.timing import Times, counted
from chalicelib.steps.waits import nearest_rank

DESCRIPTION = """\
Shows for each brand and topic how long authors waited for the acknowledgement and for the first answer of a person, and
what became of the promises. An acknowledgement never stops the clock: the person's column is the one that counts.

examples:
  ackguard times
  ackguard times --since 7d --brand telline
"""
_SPAN = re.compile(r"([1-9]\d{0,3})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "times",
        help="how long people wait for the machine and for a person",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--since", default="24h", type=_span, metavar="SPAN", help="how far back: 90m, 24h, 7d (default: 24h)")
    parser.add_argument("--brand", help="this brand only")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Count and print."""
    with opened(arguments.data) as folder:
        found = counted(folder.lookup, folder.store, folder.now() - arguments.since)
    rows = [_row(*place, times) for place, times in sorted(found.items()) if arguments.brand in (None, place[0])]
    if arguments.json:
        for row in rows:
            print(json.dumps(row))
        return screen.Exit.OK
    shown = screen.table(
        "brand",
        "topic",
        "mentions",
        "acknowledged",
        "after (half, 4 of 5)",
        "a person",
        "after (half, 4 of 5)",
        "promises kept / broken / open",
    )
    for row in rows:
        shown.add_row(*map(screen.safe, _cells(row)))
    screen.console().print(shown)
    return screen.Exit.OK


def _span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is no span; say 90m, 24h or 7d")
    return int(found[1]) * _UNITS[found[2]]


def _row(brand: str, topic: str, times: Times) -> Mapping[str, object]:
    return {
        "brand": brand,
        "topic": topic or None,
        "mentions": times.mentions,
        "acknowledged": len(times.to_acknowledgement),
        "minutes_to_acknowledgement": _middle_and_most(times.to_acknowledgement),
        "answered": len(times.to_person),
        "minutes_to_person": _middle_and_most(times.to_person),
        "promises": times.promises,
    }


def _middle_and_most(minutes: Sequence[int]) -> Mapping[str, int | None]:
    return {f"p{percent}": nearest_rank(minutes, percent) if minutes else None for percent in (50, 80)}


def _cells(row: Mapping[str, object]) -> list[str]:
    promises = row["promises"]
    assert isinstance(promises, dict)
    return [
        str(row["brand"]),
        str(row["topic"] or "-"),
        str(row["mentions"]),
        str(row["acknowledged"]),
        _waited(row["minutes_to_acknowledgement"]),
        str(row["answered"]),
        _waited(row["minutes_to_person"]),
        f"{promises['kept']} / {promises['broken']} / {promises['open']}",
    ]


def _waited(minutes: object) -> str:
    assert isinstance(minutes, dict)
    return "-" if minutes["p50"] is None else f"{minutes['p50']} min, {minutes['p80']} min"


COMMAND = Command(add, run)
