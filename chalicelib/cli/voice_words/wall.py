"""``ackguard voice wall``: what an account said last, as a stranger who scrolls past sees it."""

from __future__ import annotations

import argparse
import os

from rich.text import Text

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.drafting import account_of, posts_of
from chalicelib.cli.folder import add_data, opened
from chalicelib.settings import read_settings
from chalicelib.voice.sameness import robot_index

DESCRIPTION = """\
Prints the last public posts of an account under one another, the machine's and people's alike, as a stranger sees them,
and its robot index: how many of them repeat an earlier one. The best teams of people stay near 0 % in 200 replies, a known
bot is at 94 %.

examples:
  ackguard voice wall --account NorthwindHelp
  ackguard voice wall --account x/SwiftParcel --number 20
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "wall", help="the last posts of an account, as a stranger sees them", description=DESCRIPTION, formatter_class=tree.RAW
    )
    parser.add_argument(
        "--account", required=True, metavar="HANDLE", help="the account, where needed with its platform: x/NorthwindHelp"
    )
    parser.add_argument("--number", type=int, default=50, metavar="N", help="how many (default: 50)")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print them; raises Complaint for an account that is not in force."""
    window = read_settings(os.environ).limits.window
    with opened(arguments.data) as folder:
        platform, account, handle, brand = account_of(folder, arguments.account)
        posts = posts_of(folder, platform, account, window)
        clock = folder.clock()
    out = screen.console()
    for post in posts[-max(0, arguments.number) :]:
        out.print(Text(f"{handle} · {clock.at(post.at, brand.id)}", style="dim"))
        out.print(Text(f"  {screen.safe(post.text)}"), soft_wrap=True)
    index = robot_index([post.text for post in posts])
    machine = sum(post.by == "machine" for post in posts)
    out.print()
    out.print(
        f"{index.replies} posts in {window.total_seconds() / 3600:.0f} hours, {machine} by the machine. "
        f"Robot index: {_share(index.exact, index.replies)} exact copies, {_share(index.near, index.replies)} near-copies."
    )
    return screen.Exit.OK


def _share(part: int, whole: int) -> str:
    return f"{part} ({part / whole:.1%})" if whole else "0"


COMMAND = Command(add, run)
