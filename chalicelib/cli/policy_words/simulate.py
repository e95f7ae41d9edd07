"""``ackguard policy simulate``: what a policy that is not in force would do with mentions that were decided before."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers

if TYPE_CHECKING:
    from chalicelib.cli.publisher import Publisher
    from chalicelib.cli.rehearsal import Rehearsal
    from chalicelib.steps.bundles import Loaded

DESCRIPTION = """\
Plays mentions through NEW (a folder, or the start of a bundle's hash) and through the policy in force, with the same
decision that production makes, and says what would become different. First how much could be replayed at all; then every
mention that went to a person and would be acknowledged, with its text and what counted; then counts, and rules never hit.

  --since 24h        what the ledger recorded, with the facts as they were then (90m, 24h, 7d, or an ISO time with a zone)
  --mentions FILE    mentions in plain form (docs/decide.md), one JSON object a line; each as a first contact
  --challenger       nothing is decided again: the live decisions against those of the challenger, both from the record

examples:
  ackguard policy simulate policies --since 24h
  ackguard policy simulate policies --since 7d --html report.html
  ackguard policy simulate policies --mentions mentions.jsonl --json
  ackguard policy simulate --challenger --since 7d --html report.html

It shows what people wrote, so that you looked is a record of its own. Exit code 1 where a mention turns to an acknowledgement.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    from chalicelib.cli.place import add_word  # noqa: PLC0415

    parser = add_word(words, "simulate", "what would a policy do with recorded mentions?", DESCRIPTION)
    parser.add_argument("new", nargs="?", metavar="NEW", help="a policy folder, or the start of a bundle's hash")
    parser.add_argument("--challenger", action="store_true", help="what the policy that runs beside did, as recorded")
    parser.add_argument("--html", type=Path, metavar="OUT", help="also a report that works without a network")
    add_source(parser)


def add_source(parser: argparse.ArgumentParser) -> None:
    """The options that say which mentions are replayed."""
    parser.add_argument("--since", default="24h", metavar="SPAN", help="recorded mentions since then (default: 24h)")
    parser.add_argument("--mentions", metavar="FILE", help="mentions of a file instead; - is standard input")


def run(arguments: argparse.Namespace) -> int:
    """Play, tell, and write the report; raises Complaint where the policy or the mentions cannot be read."""
    from chalicelib.cli import rehearsal  # noqa: PLC0415 - compiling policies waits until it is asked for
    from chalicelib.cli.publisher import publishing, rehearsed  # noqa: PLC0415
    from chalicelib.cli.simulated_page import write_page  # noqa: PLC0415

    if (arguments.new is None) is not arguments.challenger or (arguments.challenger and arguments.mentions is not None):
        says = "say which policy: NEW with --since or --mentions, or --challenger with --since"
        raise screen.Complaint(says, screen.Exit.USAGE)
    with publishing(arguments) as here:
        new = here.named(here.challenger() if arguments.challenger else arguments.new)
        with replayed(arguments, here, rehearsed(new), beside=new.sha256 if arguments.challenger else None) as made:
            seen(here, made, arguments)
            if arguments.html is not None:
                write_page(arguments.html, made, new.name, here.now)
            if arguments.json:
                print(json.dumps(rehearsal.summary(made) | {"shown": list(made.flips())}))
            else:
                rehearsal.tell(made)
            return screen.Exit.BAD if made.simulation.flips else screen.Exit.OK


@contextmanager
def replayed(arguments: argparse.Namespace, here: Publisher, new: Loaded, beside: str | None = None) -> Iterator[Rehearsal]:
    """The mentions that were asked for, played; ``beside``: as the challenger of that hash judged them.

    Raises Complaint where there is no such source.
    """
    from chalicelib import wiring  # noqa: PLC0415
    from chalicelib.cli.commands.decide import count_lines, opened, read_lines  # noqa: PLC0415
    from chalicelib.cli.judging import Judge  # noqa: PLC0415
    from chalicelib.cli.rehearsal import rehearsal  # noqa: PLC0415
    from chalicelib.cli.replaying import challenged, recorded, since_when, written  # noqa: PLC0415
    from chalicelib.policy.deciding.bundle import Broken  # noqa: PLC0415

    if arguments.mentions is not None:
        assert not isinstance(new.bundle, Broken)
        judge = Judge(new.bundle, new, next(iter(new.bundle.brands)), here.now, wiring.recogniser())
        with opened(arguments.mentions) as source:
            total = count_lines(source)
            with rehearsal(new, here.live(), written(read_lines(source), judge), total) as made:
                yield made
        return
    try:
        since = since_when(arguments.since, here.now)
    except (ValueError, OverflowError):
        raise screen.Complaint(
            f"--since {arguments.since}: 90m, 24h, 7d, or an ISO time with a zone", screen.Exit.USAGE
        ) from None
    store = here.ports.store
    if beside is not None:
        told = challenged(store, here.records("challenged", since), beside)
    else:
        told = recorded(store, here.records("decision", since))
    with rehearsal(new, here.live(), told, None) as made:
        yield made


def seen(here: Publisher, made: Rehearsal, arguments: argparse.Namespace) -> None:
    """Record that the person is about to read what people wrote; mentions of a file are theirs already."""
    from chalicelib.steps.viewed import ViewPorts, viewed  # noqa: PLC0415

    if arguments.mentions is None:
        ports = ViewPorts(store=here.ports.store, entropy=here.ports.entropy)
        viewed([flip["id"] for flip in made.flips()], "policy-simulate", here.person.actor, ports, here.now)


COMMAND = Command(add, run)
