"""``ackguard send``: a mention of your own to the service that runs here, signed as its platform signs."""

from __future__ import annotations

import argparse
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import urllib3
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import Folder, add_data, address_of, opened
from chalicelib.cli.story import stories
from chalicelib.domain import keys
from chalicelib.domain.account import Account, platform_file
from chalicelib.domain.state import TERMINAL, State
from chalicelib.embedded.clock import shown_time
from chalicelib.embedded.secrets import FileSecrets
from chalicelib.local.feed import Sender, shaped, shaped_deletion
from chalicelib.local.stream.cast import Cast
from chalicelib.local.stream.post import Post
from chalicelib.local.stream.scenes import Entry

PATIENCE_S = 8.0

DESCRIPTION = """\
Posts a mention to the service that runs here (ackguard run), signed with its own local secret, and shows what became of it.

examples:
  ackguard send "where is my parcel please?" --account SwiftParcel
  ackguard send "my solicitor will write to you" --account TelLine --author angry_al
  ackguard send --delete 183123080543628684
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "send",
        help="post a mention of your own to the running service",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("text", nargs="?", help="what the mention says; the handle is put in front")
    what.add_argument("--delete", metavar="POST_ID", help="delete a post that was sent before")
    parser.add_argument("--platform", choices=("x", "relay"), default="x", help="how it arrives (default: x)")
    parser.add_argument("--account", help="the handle that is mentioned (default: the first one of the platform)")
    parser.add_argument("--author", help="who writes it (default: a new person); one person gets one acknowledgement a day")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Send it and follow it; raises Complaint where no service answers."""
    url = address_of(arguments.data)
    with opened(arguments.data) as folder:
        sender = Sender(url, FileSecrets(arguments.data / "secrets.json", []))
        accounts = [one for brand in folder.brands().values() for one in brand.accounts]
        try:
            return (
                _delete(arguments, folder, sender, accounts) if arguments.delete else _post(arguments, folder, sender, accounts)
            )
        except urllib3.exceptions.HTTPError:
            raise screen.Complaint(
                f"nobody answers on {url}; start the service with: ackguard run", screen.Exit.UNAVAILABLE
            ) from None


def _post(arguments: argparse.Namespace, folder: Folder, sender: Sender, accounts: Sequence[Account]) -> int:
    now, name = _now(arguments.data), secrets.token_hex(8)
    account = _account(arguments, accounts)
    entry = Entry(id=name, to=(account.handle,), by=(arguments.author or f"visitor_{name[:6]}").lstrip("@"), say=arguments.text)
    post = Cast({one.handle: one for one in accounts}).write(entry, now)[0]
    status = sender.send(sender.sign(platform_file(account.platform), shaped(post, name, now), name, now, entry))
    out = screen.console()
    out.print(Text(f"post {post.id} to {account.handle}: HTTP {status}"))
    if status >= 300:
        return screen.Exit.BAD
    return _follow(folder, post)


def _delete(arguments: argparse.Namespace, folder: Folder, sender: Sender, accounts: Sequence[Account]) -> int:
    now, name = _now(arguments.data), secrets.token_hex(8)
    rows = [row for _, row in folder.lookup.find("state", "mention#", 1_000_000) if row["root"] == arguments.delete]
    if not rows:
        raise screen.Complaint(f"no post {arguments.delete} was ever decided here; ackguard send prints the id of each post")
    for row in rows:
        account = next(one for one in accounts if (one.platform, one.id) == (row["platform"], row["account"]))
        entry = Entry(id=name, to=(account.handle,), by=str(row["author"]))
        post = replace(Cast({account.handle: account}).write(entry, now)[0], id=arguments.delete, root_id=arguments.delete)
        platform = platform_file(account.platform)
        status = sender.send(sender.sign(platform, shaped_deletion(post, name, now), name, now, entry))
        screen.console().print(Text(f"deletion of {arguments.delete} for {account.handle}: HTTP {status}"))
    return screen.Exit.OK


def _account(arguments: argparse.Namespace, accounts: Sequence[Account]) -> Account:
    fitting = [one for one in accounts if platform_file(one.platform) == arguments.platform]
    named = (arguments.account or "").lstrip("@").lower()
    found = [one for one in fitting if named in ("", one.handle.lstrip("@").lower(), one.id.lower())]
    if not found:
        known = ", ".join(one.handle for one in fitting)
        raise screen.Complaint(f"no account {arguments.account} on {arguments.platform}; there are {known}", screen.Exit.USAGE)
    return found[0]


def _follow(folder: Folder, post: Post) -> int:
    """Wait for the end, or for as long as a person likes to wait, and say what is known."""
    place = keys.state(post.account.platform, post.root_id, post.account.id)
    until = time.monotonic() + PATIENCE_S
    row = None
    while time.monotonic() < until:
        row = folder.store.read([place]).get(place)
        if row and State(row["state"]) in TERMINAL:
            break
        time.sleep(0.1)
    out = screen.console()
    if row is None:
        out.print("accepted, not decided yet; see: ackguard ledger list")
        return screen.Exit.OK
    story = stories(folder.lookup, str(row["id"]))[0]
    out.print(screen.outcome_text(story.outcome), Text(f"by {story.rule} ({row['state']})"))
    if story.reply:
        out.print(Text(f"“{screen.safe(story.reply)}”"))
    out.print(Text(f"ackguard why {story.id[:8]}", style="dim"))
    return screen.Exit.OK


def _now(data: Path) -> datetime:
    return shown_time(data / "clock.json") or datetime.now(timezone.utc)


COMMAND = Command(add, run)
