"""``infra/README.md`` as a script: its listings in their order, and which of them an emulator can run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.local import emulator
from chalicelib.local.packed import ROOT

PAGE = ROOT / "infra" / "README.md"

_PIECE = re.compile(
    r"^#{1,2} (?P<heading>[^\n]+)$|(?:^<!-- emulator: (?P<mark>[^\n]+) -->\n)?^```\w*\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"runs(?:, exit (?P<code>\d)(?:: .+)?)?|no, .{10,}")
_SETTING = re.compile(r"^(?:export |\w+=|\w+\(\) \{)(?:.*\\\n)*.*$", re.MULTILINE)


@dataclass(frozen=True)
class Listing:
    """Commands between two fences; ``mark`` is what the comment above them says of an emulator, None without one."""

    section: str
    body: str
    mark: str | None

    @property
    def is_marked(self) -> bool:
        """Whether somebody said that it runs, or why it cannot."""
        return self.mark is not None and _MARK.fullmatch(self.mark) is not None

    @property
    def runs(self) -> bool:
        """Whether an emulator can run it."""
        return (self.mark or "").startswith("runs")

    @property
    def code(self) -> int:
        """The exit code that it ends with."""
        found = _MARK.fullmatch(self.mark or "")
        return int(found["code"] or 0) if found else 0


def listings(text: str) -> Iterator[Listing]:
    """Every listing of a page, in its order."""
    section = ""
    for piece in _PIECE.finditer(text):
        if piece["heading"]:
            section = piece["heading"]
        else:
            yield Listing(section, piece["body"], piece["mark"])


def loose(text: str) -> list[str]:
    """Commands for a stage that stand in a sentence, where nobody runs them."""
    spoken = re.findall(r"`([^`\n]+)`", _PIECE.sub("", text))
    return [one for one in spoken if re.match(r"aws |curl |ackguard .*--stage ", one)]


@dataclass
class Runbook:
    """Somebody at a terminal in ``folder``, who goes through the page; ``words`` is what they fill in, ``done`` what they did."""

    folder: Path
    environment: dict[str, str]
    words: dict[str, str]
    done: list[Listing] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)

    def do(self, section: str, nth: int = 0, person: Mapping[str, str] | None = None) -> str:
        """Run a listing of a section as it stands, by whoever has the keys ``person``; gives what it said."""
        listing = [one for one in listings(PAGE.read_text()) if one.section == section and one.runs][nth]
        said = self.run(listing.body, listing.code, person)
        self.done.append(listing)
        return said

    def run(self, commands: str, code: int = 0, person: Mapping[str, str] | None = None) -> str:
        """Run commands in a shell in which everything stands that was set before; they must end with ``code``."""
        for word, filled in self.words.items():
            commands = re.sub(rf"(?<![\w-]){re.escape(word)}(?![\w-])", filled, commands)
        script = "\n".join(["set -eo pipefail", *self.settings, commands])
        tools = [str(emulator.COMMAND.parent), str(Path(sys.executable).parent), os.environ["PATH"]]
        environment = {**self.environment, **(person or {}), "PATH": os.pathsep.join(tools), "HOME": str(self.folder)}
        ran = subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert ran.returncode == code, f"{commands}\n{ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        self.settings += _SETTING.findall(commands)
        return ran.stdout
