"""``ackguard judge``: labelled mentions in, how many of each kind would be acknowledged out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from chalicelib.cli import labelled, screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.plain import BadLine

DESCRIPTION = """\
Decides labelled mentions and says how many of each kind would be acknowledged, with the text of every wrong one.

  in   {"text": "why was my card declined?", "ok": true, "reasons": []}
       {"text": "my card was stolen", "ok": false, "reasons": ["fraud_security"]}

ok (or must_human, its opposite) and text are needed; what `ackguard decide` understands may stand beside them. The reasons
are those of docs/judgement.md. stratum "random" marks a natural mix: the share of wrong acknowledgements is told of it alone.
The lines that a file keeps closed for the one scoring of a release are left out; --closed scores those alone, without texts.

examples:
  ackguard judge ours.jsonl
  ackguard judge ours.jsonl --brand northwind-bank --json

Exit code 0 if nothing critical was acknowledged, 1 if something was or a line is bad, 2 wrong usage.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "judge",
        help="score the policy and the recogniser against labelled mentions",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE.jsonl", type=Path, help="one labelled mention a line")
    parser.add_argument("--brand", default="demo", help="the brand where a line names none of policies/ (default: demo)")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="another policy folder (default: the one beside this code)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of tables")
    parser.add_argument("--closed", action="store_true", help="score the lines that stay closed, once, aggregates only")


def run(arguments: argparse.Namespace) -> int:
    """Decide every line and score; raises Complaint where the file or the policies cannot be read."""
    # Compiling policies needs YAML, cryptography and every check: only this command waits for them.
    from chalicelib import wiring  # noqa: PLC0415
    from chalicelib.cli.judging import Judge  # noqa: PLC0415
    from chalicelib.cli.pack import POLICIES, pack_of  # noqa: PLC0415

    lines = _chosen(arguments.file, arguments.closed)
    bundle, loaded = pack_of(arguments.policies or POLICIES)
    if arguments.brand not in bundle.brands:
        known = ", ".join(sorted(bundle.brands))
        raise screen.Complaint(f"--brand {arguments.brand}: no such brand; there are {known}", screen.Exit.USAGE)
    judge = Judge(bundle, loaded, arguments.brand, datetime.now(timezone.utc), wiring.recogniser())
    judged = []
    with screen.progress("judging", len(lines), beside_output=True) as steps:
        for one in lines:
            answer = judge.decide(one.mention)
            judged.append(labelled.Judged(one, answer["outcome"] == "acknowledge", answer["rule"]))
            steps.advance()
    scored = labelled.score(judged)
    if arguments.closed:
        scored["wrong"] = []
    if arguments.json:
        sys.stdout.write(json.dumps(scored, indent=2) + "\n")
    else:
        _show(scored)
    return int(screen.Exit.BAD if scored["classes"]["critical"][0] else screen.Exit.OK)


def _chosen(file: Path, closed: bool) -> list[labelled.Labelled]:
    """The lines to score; raises Complaint naming file and line of the first bad one."""
    try:
        lines = [line for line in file.read_bytes().split(b"\n") if line.strip()]
    except OSError as error:
        raise screen.Complaint(f"{file}: {error.strerror}; give a file of labelled JSON lines") from None
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(labelled.read(line, number))
        except BadLine as bad:
            raise screen.Complaint(f"{file}:{number}: {bad}") from None
    kept = labelled.closed_of(file.name, [one.stratum for one in found])
    chosen = [one for place, one in enumerate(found) if (place in kept) == closed]
    if not chosen:
        raise screen.Complaint(f"{file}: no line {'that stays closed' if closed else 'to score'}")
    return chosen


def _show(scored: dict[str, Any]) -> None:
    console = screen.console()
    peer = labelled.PEER
    console.print(f"beside it  {peer.name}: {_of(peer.critical)} critical, {peer.coverage:.0%} of the fine ones")
    classes = screen.table("acknowledged of", "count", "share", title="By class")
    for name, pair in scored["classes"].items():
        classes.add_row("fine to acknowledge" if name == "fine" else f"{name} (should be 0)", _of(pair), _share(pair))
    console.print(classes)
    reasons = screen.table("reason", "acknowledged", title="By reason")
    for name, pair in scored["reasons"].items():
        reasons.add_row(name, _of(pair))
    console.print(reasons)
    strata = screen.table("stratum", "mentions", "acknowledged", "of these wrong", title="By stratum")
    for name, row in scored["strata"].items():
        strata.add_row(screen.safe(name), str(row["of"]), str(row["acknowledged"]), str(row["wrong"]))
    console.print(strata)
    console.print(f"wrong among what was acknowledged of a natural mix: {_of(scored['wrong_of_random'])}")
    held = ", ".join(f"{rule} {count}" for rule, count in scored["held_back"].items())
    console.print(f"fine, and a person all the same, by: {held or 'nothing'}")
    for one in scored["wrong"]:
        console.print(f"wrong  {screen.safe(one['id'])}  {', '.join(one['reasons'])}\n       {screen.safe(one['text'])}")


def _of(pair: Sequence[int]) -> str:
    return f"{pair[0]} of {pair[1]}"


def _share(pair: Sequence[int]) -> str:
    return f"{pair[0] / pair[1]:.0%}" if pair[1] else "–"


COMMAND = Command(add, run)
