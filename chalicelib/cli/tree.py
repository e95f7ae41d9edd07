"""The policy folder for the words of ``ackguard policy``: its files, and its problems as people and machines read them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timezone
from pathlib import Path

from chalicelib.cli import screen
from chalicelib.domain.problem import Problem, Severity
from chalicelib.local.policies import POLICIES, VOICES, WrongPolicies, read_tree

RAW = argparse.RawDescriptionHelpFormatter
BASELINE = "baseline"
_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.ADVICE: "cyan"}


def add_asked(parser: argparse.ArgumentParser) -> None:
    """``[BRAND|DIR]`` of a word: one brand of ``policies/``, or another policy folder."""
    parser.add_argument("asked", nargs="?", metavar="BRAND|DIR", help="one brand, or another policy folder (default: policies/)")
    parser.add_argument("--policies", type=Path, default=POLICIES, metavar="DIR", help="the policy folder that BRAND is in")
    parser.add_argument("--json", action="store_true", help="JSON for machines")


def asked(arguments: argparse.Namespace) -> tuple[Path, str | None]:
    """The policy folder that was asked for, and the one brand, None for all; raises Complaint where there is neither."""
    folder, word = arguments.policies, arguments.asked
    if word is None:
        return folder, None
    if (folder / word).is_dir() and Path(word).name == word:
        return folder, word
    if Path(word).is_dir():
        return Path(word), None
    brands = ", ".join(sorted(one.name for one in folder.iterdir() if (one / "policy.yaml").exists())) if folder.is_dir() else ""
    raise screen.Complaint(f"{word}: neither a folder nor a brand of {folder} ({brands})", screen.Exit.USAGE)


def files_of(folder: Path) -> Mapping[str, str]:
    """Path under ``folder`` → text of what the policy room reads; raises Complaint where there is no such folder."""
    try:
        tree = read_tree(folder)
    except WrongPolicies as wrong:
        raise screen.Complaint(str(wrong)) from None
    return {path: text for path, text in tree.items() if not path.startswith(f"{VOICES}/")}


def add_today(parser: argparse.ArgumentParser) -> None:
    """``--today DATE`` of a word that judges review dates."""
    today = datetime.now(timezone.utc).date()
    parser.add_argument(
        "--today", type=date.fromisoformat, default=today, metavar="DATE", help="judge review dates as of this day"
    )


def concerning(problems: Iterable[Problem], brand: str | None) -> list[Problem]:
    """Those of one brand and of the baseline that it stands on; all where no brand was asked for."""
    return [one for one in problems if brand is None or one.path.split("/")[0] in (brand, BASELINE)]


def verdict(problems: Iterable[Problem]) -> screen.Exit:
    """Whether something has to be mended; advice may stand."""
    return screen.Exit.BAD if any(one.severity is not Severity.ADVICE for one in problems) else screen.Exit.OK


def listed(**found: object) -> str:
    """One JSON object."""
    return json.dumps(found)


def show_problems(problems: Iterable[Problem]) -> None:
    """Every problem with its place, the line, a caret and the remedy; nothing from a file can steer the terminal."""
    out = screen.console()
    for problem in problems:
        level = problem.severity.name.lower()
        out.print(f"{screen.safe(problem.path)}:{problem.line}:{problem.column}: ", end="", style="bold", soft_wrap=True)
        out.print(f"{level} {problem.id}".rstrip(), style=_STYLE[problem.severity], end=" ", soft_wrap=True)
        out.print(screen.safe(problem.says), soft_wrap=True)
        if problem.shown:
            out.print(f"    {screen.safe(problem.shown)}", style="dim", soft_wrap=True)
            out.print(f"    {' ' * (len(screen.safe(problem.shown[: problem.column - 1])))}^", soft_wrap=True)
        out.print(f"    {screen.safe(problem.remedy)}", soft_wrap=True)


def problems_json(problems: Iterable[Problem]) -> str:
    """One JSON list with an object for each problem."""
    return json.dumps(
        [
            {
                "path": one.path,
                "line": one.line,
                "column": one.column,
                "id": one.id,
                "severity": one.severity.name.lower(),
                "says": one.says,
                "remedy": one.remedy,
                "fix": one.fix,
            }
            for one in problems
        ],
        indent=1,
    )
