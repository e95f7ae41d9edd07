"""``ackguard voice starters``: what people make of the starters, and which of their rewrites could be wordings."""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rich.text import Text

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import Folder, add_data, opened
from chalicelib.cli.story import Kept, Story, stories
from chalicelib.cli.witness import add_reason, seen

DESCRIPTION = """\
Shows for each topic how often a starter was sent as it was, made into something better, or left. It counts by topic and never by
person: where many are sent unedited the starters are too easy to send, which is a matter for the copywriter.
Below stand the rewrites least like anything else that the account said: candidates for new wordings.

examples:
  ackguard voice starters
"""
REWRITES = 3
PAGE = 500


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "starters", help="what people make of the starters", description=DESCRIPTION, formatter_class=tree.RAW
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_reason(parser)
    add_data(parser)


@dataclass(slots=True)
class _Uses:
    """Replies about one topic by what became of the starter; ``rewrites`` are (percent alike, text)."""

    counts: dict[str, int] = field(default_factory=lambda: {"unedited": 0, "edited": 0, "none": 0})
    rewrites: list[tuple[int, str]] = field(default_factory=list)


def run(arguments: argparse.Namespace) -> int:
    """Count and print."""
    with opened(arguments.data) as folder:
        told = list(_answered(folder))
        seen(folder, told, "starters", arguments.reason)
    found: dict[str, _Uses] = defaultdict(_Uses)
    for kept in (kept for story in told for kept in story.records if kept.public["kind"] == "replying"):
        _count(found, kept)
    if arguments.json:
        for topic, uses in sorted(found.items()):
            print(json.dumps({"topic": topic, **uses.counts, "rewrites": _best(uses)}))
    else:
        _show(found)
    return screen.Exit.OK


def _answered(folder: Folder) -> Iterator[Story]:
    """Every case in which a person began to answer."""
    after, ids = 0, dict[str, None]()
    while rows := folder.lookup.history(after, PAGE):
        ids |= {key.partition: None for _, key, row in rows if row["kind"] == "replying"}
        after = rows[-1][0]
    for id in ids:
        yield from stories(folder.lookup, id)


def _count(found: Mapping[str, _Uses], kept: Kept) -> None:
    body = kept.public["body"]
    use = body.get("starter")
    if use is None:
        return
    uses = found[body.get("topic") or "-"]
    uses.counts[use] += 1
    if use == "edited" and kept.private:
        uses.rewrites.append((body.get("closest_percent") or 0, str(kept.private["text"])))


def _best(uses: _Uses) -> Sequence[str]:
    return [text for _, text in sorted(uses.rewrites)[:REWRITES]]


def _show(found: Mapping[str, _Uses]) -> None:
    out, made = screen.console(), screen.table("topic", "sent unedited", "edited", "left")
    for topic, uses in sorted(found.items()):
        sent = sum(uses.counts.values())
        made.add_row(topic, *(f"{uses.counts[use]} ({uses.counts[use] / sent:.0%})" for use in ("unedited", "edited", "none")))
    out.print(made)
    for topic, uses in sorted(found.items()):
        for text in _best(uses):
            out.print(Text(f"  {topic}: “{screen.safe(text)}”"), soft_wrap=True)


COMMAND = Command(add, run)
