"""``ackguard policy``: hands over to its words, one file each in ``cli/policy_words``."""

from __future__ import annotations

from chalicelib.cli.commands.contract import family

DESCRIPTION = """\
Write, check, prove and ship what Ackguard may do. Every word reads the folder policies/ (or --policies DIR).
"""

COMMAND = family("policy", "write, check, prove and ship the policy", DESCRIPTION, "chalicelib.cli.policy_words")
