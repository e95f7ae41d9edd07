"""``ackguard policy new``: a brand from questions, with rules and tests that pass ``check``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers
from chalicelib.domain.problem import Problem
from chalicelib.local.policies import POLICIES

DESCRIPTION = """\
Writes brand.yaml, policy.yaml and tests.yaml of a new brand. Asks for what you do not give; nothing that is there is
overwritten, and nothing is written that would not pass: ackguard policy check BRAND.

example:
  ackguard policy new northline --name Northline --industry telecom --handle Northline --account 1010 \\
    --owner care@northline.example
"""
QUESTIONS = {
    "name": ("What is the brand called?", "Northline"),
    "industry": ("In which industry is it?", "telecom"),
    "platform": ("On which platform is it spoken to?", "x"),
    "account": ("What is the id of its account there?", "1010"),
    "handle": ("What is its handle there, without @?", "Northline"),
    "owner": ("Who answers for its policy (an address)?", "care@northline.example"),
    "zone": ("In which time zone (IANA name)?", "Europe/London"),
    "zone_name": ("How do people there call that time?", "UK"),
    "hours": ("When does somebody answer?", "mon-fri 08:00-18:00"),
}
USUAL = ("platform", "zone", "zone_name", "hours")
"""What has an answer of its own where nobody can be asked."""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("new", help="a new brand", description=DESCRIPTION, formatter_class=tree.RAW)
    parser.add_argument("brand", metavar="BRAND", help="the new folder: small letters, digits and -")
    for name, (question, sample) in QUESTIONS.items():
        told = f"{question} For example: {sample}"
        parser.add_argument(f"--{name.replace('_', '-')}", metavar=name.upper(), help=told)
    parser.add_argument("--policies", type=Path, default=POLICIES, metavar="DIR", help="the policy folder")
    tree.add_today(parser)


def run(arguments: argparse.Namespace) -> int:
    """Ask, check, write."""
    from chalicelib.policy.files import fresh  # noqa: PLC0415 - reading YAML waits until it is asked for
    from chalicelib.policy.files.loader import load_pack  # noqa: PLC0415

    files = dict(tree.files_of(arguments.policies))
    pack = load_pack(files)
    if isinstance(pack, tuple):
        tree.show_problems(pack)
        raise screen.Complaint(f"{arguments.policies} has problems of its own; mend them first")
    if (arguments.policies / arguments.brand).exists():
        raise screen.Complaint(f"{arguments.brand} is there already; choose another name, or edit its files")
    known = sorted(set(pack.topics) & set(fresh.SAID))
    given = {name: getattr(arguments, name) for name in QUESTIONS}
    answers = fresh.Answers(id=arguments.brand, per_hour=30, **_answered(given, known))
    if answers.industry not in known:
        raise screen.Complaint(f"--industry {answers.industry}: there are {', '.join(known)}", screen.Exit.USAGE)
    made = fresh.brand_files(answers, list(pack.topics[answers.industry].values()), arguments.today)
    wrong = _wrong({**files, **made}, arguments)
    if wrong:
        tree.show_problems(wrong)
        raise screen.Complaint("nothing was written: the brand would not pass ackguard policy check")
    for path, text in made.items():
        target = arguments.policies / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        print(target)
    print(f"next: ackguard policy check {arguments.brand}, then add its own lists and human rules")
    return screen.Exit.OK


def _answered(given: Mapping[str, str | None], industries: list[str]) -> dict[str, Any]:
    """Every answer: from the command line, else asked for, else the usual one; raises Complaint where one is missing."""
    answers: dict[str, str] = {}
    for name, (question, sample) in QUESTIONS.items():
        value = given[name]
        if value is None and sys.stdin.isatty():
            more = f" ({', '.join(industries)})" if name == "industry" else ""
            usual = sample if name in USUAL else ""
            value = input(f"{question}{more}{f' [{usual}]' if usual else ''} ").strip() or usual
        value = value or (sample if name in USUAL else "")
        if not value:
            raise screen.Complaint(f"--{name.replace('_', '-')} is missing: {question}", screen.Exit.USAGE)
        if not value.isprintable() or set(value) & set("\"'#[]{}\\"):
            raise screen.Complaint(f"--{name.replace('_', '-')}: quotes, brackets and # have no place in it", screen.Exit.USAGE)
        answers[name] = value
    return answers


def _wrong(files: Mapping[str, str], arguments: argparse.Namespace) -> list[Problem]:
    from chalicelib.cli.policy_words.lint import found  # noqa: PLC0415
    from chalicelib.policy.files.loader import load_pack  # noqa: PLC0415
    from chalicelib.policy.proving.check import expected  # noqa: PLC0415

    pack = load_pack(files)
    problems = list(found(dict(files), arguments.today))
    if not isinstance(pack, tuple):
        problems += expected(files, pack).problems
    return [one for one in problems if one.severity < 2 and one.path.startswith(f"{arguments.brand}/")]


COMMAND = Command(add, run)
