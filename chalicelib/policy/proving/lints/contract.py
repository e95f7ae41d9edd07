"""What an area of lint offers: ``LINTS``, each with an id for ever, a page, and a check that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.domain.problem import Problem, Severity
from chalicelib.policy.files.loader import Pack
from chalicelib.policy.files.tests_file import Case
from chalicelib.policy.rules.node import Place
from chalicelib.policy.rules.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is linted: the files as written, what they say, the tests, and the day on which review dates are judged."""

    files: Mapping[str, str]
    pack: Pack
    cases: Sequence[Case]
    today: date

    def rules(self) -> Iterator[tuple[str, Rule]]:
        """(folder, rule) of every rule."""
        return ((owner, rule) for owner, rules in sorted(self.pack.rules.items()) for rule in rules)

    def seen_by(self, owner: str) -> tuple[tuple[str, Rule], ...]:
        """(folder, rule) of every rule that holds where the rules of ``owner`` hold."""
        return tuple((folder, rule) for folder, rule in self.rules() if folder in ("baseline", owner))


Found = tuple[Place, str, str]
"""Where it is, what is wrong, what to do."""

Fixed = tuple[Place, str, str, str]
"""As ``Found``, and what the line becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """One rule of lint. ``avoid`` and ``prefer`` are lines of a policy; ``why`` says what goes wrong otherwise.

    ``check`` is None where whoever reads or runs the files finds it. ``fixes``: a machine may mend it (``lint --fix``).
    """

    id: str
    title: str
    avoid: str
    prefer: str
    why: str
    severity: Severity = Severity.ERROR
    fixes: bool = False
    check: Callable[[Subject], Iterable[Found | Fixed]] | None = None

    def problems(self, subject: Subject) -> Iterator[Problem]:
        """Everything that this rule finds."""
        for place, says, remedy, *fix in self.check(subject) if self.check else ():
            problem = place.problem(says, remedy, self.id)
            yield replace(problem, severity=self.severity, fix=fix[0] if fix else None)
