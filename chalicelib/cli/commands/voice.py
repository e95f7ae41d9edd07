"""``ackguard voice``: hands over to its words, one file each in ``cli/voice_words``."""

from __future__ import annotations

from chalicelib.cli.commands.contract import family

DESCRIPTION = """\
Write, check and read aloud what an acknowledgement says. Every word reads the folder policies/voices (or --policies DIR).
"""

COMMAND = family("voice", "write, check and read what is said", DESCRIPTION, "chalicelib.cli.voice_words")
