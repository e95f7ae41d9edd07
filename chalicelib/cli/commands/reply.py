"""``ackguard reply``: a person's own public reply, posted now."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from chalicelib.cli import screen
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.cli.conversation import show
from chalicelib.cli.drafting import Desk, desk, guide_of, shown
from chalicelib.cli.folder import Folder, LocalTimes, opened
from chalicelib.cli.people import add_case, one_case, posting, why_not
from chalicelib.cli.story import stories
from chalicelib.cli.witness import add_reason, seen
from chalicelib.domain.facts import Case
from chalicelib.local.actor import actor
from chalicelib.local.policies import POLICIES
from chalicelib.ports import Unavailable
from chalicelib.settings import read_settings
from chalicelib.steps.cases import mention_of
from chalicelib.steps.casework import key_of
from chalicelib.steps.done import Contended
from chalicelib.steps.reply import Draft, Replied, act_of, reply
from chalicelib.voice.alike import ASK, WARN
from chalicelib.voice.starters import use_of
from chalicelib.voice.tone import asked

DESCRIPTION = """\
Posts your reply under the latest mention of a case, in public, now. The case becomes yours. What you say and what the
platform answered stand on the record. The same words are never sent twice in one case.

Without words it shows the whole conversation, the channels we know of and two starters; on a terminal it then asks for
your words: 1 or 2 puts a starter on the line for you to go on with.

What you say is held beside everything that the account said lately, by the machine and by people. From 60 % alike you are
shown the closest posts; from 80 % you are asked for one sentence (--because), which stands on the record. Nothing is
forbidden.

examples:
  ackguard reply 3k7q
  ackguard reply 3k7q "Hello Mia, Ana here. Your card is on its way since Monday; I am sorry that it took so long."
  ackguard reply 3k7q "..." --because "The author asked for the same link again."
"""
LOOK = "it may have been posted; look at the post before you try again"


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = add_case(words, "reply", "answer in public, as a person", DESCRIPTION)
    parser.add_argument("text", nargs="?", help="what you say; without it the conversation and two starters are shown")
    parser.add_argument("--because", metavar="WHY", help="why you send what is very like an earlier post; stands on the record")
    parser.add_argument(
        "--policies", type=Path, default=POLICIES, metavar="DIR", help="where the tone guide is (default: policies/)"
    )
    add_reason(parser)


def run(arguments: argparse.Namespace) -> int:
    """Post it and say what became of it; raises Complaint where it was not posted, or nobody can tell."""
    limits = read_settings(os.environ).limits
    if arguments.text is not None:
        _writable(arguments.text.strip())
    with opened(arguments.data) as folder:
        case, clock = one_case(folder, arguments.case), folder.clock()
        mention = mention_of(case.mentions[-1], folder.store) if case.mentions else None
        if mention is None:
            raise screen.Complaint(_why_not(Replied(did="nothing-to-answer"), case, clock))
        at = desk(folder, case, mention, limits.window)
        text = arguments.text.strip() if arguments.text is not None else _written(arguments, folder, case, at)
        if text is None:
            return screen.Exit.OK
        _toned(arguments, at, text)
        draft = _asked(arguments, folder, case, at, text)
        by_force = screen.safe(arguments.force) if arguments.force else None
        act = act_of(case.id, text, actor(), folder.now(), by_force)
        try:
            done = reply(key_of(case), act, draft, at.handle, posting(folder), limits)
        except Unavailable:
            raise screen.Complaint(f"the data did not answer: {LOOK}", screen.Exit.UNAVAILABLE) from None
        except Contended:
            raise screen.Complaint(f"others kept changing case {case.id[:8]}: {LOOK}") from None
    if done.did != "posted":
        raise screen.Complaint(_why_not(done, done.case or case, clock))
    print(f"posted; case {case.id[:8]} is yours. When all is said: ackguard close {case.id[:8]}")
    return screen.Exit.OK


def _writable(text: str) -> None:
    if not text or text != "".join(one for one in text if not 0xD800 <= ord(one) <= 0xDFFF):
        raise screen.Complaint("say something, in characters that can be written", screen.Exit.USAGE)


def _written(arguments: argparse.Namespace, folder: Folder, case: Case, at: Desk) -> str | None:
    """The words that a person writes beside the conversation; None where nobody is there to write, or they leave it."""
    told = [story for record in dict.fromkeys((*case.mentions, case.id)) for story in stories(folder.lookup, record)]
    seen(folder, told, "reply", arguments.reason)
    out = screen.console()
    show(out, case, told, folder.store, folder.clock(), folder.now())
    out.print()
    out.print("To start from", style="bold")
    for number, starter in enumerate(at.starters, 1):
        out.print(f"  {number}  {starter}", soft_wrap=True)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        out.print(f'say it with: ackguard reply {case.id[:8]} "..."', style="dim")
        return None
    said = screen.ask("Your words (1 or 2 to start from a starter, empty to leave): ")
    if said.isdigit() and 0 < int(said) <= len(at.starters):
        said = screen.ask("Your words: ", at.starters[int(said) - 1])
    return said or None


def _toned(arguments: argparse.Namespace, at: Desk, text: str) -> None:
    """Ask about words that the guide would rather not read; raises Complaint where the writer then leaves it."""
    guide = guide_of(arguments.policies, at.language)
    faults = asked(text, guide) if guide else ()
    for fault in faults:
        screen.complain(f"{fault.rule}: “{fault.found}”; {fault.remedy}")
    if faults and sys.stdin.isatty() and screen.ask("Send it as it is? (y, or empty to leave): ").casefold() not in ("y", "yes"):
        raise screen.Complaint("nothing was sent")


def _asked(arguments: argparse.Namespace, folder: Folder, case: Case, at: Desk, text: str) -> Draft:
    """The draft with what its writer was asked; raises Complaint where the sentence is missing that a repeat needs."""
    near = at.near(text)
    alike = near[0].similarity if near else 0.0
    because = screen.safe(arguments.because).strip() if arguments.because else None
    if alike >= WARN:
        out = screen.console(sys.stderr)
        out.print(f"{at.handle} said something very like this lately:", style="bold")
        for line in shown(near, folder, case.brand):
            out.print(line, soft_wrap=True)
    if alike >= ASK and not because:
        if sys.stdin.isatty():
            because = screen.ask("Why send it all the same? One sentence, for the record (empty to leave): ") or None
        if not because:
            raise screen.Complaint(
                'a repeat needs one sentence: say it in words that fit this person, or add --because "..."', screen.Exit.BAD
            )
    return Draft(
        text=text,
        closest_percent=round(alike * 100) if near else None,
        starter=use_of(at.starters, text) if at.starters else None,
        topic=at.topic or None,
        because=because,
    )


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
