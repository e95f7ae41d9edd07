"""Everything that the lints find in a policy that can be read, without what its owners have accepted with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from chalicelib.domain.problem import Problem, Severity
from chalicelib.policy.files.loader import Pack
from chalicelib.policy.files.tests_file import Case
from chalicelib.policy.proving.lints.contract import Lint, Subject
from chalicelib.registry import members

_AREAS: Mapping[str, tuple[Lint, ...]] = members("chalicelib.policy.proving.lints", "LINTS")

LINTS: Mapping[str, Lint] = MappingProxyType(
    {one.id: one for one in sorted((one for area in _AREAS.values() for one in area), key=lambda one: one.id)}
)
"""Id → rule, in the order of the ids."""

_ACCEPTED = re.compile(r"(?:#|//)\s*accept (GP\d{3})( in this file)? because \S")


def lint(files: Mapping[str, str], pack: Pack, cases: Iterable[Case], today: date) -> tuple[Problem, ...]:
    """Every finding of every rule of lint, by place. ``today`` is the day on which review dates are judged."""
    subject = Subject(files=files, pack=pack, cases=tuple(cases), today=today)
    found = {problem for one in LINTS.values() for problem in one.problems(subject)}
    return tuple(sorted(without_accepted(files, found)))


def without_accepted(files: Mapping[str, str], problems: Iterable[Problem]) -> list[Problem]:
    """Without the warnings and advice that a note accepts: ``accept GP404 because ...`` on the line, above it, or for the file.

    An error cannot be accepted.
    """
    return [one for one in problems if one.severity is Severity.ERROR or not _accepted(files.get(one.path, ""), one)]


def _accepted(text: str, problem: Problem) -> bool:
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        for found in _ACCEPTED.finditer(line):
            near = number == problem.line or (number == problem.line - 1 and line.lstrip().startswith(("#", "//")))
            if found[1] == problem.id and (found[2] or near):
                return True
    return False


def pages() -> str:
    """Every page as one Markdown document: ``docs/policy-lint.md``."""
    head = (
        "# What the lint of a policy finds\n\n"
        "`ackguard policy lint --explain GP404` shows one of these. An error stops `check`; so does a warning, unless its\n"
        "owner accepts it in the file, with a reason: `# accept GP302 because ...` (in a list `// accept ...`), on the line or\n"
        "above it, or `accept GP302 in this file because ...`. Advice stops nothing. An error cannot be accepted.\n"
    )
    return head + "".join(map(_page, LINTS.values()))


def _page(one: Lint) -> str:
    level = one.severity.name.lower() + (", mended by `--fix`" if one.fixes else "")
    return f"\n## {one.id}\n\n{one.title} ({level}).\n\n- avoid: `{one.avoid}`\n- prefer: `{one.prefer}`\n\n{one.why}\n"


def explained(one: Lint) -> str:
    """The page of a rule: what to avoid, what to prefer, and why."""
    level = one.severity.name.lower() + ("; --fix mends it" if one.fixes else "")
    return f"{one.id}: {one.title} ({level})\n\navoid    {one.avoid}\nprefer   {one.prefer}\n\n{one.why}\n"
