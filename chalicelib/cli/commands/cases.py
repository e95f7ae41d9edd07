"""``ackguard cases``: what waits for a person, the most urgent first, and one case with its whole conversation."""

from __future__ import annotations

import argparse
import json
from datetime import datetime

from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.conversation import lateness, owned, show
from chalicelib.cli.folder import Folder, LocalTimes, add_data, opened
from chalicelib.cli.people import one_case
from chalicelib.cli.story import Story, cases, stories, text_of
from chalicelib.cli.witness import add_reason, seen
from chalicelib.domain.codec import encode
from chalicelib.domain.facts import Case

DESCRIPTION = """\
Lists the cases that wait for a person: who should answer, how urgent it is, by when, why, and the words that made it so.
Every mention that is not ignored opens or joins a case, also one that was acknowledged. With an id: the whole conversation.
That you looked is a record of its own.

then: ackguard take CASE · ackguard reply CASE "..." · ackguard return CASE · ackguard close CASE
"""
SHOWN = 60
"""Characters of the evidence in a list."""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = words.add_parser("cases", help="what waits for a person", description=DESCRIPTION, formatter_class=raw)
    parser.add_argument("case", nargs="?", metavar="CASE", help="one case, by its id or the first letters of it")
    parser.add_argument("--brand", help="only this brand")
    parser.add_argument("--all", action="store_true", help="closed cases too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, without any text")
    add_reason(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the cases, or one of them; raises Complaint where the id names none."""
    with opened(arguments.data) as folder:
        if arguments.case is not None:
            return _one(arguments, folder)
        found = [case for case in cases(folder.lookup) if arguments.all or case.status != "closed"]
        shown = [case for case in found if arguments.brand in (None, case.brand)]
        if arguments.json:
            for case in shown:
                print(json.dumps(encode(case)))
            return screen.Exit.OK
        reasons = {case.id: _reason(case, folder) for case in shown}
        seen(folder, [story for story in reasons.values() if story is not None], "cases", arguments.reason)
        clock, now = folder.clock(), folder.now()
    out = screen.console()
    made = screen.table("case", "brand", "urgency", "department", "answer by", "why", "evidence", "status")
    for case in shown:
        made.add_row(*_cells(case, reasons[case.id], clock, now))
    out.print(made)
    out.print(f"{len(shown)} cases. The whole conversation: ackguard cases CASE", style="dim")
    return screen.Exit.OK


def _one(arguments: argparse.Namespace, folder: Folder) -> int:
    case = one_case(folder, arguments.case)
    if arguments.json:
        print(json.dumps(encode(case)))
        return screen.Exit.OK
    told = [story for record in dict.fromkeys((*case.mentions, case.id)) for story in stories(folder.lookup, record)]
    seen(folder, told, "case", arguments.reason)
    show(screen.console(), case, told, folder.store, folder.clock(), folder.now())
    return screen.Exit.OK


def _reason(case: Case, folder: Folder) -> Story | None:
    """The mention that stands for why the case is here: the latest one that was decided by its rule."""
    told = (story for record in reversed(case.mentions) for story in stories(folder.lookup, record))
    return next((story for story in told if story.decided.get("rule") == case.reason), None)


def _cells(case: Case, story: Story | None, clock: LocalTimes, now: datetime) -> list[Text]:
    due = clock.at(case.due, case.brand) + lateness(case, now)
    urgency = f"P{case.priority}"
    why, evidence = _why(case, story)
    cells = [case.id[:8], case.brand, urgency, case.department, due, f"{case.reason}: {why}" if why else case.reason]
    cells += [screen.shortened(evidence, SHOWN), owned(case)]
    style = "bold red" if case.priority == 0 else ""
    return [Text(screen.safe(cell), style=style) for cell in cells]


def _why(case: Case, story: Story | None) -> tuple[str, str]:
    """The rule in words, and the words of the post or the fact that made it match."""
    decision = story.decision if story is not None else None
    if story is None or decision is None:
        return "", ""
    text = text_of(story.mention)
    spans = [
        text[one.start : one.end] if one.start is not None and one.end is not None else f"{one.fact}: {one.says}"
        for match in decision.matched
        if match.rule in decision.because
        for one in match.evidence
    ]
    return decision.why, "; ".join(dict.fromkeys(spans))


COMMAND = Command(add, run)
