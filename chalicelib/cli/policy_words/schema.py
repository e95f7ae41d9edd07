"""``ackguard policy schema``: the JSON Schemas that editors complete and check policy files with."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Writes the JSON Schemas of policy files. An editor with the YAML language server finds them by the first line of each file
(# yaml-language-server: $schema=...) and completes and explains every key and check while one writes.

example:
  ackguard policy schema --out docs
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser("schema", help="JSON Schema for editors", description=DESCRIPTION, formatter_class=tree.RAW)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder that they are written into")


def run(arguments: argparse.Namespace) -> int:
    """Write them."""
    from chalicelib.policy.files.schema import schemas  # noqa: PLC0415 - only this word needs every check

    if not arguments.out.is_dir():
        raise screen.Complaint(f"{arguments.out}: no such folder", screen.Exit.USAGE)
    for name, schema in schemas().items():
        (arguments.out / name).write_text(json.dumps(schema, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
        print(arguments.out / name)
    return screen.Exit.OK


COMMAND = Command(add, run)
