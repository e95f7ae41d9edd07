"""``ackguard voice compare``: a draft beside everything that the account said lately."""

from __future__ import annotations

import argparse
import json
import os

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.drafting import account_of, posts_of, shown, voice_of
from chalicelib.cli.folder import add_data, opened
from chalicelib.settings import read_settings
from chalicelib.voice.alike import WARN, closest

DESCRIPTION = """\
Holds a draft beside everything that the account said in public lately, by the machine and by people, and shows the three posts
it is most like, with their age. Handles, greeted names, initials, numbers and links do not count. It only tells: `ackguard reply`
runs the same check.

examples:
  ackguard voice compare --account NorthwindHelp "Hi, Ana here. Your card is on its way."

exit codes: 0 unlike anything said lately · 1 at least 60 % alike
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "compare", help="a draft beside what was said lately", description=DESCRIPTION, formatter_class=tree.RAW
    )
    parser.add_argument("draft", help="what you are about to say")
    parser.add_argument(
        "--account", required=True, metavar="HANDLE", help="the account, where needed with its platform: x/NorthwindHelp"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    add_data(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the closest posts; raises Complaint for an account that is not in force."""
    window = read_settings(os.environ).limits.window
    with opened(arguments.data) as folder:
        platform, account, handle, brand = account_of(folder, arguments.account)
        voice = voice_of(folder, brand)
        posts = posts_of(folder, platform, account, window)
        near = closest(arguments.draft, posts, voice.disclosures if voice else (), folder.now())
        lines = shown(near, folder, brand.id)
    if arguments.json:
        for one in near:
            print(
                json.dumps(
                    {
                        "percent": round(one.similarity * 100),
                        "age_s": int(one.age.total_seconds()),
                        "by": one.post.by,
                        "text": one.post.text,
                    }
                )
            )
    else:
        out = screen.console()
        out.print(f"{handle} said {len(posts)} things in the last {window.total_seconds() / 3600:.0f} hours; the closest:")
        for line in lines:
            out.print(line, soft_wrap=True)
    return screen.Exit.BAD if near and near[0].similarity >= WARN else screen.Exit.OK


COMMAND = Command(add, run)
