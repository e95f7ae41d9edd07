"""``ackguard decide``: mentions in plain form in, one decision a line out."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import BinaryIO

from chalicelib.cli import plain, screen
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Decides mentions from a file (- reads standard input), one JSON object a line, and prints one JSON line for each.
Nothing is posted and nothing is kept. Every mention is decided alone, as the first contact with a staffed brand.

  in   {"id": "1", "text": "@BrandDemo why was my card declined?"}
  out  {"id": "1", "outcome": "acknowledge", "rule": ..., "because": [...], "matched": [...], "reply": "..."}

id and text are needed; any of these may be there, the rest is ordinary:
  author      a handle                      created_at  ISO 8601 with a zone; it is decided at that time
  followers   a whole number                platform    x, mastodon ... (default: x)
  lang        what the platform says        brand       a folder under policies/ (else --brand decides)
  media       a list, for example ["photo"] is_reply    true or false
  context     {"reply_to": "brand" | "customer" | "other", "text": "the post above"}

A bad line gives {"line": 7, "error": "..."} in its place and is counted on standard error.
Exit code 0, or 1 if nothing could be read. The form is described in docs/decide.md.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "decide",
        help="decide mentions from a file, one JSON line each",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", metavar="FILE.jsonl", help="one mention a line; - is standard input")
    parser.add_argument("--brand", default="demo", help="the brand where a line names none of policies/ (default: demo)")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="another policy folder (default: the one beside this code)")


def run(arguments: argparse.Namespace) -> int:
    """Decide every line; raises Complaint where the file or the policies cannot be read."""
    # Compiling policies needs YAML, cryptography and every check: only this command waits for them.
    from chalicelib import wiring  # noqa: PLC0415
    from chalicelib.cli.judging import Judge  # noqa: PLC0415
    from chalicelib.cli.pack import POLICIES, pack_of  # noqa: PLC0415

    bundle, loaded = pack_of(arguments.policies or POLICIES)
    if arguments.brand not in bundle.brands:
        known = ", ".join(sorted(bundle.brands))
        raise screen.Complaint(f"--brand {arguments.brand}: no such brand; there are {known}", screen.Exit.USAGE)
    judge = Judge(bundle, loaded, arguments.brand, datetime.now(timezone.utc), wiring.recogniser())
    counted: Counter[str] = Counter()
    with opened(arguments.file) as source, screen.progress("deciding", count_lines(source), beside_output=True) as steps:
        for number, line in enumerate(read_lines(source), start=1):
            try:
                answer = judge.decide(plain.read(line))
                counted[answer["outcome"]] += 1
            except plain.BadLine as bad:
                answer = {"line": number, "error": str(bad)}
                counted["bad"] += 1
            sys.stdout.write(json.dumps(answer) + "\n")
            steps.advance()
    return _summary(counted, judge.strange_brands, arguments.brand)


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """The file as bytes, or standard input for ``-``; raises Complaint where it cannot be opened."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        source = Path(name).open("rb")  # noqa: SIM115 - closed below; opening alone may fail with a sentence
    except OSError as error:
        raise screen.Complaint(f"{name}: {error.strerror}; give a file of JSON lines, or - for standard input") from None
    with source:
        yield source


def read_lines(source: BinaryIO) -> Iterator[bytes]:
    """Lines without their ends; of a line that is too long only the start is kept, just enough to know."""
    while line := source.readline(plain.LONGEST_LINE + 1):
        rest = line
        while not rest.endswith(b"\n") and len(rest) > plain.LONGEST_LINE:
            rest = source.readline(plain.LONGEST_LINE + 1)
        yield line.rstrip(b"\r\n")


def count_lines(source: BinaryIO) -> int | None:
    """How many lines a real file has; None for a pipe, which can be read only once."""
    if not source.seekable() or source is sys.stdin.buffer:
        return None
    count = sum(chunk.count(b"\n") for chunk in iter(lambda: source.read(1 << 20), b""))
    source.seek(0)
    return count


def _summary(counted: Counter[str], strange: int, brand: str) -> int:
    decided = sum(counted.values()) - counted["bad"]
    told = ", ".join(f"{counted[name]} {name}" for name in screen.OUTCOME_STYLE)
    print(f"decided {decided}: {told}; {counted['bad']} bad lines", file=sys.stderr)
    if strange:
        print(f"{strange} lines name a brand that policies/ does not have; they were decided as {brand}", file=sys.stderr)
    return screen.Exit.BAD if not decided else screen.Exit.OK


COMMAND = Command(add, run)
