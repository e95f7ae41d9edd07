"""``ackguard voice index``: how repetitive a brand's public replies are, ours or anybody's."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Computes the robot index of replies: the share that repeats an earlier reply of the same account.

  exact   identical to an earlier reply once the addressee at its start is dropped
  near    at least 80 % of the word 3-shingles in common with an earlier reply, after @names, links, numbers, initials (^sa)
          and the greeted first name are masked; exact ones are near too

FILE.jsonl has one object a line, in posting order: {"text": "...", "account": "..."}; more fields do no harm. Replies are
compared within one account (or another field: --by brand). The share grows with the number of replies, so compare the
columns for the first 1,000 and the first 200: people at large brands come to about 5 % of 1,000, a template to 95 %.

examples:
  make voice-sample N=2000 OUT=/tmp/ours.jsonl && ackguard voice index /tmp/ours.jsonl
  ackguard voice index theirs.jsonl --by brand --json
"""
LONGEST_LINE = 100_000


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "index", help="how repetitive replies in a file are", description=DESCRIPTION, formatter_class=tree.RAW
    )
    parser.add_argument("file", type=Path, metavar="FILE.jsonl", help="one reply a line")
    parser.add_argument("--by", default="account", metavar="FIELD", help="what keeps brands apart (default: account)")
    parser.add_argument("--json", action="store_true", help="JSON for machines")


def run(arguments: argparse.Namespace) -> int:
    """Read, count and print; raises Complaint where a line is no reply."""
    replies: dict[str, list[str]] = {}
    for account, text in _read(arguments.file, arguments.by):
        replies.setdefault(account, []).append(text)
    if not replies:
        raise screen.Complaint(f"{arguments.file}: no reply in it; give one JSON object a line, with a text")
    told = []
    with screen.progress("comparing", len(replies), beside_output=True) as steps:
        for account, texts in sorted(replies.items(), key=lambda pair: -len(pair[1])):
            told.append(_counted(account, texts))
            steps.advance()
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False))
        return screen.Exit.OK
    made = screen.table(arguments.by, "replies", "exact %", "near %", "near %, first 1,000", "near %, first 200", "most used")
    for one in told:
        shares = (one[name] for name in ("exact", "near", "near_first1000", "near_first200"))
        cells = ["-" if share is None else f"{share:.1f}" for share in shares]
        made.add_row(screen.shortened(one["account"], 30), f"{one['replies']:,}", *cells, screen.shortened(one["most_used"], 60))
    screen.console().print(made)
    return screen.Exit.OK


def _counted(account: str, texts: Sequence[str]) -> dict[str, Any]:
    from chalicelib.voice.sameness import most_used, robot_index  # noqa: PLC0415 - read only where it is asked for

    def near(first: int) -> float | None:
        """None with fewer replies: shares of different numbers do not compare."""
        return robot_index(texts[:first]).near * 100 / first if len(texts) >= first else None

    found, (text, times) = robot_index(texts), most_used(texts)
    return {
        "account": account,
        "replies": found.replies,
        "exact": found.exact * 100 / found.replies,
        "near": found.near * 100 / found.replies,
        "near_first1000": near(1000),
        "near_first200": near(200),
        "most_used": f"{times} x {text}" if times > 1 else "",
    }


def _read(path: Path, by: str) -> Iterator[tuple[str, str]]:
    """(account, text) of every line; raises Complaint with the line that is wrong."""
    try:
        with path.open("rb") as source:
            for number, line in enumerate(source, start=1):
                if line.strip():
                    yield _reply(line, f"{path}:{number}", by)
    except OSError as error:
        raise screen.Complaint(f"{path}: {error.strerror}; give a file of JSON lines") from None


def _reply(line: bytes, place: str, by: str) -> tuple[str, str]:
    try:
        found = json.loads(line) if len(line) <= LONGEST_LINE else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        raise screen.Complaint(f'{place}: no reply; write {{"text": "...", "{by}": "..."}} on a line of its own')
    return str(found.get(by, "-")), found["text"]


COMMAND = Command(add, run)
