"""``ackguard policy history``: which policy was in force when, who put it there, what waits, and what runs beside."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.ports import Row

DESCRIPTION = """\
Lists what was done to the policy, newest first: published, rolled back, a challenger started or stopped; who stood for it,
and which record proves it. Then the proposals that wait for a second person, and how the challenger does.

examples:
  ackguard policy history
  ackguard policy history --limit 5 --json
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    from chalicelib.cli.place import add_word  # noqa: PLC0415

    parser = add_word(words, "history", "which policy was in force when, and who put it there", DESCRIPTION)
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default: 20)")


def run(arguments: argparse.Namespace) -> int:
    """Print it."""
    from rich.text import Text  # noqa: PLC0415

    from chalicelib.cli.challengers import score  # noqa: PLC0415
    from chalicelib.cli.publisher import SHOWN, publishing  # noqa: PLC0415
    from chalicelib.domain.codec import instant  # noqa: PLC0415
    from chalicelib.steps.approve import history, proposals  # noqa: PLC0415
    from chalicelib.steps.publish import pointer_of  # noqa: PLC0415

    with publishing(arguments) as here:
        pointer, lines = pointer_of(here.ports.store), history(here.ports)[: max(1, arguments.limit)]
        waiting = [one for one in proposals(here.ports) if one.status == "open" and one.base == pointer.get("sha256", "")]
        challenger = str(pointer.get("challenger", ""))
        counts = score(here.folder, challenger) if challenger and here.folder else None
    if arguments.json:
        open_ones = [
            {"sha256": one.sha256, "by": one.author_id, "change": one.change, "flips": one.replay.flips} for one in waiting
        ]
        document = {"in_force": pointer.get("sha256"), "challenger": challenger or None, "history": lines, "waiting": open_ones}
        print(json.dumps(document | {"challenged": counts}))
        return screen.Exit.OK
    out, made = screen.console(), screen.table("when", "policy", "what", "change", "who", "record")
    for line in lines:
        mark = " ◀ in force" if line["sha256"] == pointer.get("sha256") and line is _newest(lines) else ""
        cells = [screen.zoned(instant(line["at"])), line["sha256"][:SHOWN] + mark, line["did"], line["change"]]
        made.add_row(*(Text(screen.safe(cell)) for cell in (*cells, ", ".join(line["people"]), line["record"][:8])))
    out.print(made)
    for one in waiting:
        who, when = screen.safe(one.author_id), screen.zoned(one.at)
        out.print(Text(f"{one.sha256[:SHOWN]} waits for a second person: {one.change}, by {who}, {when}", style="yellow"))
    if challenger:
        told = (
            "" if counts is None else ": " + (", ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing yet")
        )
        out.print(Text(f"{challenger[:SHOWN]} runs beside, never sent{told}"))
    return screen.Exit.OK


def _newest(lines: Sequence[Row]) -> Row | None:
    """The line that put the policy in force which is in force: the newest that is not about a challenger."""
    return next((line for line in lines if not str(line["did"]).startswith("challenger")), None)


COMMAND = Command(add, run)
