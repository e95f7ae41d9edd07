"""What a person sees at a terminal: text made safe, consoles, tables, a progress bar and the exit codes."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

PIPE_WIDTH = 160
"""Columns of a table that goes to a pipe or a file, where nobody can ask a terminal for its width."""

_BEYOND_PLAIN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that may change what a terminal shows around them: controls, formats, surrogates, unassigned."""

_JOINERS = {"\u200d", "\ufe0f"}
"""Zero-width joiner and emoji selector: part of ordinary emoji, harmless between visible characters."""


class Exit(IntEnum):
    """What the exit code of every command means."""

    OK = 0
    BAD = 1
    USAGE = 2
    UNAVAILABLE = 3


class Complaint(Exception):
    """A failure that a person can mend; its text is one sentence that says what is wrong and how."""

    def __init__(self, sentence: str, exit: Exit = Exit.BAD) -> None:
        super().__init__(sentence)
        self.exit = exit


def safe(text: str) -> str:
    """``text`` from outside on one line, with everything that could steer a terminal or hide in it made visible.

    Line breaks and tabs become spaces; control, format (zero-width, bidirectional) and lone surrogate characters become
    ``<U+202E>``. Joiners inside an emoji stay.
    """
    pieces = []
    for place, character in enumerate(text):
        if character in "\r\n\t":
            pieces.append(" ")
        elif character in _JOINERS:
            pieces.append(character if place and _pictograph(text[place - 1]) else _visible(character))
        elif unicodedata.category(character) in _BEYOND_PLAIN:
            pieces.append(_visible(character))
        else:
            pieces.append(character)
    return "".join(pieces)


def _pictograph(character: str) -> bool:
    return unicodedata.category(character) in {"So", "Sk"} or character == "\ufe0f"


def _visible(character: str) -> str:
    return f"<U+{ord(character):04X}>"


def shortened(text: str, width: int) -> str:
    """``text`` cut at ``width`` characters with an ellipsis, safe for a terminal."""
    clean = " ".join(safe(text).split())
    return clean if len(clean) <= width else clean[: width - 1].rstrip() + "…"


def zoned(at: datetime, zone: str = "UTC") -> str:
    """``at`` as people read it, always with its zone: ``Sat 21 Nov 23:40 UTC``."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a %d %b %H:%M} {local.tzname()}"


def console(stream: TextIO | None = None) -> Console:
    """A console on ``stream`` (standard output): colours only where a person looks and NO_COLOR is not set."""
    target = stream or sys.stdout
    terminal = target.isatty()
    return Console(
        file=target,
        force_terminal=terminal,
        no_color=not terminal or bool(os.environ.get("NO_COLOR")),
        color_system="auto" if terminal else None,
        width=None if terminal else PIPE_WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )


def complain(sentence: str) -> None:
    """On standard error: what is wrong and what to do about it; one line, unless there are several troubles."""
    lines = [safe(line) for line in sentence.split("\n")]
    print("\n".join([f"ackguard: {lines[0]}", *lines[1:]]), file=sys.stderr)


def ask(question: str, beginning: str = "") -> str:
    """What the person at the terminal answers, on one line that starts as ``beginning`` and that they can edit."""
    # it changes how input() edits, which only a question needs
    import readline  # noqa: PLC0415

    readline.set_startup_hook(lambda: readline.insert_text(beginning))
    try:
        return input(question).strip()
    except EOFError:
        return ""
    finally:
        readline.set_startup_hook(None)


def table(*columns: str, title: str | None = None) -> Table:
    """An empty table with one header row; cells are added as plain text or ``Text``, never as markup."""
    made = Table(box=SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, expand=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    return made


OUTCOME_STYLE = {"acknowledge": "green", "human": "yellow", "ignore": "bright_black"}


def outcome_text(outcome: str) -> Text:
    """The outcome in its colour, on terminals that have one."""
    return Text(outcome, style=OUTCOME_STYLE.get(outcome, "red"))


class Steps:
    """Counts finished pieces of one long work; shows them only where a person looks."""

    def __init__(self, bar: Progress | None, total: int | None) -> None:
        self.done = 0
        self._bar = bar
        self._task = bar.add_task("", total=total) if bar else None

    def advance(self, count: int = 1) -> None:
        """``count`` more pieces are finished."""
        self.done += count
        if self._bar and self._task is not None:
            self._bar.advance(self._task, count)

    def say(self, label: str) -> None:
        """Show beside the bar what is going on now."""
        if self._bar and self._task is not None:
            self._bar.update(self._task, description=safe(label))


@contextmanager
def progress(label: str, total: int | None = None, *, beside_output: bool = False) -> Iterator[Steps]:
    """A progress bar on standard error while the body runs; without a terminal one plain line when it ends.

    ``beside_output``: the body prints to standard output, so a bar would tear it where that is a terminal too; and it
    says at its own end what was done.
    """
    if not sys.stderr.isatty() or (beside_output and sys.stdout.isatty()):
        steps = Steps(None, total)
        yield steps
        if not beside_output:
            print(f"{label}: {steps.done}{f' of {total}' if total is not None else ''} done", file=sys.stderr)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console(sys.stderr), transient=True) as bar:
        steps = Steps(bar, total)
        steps.say(label)
        yield steps
