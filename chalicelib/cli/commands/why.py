"""``ackguard why``: one decision in words that a customer-care lead reads."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import LocalTimes, add_data, one_story, opened
from chalicelib.cli.story import Story, case_of, handle_of, text_of
from chalicelib.cli.witness import add_reason, seen
from chalicelib.domain.codec import instant
from chalicelib.domain.facts import Case
from chalicelib.policy.deciding.explain import explain

DESCRIPTION = """\
Explains one decision: what the outcome was, which rule decided, the words or facts that made it match, and what would have
happened without it. Then what followed: the reply, or who should answer by when.
The first letters of the id are enough: ackguard why 3k7q
That you looked is a record of its own.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "why",
        help="explain one decision",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("id", metavar="ID", help="record id, or its first letters")
    parser.add_argument("--json", action="store_true", help="the records as JSON (the same as: ledger show --json)")
    add_reason(parser)
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation; raises Complaint where the id names nothing that was decided."""
    with opened(arguments.data) as folder:
        story = one_story(folder.lookup, arguments.id)
        case = case_of(folder.lookup, story.id)
        clock = folder.clock()
        if not story.decided:
            raise screen.Complaint(f"{story.id} is a record of another kind; see: ackguard ledger show {story.id}")
        seen(folder, [story], "why", arguments.reason)
    if arguments.json:
        records = [{"sort": kept.sort, "public": kept.public, "private": kept.private} for kept in story.records]
        print(json.dumps({"id": story.id, "records": records}))
        return screen.Exit.OK
    _print(screen.console(), story, case, clock)
    return screen.Exit.OK


def _print(out: Console, story: Story, case: Case | None, clock: LocalTimes) -> None:
    out.print(Text(f"{story.id}  {story.brand}  {clock.at(story.at, story.brand)}", style="bold"))
    decision = story.decision
    if decision is None:
        out.print("The private half of this record was erased: the words are gone, the decision and its proof stay.")
        out.print(f"outcome {story.decided['outcome']}, rule {story.decided['rule']}")
    else:
        text = text_of(story.mention)
        out.print(Text(f"@{screen.safe(handle_of(story.mention)).lstrip('@')} wrote: “{screen.safe(text)}”"))
        out.print()
        for line in explain(decision, text).splitlines():
            out.print(Text(screen.safe(line)))
    out.print()
    out.print(Text("What followed", style="bold"))
    for line in followed(story, case, clock):
        out.print(Text(f"  {line}"))


def followed(story: Story, case: Case | None, clock: LocalTimes) -> list[str]:
    """What happened after the decision, oldest first, one line each."""
    lines = []
    if story.reply is not None:
        lines.append(f"{'The public reply' if story.outcome == 'acknowledge' else 'The reply that was held'}: “{story.reply}”")
    for kept in sorted(story.records, key=lambda kept: str(kept.public["at"])):
        kind, body = str(kept.public["kind"]), kept.public.get("body", {})
        if kind != "decision":
            lines.append(f"{clock.at(instant(kept.public['at']), story.brand)}  {_said(kind, body)}")
    if not story.end:
        lines.append("It has not ended yet: the reply waits for the end of the hold.")
    if case is not None:
        owner = f"{case.status} by {case.owner}" if case.owner else case.status
        lines.append(f"Case {case.id[:8]} ({owner}): {case.department}, P{case.priority}, by {clock.at(case.due, case.brand)}")
    return [screen.safe(line) for line in lines]


def _said(kind: str, body: Mapping[str, Any]) -> str:
    """One follow-up record in words; a kind that has none is shown by its own name."""
    if kind == "terminal":
        ends = {"posted": "the reply was posted", "human": "ended with a person", "ignored": "ended without an answer of ours"}
        looked_up = ", found by look-up" if body.get("looked_up") else ""
        return f"{ends.get(str(body['state']), body['state'])} ({body['reason']}{looked_up})"
    words = {
        "intent": f"the reply went to the platform, attempt {body.get('attempt')}",
        "edited": "the author edited the post; " + ("nothing changed" if body.get("kept") else "the reply was stopped"),
        "deleted": "the author deleted the post",
        "taken": "a person of the brand "
        + ("answered on the platform" if body.get("reason") == "answered-natively" else "took it"),
        "replying": "a person is answering",
        "replied": f"a person answered ({body.get('status')})",
        "returned": "it was given back",
        "closed": "the case was closed",
        "case_overdue": "nobody had answered in time",
        "announce_failed": "a sink could not be told of the case",
    }
    return words.get(kind, kind)


COMMAND = Command(add, run)
