"""``ackguard policy fmt``: policy files in their one format."""

from __future__ import annotations

import argparse
import difflib

from chalicelib.cli import screen, tree
from chalicelib.cli.commands.contract import Command, Subparsers

DESCRIPTION = """\
Writes every file of a policy folder in the one format: spacing, indentation, the order of a rule's keys. Comments stay,
meaning stays: a file that cannot be read, or not be written again without losing a word, is left alone and named.

examples:
  ackguard policy fmt
  ackguard policy fmt --check       change nothing, show what would change

exit codes: 0 done, or nothing to do · 1 something would change (--check), or could not be read
"""


def add(words: Subparsers) -> None:
    """Describe the command line."""
    parser = words.add_parser(
        "fmt", help="one format", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    tree.add_asked(parser)
    parser.add_argument("--check", action="store_true", help="change nothing; show the difference")


def run(arguments: argparse.Namespace) -> int:
    """Write the files, or show what would change."""
    from chalicelib.policy.files.layout import laid_out  # noqa: PLC0415 - reading YAML waits until it is asked for

    folder, brand = tree.asked(arguments)
    out, changed, refused = screen.console(), list[str](), 0
    for path, text in tree.files_of(folder).items():
        made = laid_out(path, text) if brand in (None, path.split("/")[0]) else text
        if not isinstance(made, str):
            tree.show_problems(made)
            refused += 1
        elif made != text:
            changed.append(path)
            if arguments.check:
                lines = difflib.unified_diff(text.split("\n"), made.split("\n"), path, path, lineterm="", n=0)
                out.print("\n".join(screen.safe(line) for line in lines), soft_wrap=True)
            else:
                (folder / path).write_text(made, encoding="utf-8", newline="\n")
    if arguments.json:
        print(tree.listed(changed=changed, refused=refused))
    else:
        would = "would change" if arguments.check else "changed"
        out.print(f"{len(changed)} files {would}, {refused} cannot be read", style="bold")
    return screen.Exit.BAD if refused or (arguments.check and changed) else screen.Exit.OK


COMMAND = Command(add, run)
