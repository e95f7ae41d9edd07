"""What the commands share with which people work on a case: finding it, acting on it once, and saying why not."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Subparsers
from chalicelib.cli.folder import Folder, LocalTimes, add_data, opened
from chalicelib.cli.story import cases
from chalicelib.domain.facts import Case
from chalicelib.domain.keys import Key
from chalicelib.embedded.files import read_private
from chalicelib.embedded.secrets import FileSecrets
from chalicelib.local.actor import actor
from chalicelib.ports import Unavailable
from chalicelib.settings import read_settings
from chalicelib.steps.cases import Act, Acted, CasePorts
from chalicelib.steps.casework import NATIVE, key_of
from chalicelib.steps.done import Contended, new_id
from chalicelib.steps.post import PostPorts

ENDPOINTS = "endpoints.json"
"""Where replies of this folder go (platform → URL), as the service that runs on it wrote; without it the platforms themselves."""

Step = Callable[[Key, Act, CasePorts], Acted]


def add_case(words: Subparsers, word: str, said: str, description: str, *, force: bool = True) -> argparse.ArgumentParser:
    """A command on one case."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = words.add_parser(word, help=said, description=description, formatter_class=raw)
    parser.add_argument("case", metavar="CASE", help="its id, or the first letters of it")
    if force:
        parser.add_argument("--force", metavar="WHY", help="do it although somebody else has the case; why stands on the record")
    add_data(parser)
    return parser


def one_case(folder: Folder, prefix: str) -> Case:
    """The one case that starts with ``prefix``, or that holds the mention that does; raises Complaint for none or several."""
    wanted = prefix.lower()
    found = [case for case in cases(folder.lookup) if any(one.startswith(wanted) for one in (case.id, *case.mentions))]
    if not found or not wanted:
        raise screen.Complaint(f"no case starts with {prefix}; see: ackguard cases --all")
    if len(found) > 1:
        some = ", ".join(case.id for case in found[:5])
        raise screen.Complaint(f"{len(found)} cases start with {prefix} ({some} ...); give more letters of the id")
    return found[0]


def acting(arguments: argparse.Namespace, step: Step, done: str) -> int:
    """Do one thing with one case and say what became of it; raises Complaint where it was not done."""
    with opened(arguments.data) as folder:
        case = one_case(folder, arguments.case)
        by_force = getattr(arguments, "force", None)
        act = Act(id=new_id(os.urandom), actor=actor(), at=folder.now(), by_force=screen.safe(by_force) if by_force else None)
        try:
            result = step(key_of(case), act, CasePorts(store=folder.store, entropy=os.urandom))
        except Contended:
            raise screen.Complaint(f"others kept changing case {case.id[:8]}; try again") from None
        after, clock = result.case or case, folder.clock()
    if result.did not in ("taken", "returned", "closed", "already"):
        raise screen.Complaint(why_not(result.did, after, result.since, clock))
    name = after.id[:8]
    print(f"case {name} {'is as you ask already' if result.did == 'already' else done.format(case=name)}")
    return screen.Exit.OK


def why_not(did: str, case: Case, since: datetime | None, clock: LocalTimes) -> str:
    """Why somebody may not do with a case what they asked for, and what they can do."""
    name = case.id[:8]
    if did == "is-closed":
        return f"case {name} is closed; the author's next mention opens a new one"
    if did == "not-yours":
        owner = "whoever answered in the native app" if case.owner == NATIVE else case.owner
        when = f" since {clock.at(since, case.brand)}" if since else ""
        return f"case {name} belongs to {owner}{when}; they can give it back with: ackguard return {name}"
    return f"case {name} could not be found any more"


def endpoints_of(data: Path) -> dict[str, str]:
    """Where replies from a data folder go (platform → URL); raises Complaint where its file is not understood."""
    try:
        written = json.loads(read_private(data / ENDPOINTS))
    except FileNotFoundError:
        written = read_settings(os.environ).endpoints
    except ValueError:
        raise screen.Complaint(f"{data / ENDPOINTS} cannot be read; start the service once: ackguard run") from None
    return {str(name): str(url) for name, url in written.items()}


def posting(folder: Folder) -> PostPorts:
    """What a person's reply may touch; raises Complaint where the folder says where replies go in a way nobody understands."""
    # The HTTP client and the platform files: no other command waits for them.
    from chalicelib.http_client import PooledHttp  # noqa: PLC0415
    from chalicelib.registry import members  # noqa: PLC0415

    return PostPorts(
        store=folder.store,
        replies=_Nowhere(),
        announcements=_Nowhere(),
        secrets=FileSecrets(folder.path / "secrets.json", []),
        http=PooledHttp(),
        platforms=members("chalicelib.platforms", "PLATFORM"),
        endpoints=endpoints_of(folder.path),
        entropy=os.urandom,
    )


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """A queue for nobody: a person's reply goes out now or not at all."""

    def send(self, body: str, delay_s: int = 0) -> None:
        """See ``ports.Queue``."""
        raise Unavailable("a person's reply is never queued")
