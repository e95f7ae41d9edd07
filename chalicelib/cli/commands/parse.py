"""``ackguard parse``: what a platform file reads in a webhook body."""

from __future__ import annotations

from chalicelib.cli import parse
from chalicelib.cli.commands.contract import Command

COMMAND = Command(parse.add, parse.run)
