"""``ackguard run``: the whole service on this machine, a stream of mentions through its receiver, and what became of them."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.board import Board, Fate
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import ADDRESS, DEFAULT, add_data
from chalicelib.cli.running import Running, Seen, accounts_of, clock_of, disclosures_of
from chalicelib.domain.state import TERMINAL
from chalicelib.local.feed import Feed, Sender, Sent
from chalicelib.local.stream import scenes

if TYPE_CHECKING:
    from chalicelib.local.service import Service

FACTOR = 60
PATIENCE_S = 120.0
PORT = 8787
STREAM, LOG = "stream.json", "service.log"
BACKENDS = ("embedded", "ministack")

DESCRIPTION = f"""\
Starts every Lambda of the service in one process on 127.0.0.1, with its data in one folder, and sends a bundled stream of
mentions through the real webhook receiver, signed as the platforms sign. Then it shows what became of each and stays up.
Nothing leaves this machine: replies go to a sandbox that plays the platforms. The clock of the service runs {FACTOR}x, so
that a hold of 90 seconds takes 1.5, and stands while a Lambda works: a busy machine shows the same table, later. Data
survive a kill; a second run shows the same mentions and sends none twice.

With --backend ministack it is the deployed service instead: every Lambda is packed as for AWS, the template is deployed into an
emulator on this machine (MiniStack), and the same stream goes through API Gateway, Lambdas, queues and the stream of the ledger.
Nothing of it stays when it ends. It needs what `make run BACKEND=ministack` installs, and a Python 3.12 or 3.13.
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "run",
        help="run the service here, with a demo stream",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--backend", choices=BACKENDS, default=BACKENDS[0], help="what it stands on (default: embedded)")
    parser.add_argument("--once", action="store_true", help="end when the stream is through")
    parser.add_argument("--no-stream", action="store_true", help="only start the service")
    parser.add_argument("--scenes", metavar="N,N,...", help="only these scenes of the stream, by number (default: all)")
    parser.add_argument("--port", type=int, default=PORT, help=f"port of the receiver (default: {PORT}; 0: any free one)")
    parser.add_argument("--policies", type=Path, metavar="DIR", help="another policy folder (default: the one beside this code)")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run until somebody stops it, or with ``--once`` until the stream is through."""
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    out, chosen = screen.console(), _chosen(arguments.scenes)
    if arguments.backend == "ministack":
        return _emulated(arguments, chosen, out, stopped)
    service = _started(arguments)
    address = arguments.data / ADDRESS
    address.write_text(service.url)
    try:
        out.print(f"Ackguard listens on {service.url}; its clock runs {FACTOR}x; its data and its log are in {arguments.data}/")
        if not arguments.no_stream:
            _stream(service, chosen, out, arguments.data, stopped)
        if not arguments.once and not stopped.is_set():
            out.print("It stays up. Stop it with Ctrl-C.")
            stopped.wait()
    finally:
        address.unlink(missing_ok=True)
        service.stop()
    return screen.Exit.OK


def _chosen(numbers: str | None) -> tuple[scenes.Scene, ...]:
    """The scenes that are played; raises Complaint for a number that there is not."""
    loaded = scenes.load()
    if numbers is None:
        return loaded
    known = {str(number): scene for number, scene in enumerate(loaded, 1)}
    if unknown := [number for number in numbers.split(",") if number not in known]:
        raise screen.Complaint(f"--scenes: no scene {', '.join(unknown)}; there are 1 to {len(loaded)}", screen.Exit.USAGE)
    return tuple(known[number] for number in numbers.split(","))


def _emulated(arguments: argparse.Namespace, chosen: tuple[scenes.Scene, ...], out: Console, stopped: threading.Event) -> int:
    """The deployed service, on the emulator; nothing of it is kept."""
    # clients of AWS, packing and the policy compiler: no other command waits for them
    from chalicelib.cli.emulation import DATA, started  # noqa: PLC0415

    with started(arguments.policies) as service:
        out.print(f"Ackguard is deployed in MiniStack and listens on {service.url}/webhooks/; its log is in {DATA}/")
        if not arguments.no_stream:
            sent = _play(Feed(Sender(service.url, service.secrets), accounts_of(service), Seen(service)), chosen, stopped)
            if not stopped.is_set():
                if not _ended(service, sent, stopped):
                    screen.complain(f"some mentions are still on their way after {PATIENCE_S:.0f} s; their line says so")
                _show(out, service, sent)
        if not arguments.once and not stopped.is_set():
            out.print("It stays up. Stop it with Ctrl-C. From another terminal:")
            out.print(Text(service.hint), soft_wrap=True)
            stopped.wait()
    return screen.Exit.OK


def _started(arguments: argparse.Namespace) -> Service:
    # The service imports app.py, Chalice and the policy compiler: no other command waits for them.
    from chalicelib.local.folder import FolderTaken  # noqa: PLC0415
    from chalicelib.local.policies import POLICIES, WrongPolicies  # noqa: PLC0415
    from chalicelib.local.service import Service  # noqa: PLC0415

    _log_to(arguments.data / LOG)
    service = Service(arguments.data, arguments.port, FACTOR, arguments.policies or POLICIES)
    try:
        service.start()
    except WrongPolicies as wrong:
        service.stop()
        raise screen.Complaint(f"the policies are wrong\n{wrong}") from None
    except FolderTaken as taken:
        service.stop()
        raise screen.Complaint(f"{taken}", screen.Exit.UNAVAILABLE) from None
    except OSError as error:
        service.stop()
        raise screen.Complaint(f"port {arguments.port}: {error.strerror}; try --port 0", screen.Exit.UNAVAILABLE) from None
    return service


def _log_to(path: Path) -> None:
    """One line for each step goes to a file: on the terminal it would bury the table."""
    # what the Lambdas log with: no other command waits for it
    from chalicelib import telemetry  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    telemetry.write_to(path.open("a", encoding="utf-8", buffering=1))


def _show(out: Console, service: Running, sent: list[Sent]) -> list[Fate]:
    board = Board(service.store, service.lookup, clock_of(service), disclosures_of(service))
    fates = board.fates(sent)
    board.show(out, fates)
    out.print(f"{len(service.receiver.heard)} times people were told of a case, by signed webhook to a receiver of this sandbox.")
    return fates


def _stream(service: Running, loaded: tuple[scenes.Scene, ...], out: Console, data: Path, stopped: threading.Event) -> None:
    feed = Feed(Sender(service.url, service.secrets), accounts_of(service), Seen(service))
    mark = data / STREAM
    if mark.exists():
        out.print(f"The stream went through on {json.loads(mark.read_text())['ended']}; nothing is sent twice.")
        sent = list(feed.remember(loaded))
    else:
        sent = _play(feed, loaded, stopped)
        if stopped.is_set():
            return
        if not _ended(service, sent, stopped):
            screen.complain(f"some mentions are still on their way after {PATIENCE_S:.0f} s; run again to see their end")
        if loaded == scenes.load():
            mark.write_text(json.dumps({"ended": screen.zoned(service.clock.now())}))
    _next(out, _show(out, service, sent), data)


def _play(feed: Feed, loaded: tuple[scenes.Scene, ...], stopped: threading.Event) -> list[Sent]:
    sent: list[Sent] = []
    with screen.progress("sending mentions", sum(len(scene.entries) for scene in loaded)) as steps:
        for one in feed.play(loaded):
            sent.append(one)
            steps.say(one.scene)
            steps.advance()
            if stopped.is_set():
                break
    for one in sent:
        if one.waited_in_vain:
            screen.complain(f"{one.entry.id}: went on although {one.entry.of} was not {one.entry.once} in time")
    return sent


def _ended(service: Running, sent: list[Sent], stopped: threading.Event) -> bool:
    """Wait until every mention came to its end; a lost answer is looked up only when its lease is over."""
    seen, posts = Seen(service), [post for one in sent if 401 not in one.statuses for post in one.posts]
    until = time.monotonic() + PATIENCE_S
    with screen.progress("waiting for the last replies") as steps:
        while time.monotonic() < until and not stopped.is_set():
            if service.drain(1.0) and all(seen.state(post) in TERMINAL for post in posts):
                return True
            steps.advance()
            stopped.wait(0.1)
    return False


def _next(out: Console, fates: list[Fate], data: Path) -> None:
    word, where = program(), "" if data == DEFAULT else f" --data {data}"
    ids = {fate.story.outcome: fate.story.id for fate in reversed(fates) if fate.story}
    person, spoken = ids.get("human", "ID")[:8], ids.get("acknowledge", "ID")[:8]
    out.print(Text("\nTry next", style="bold"))
    for line in (
        f"{word} why {person}{where}",
        f"{word} ledger show {spoken}{where}",
        f"{word} cases{where}",
        f'{word} send "where is my parcel please?" --account SwiftParcel{where}',
        f'echo \'{{"id": 1, "text": "@BrandDemo why was my card declined?"}}\' | {word} decide -',
    ):
        out.print(Text(f"  {line}"), soft_wrap=True)


def program() -> str:
    """How to call this command from here."""
    found = shutil.which("ackguard")
    return "ackguard" if found else os.path.relpath(sys.argv[0]) if sys.argv[0].endswith("ackguard") else "ackguard"


COMMAND = Command(add, run)
