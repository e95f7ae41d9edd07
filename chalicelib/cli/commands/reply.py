"""``ackguard reply``: a person's own public reply, posted now."""

from __future__ import annotations

import argparse
import os

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.folder import LocalTimes, opened
from chalicelib.cli.people import add_case, one_case, posting, why_not
from chalicelib.domain.facts import Case
from chalicelib.local.actor import actor
from chalicelib.ports import Unavailable
from chalicelib.settings import read_settings
from chalicelib.steps.cases import mention_of
from chalicelib.steps.casework import key_of
from chalicelib.steps.done import Contended
from chalicelib.steps.reply import Replied, act_of, reply

DESCRIPTION = """\
Posts your reply under the latest mention of a case, in public, now. The case becomes yours. What you say and what the platform
answered stand on the record. The same words are never sent twice in one case.

examples:
  ackguard reply 3k7q "Hello Mia, Ana here. Your card is on its way since Monday; I am sorry that it took so long."
"""
LOOK = "it may have been posted; look at the post before you try again"


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = add_case(words, "reply", "answer in public, as a person", DESCRIPTION)
    parser.add_argument("text", help="what you say")


def run(arguments: argparse.Namespace) -> int:
    """Post it and say what became of it; raises Complaint where it was not posted, or nobody can tell."""
    text = arguments.text.strip()
    if not text or text != "".join(one for one in text if not 0xD800 <= ord(one) <= 0xDFFF):
        raise screen.Complaint("say something, in characters that can be written", screen.Exit.USAGE)
    with opened(arguments.data) as folder:
        case, clock = one_case(folder, arguments.case), folder.clock()
        mention = mention_of(case.mentions[-1], folder.store) if case.mentions else None
        handles = {(one.platform, one.id): one.handle for brand in folder.brands().values() for one in brand.accounts}
        handle = handles.get((mention.platform, mention.account), "") if mention else ""
        by_force = screen.safe(arguments.force) if arguments.force else None
        act = act_of(case.id, text, actor(), folder.now(), by_force)
        try:
            done = reply(key_of(case), act, text, handle, posting(folder), read_settings(os.environ).limits)
        except Unavailable:
            raise screen.Complaint(f"the data did not answer: {LOOK}", screen.Exit.UNAVAILABLE) from None
        except Contended:
            raise screen.Complaint(f"others kept changing case {case.id[:8]}: {LOOK}") from None
    if done.did != "posted":
        raise screen.Complaint(_why_not(done, done.case or case, clock))
    print(f"posted; case {case.id[:8]} is yours. When all is said: ackguard close {case.id[:8]}")
    return screen.Exit.OK


def _why_not(done: Replied, case: Case, clock: LocalTimes) -> str:
    words = {
        "unknown": f"the platform did not say what became of it: {LOOK}",
        "not-posted": f"not posted: {done.reason}. The case is yours; nothing is public, and you can try again",
        "said-before": "you said these very words in this case before; say it differently",
        "nothing-to-answer": "there is no post to answer: it was erased, or it never had a place on a platform",
        "too-long": f"too long for this platform: at most {done.limit} characters",
    }
    if done.did == "said-before" and done.reason in ("sending", "unknown"):
        return f"these very words were sent before, and nobody knows what became of them: {LOOK}, in other words"
    return words.get(done.did) or why_not(done.did, case, done.since, clock)


COMMAND = Command(add, run)
