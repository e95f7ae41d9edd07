"""Problems as SARIF 2.1.0 (OASIS), which code scanning of the usual forges reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from chalicelib.domain.problem import Problem, Severity
from chalicelib.policy.proving.lint import LINTS
from chalicelib.policy.proving.lints.contract import Lint

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MORE = "ackguard policy lint --explain"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def sarif(problems: Iterable[Problem], folder: Path) -> str:
    """One run of one tool, with a rule for every id, and a result for each problem in ``folder``.

    Files are named from where the command runs, the checkout that a forge shows them in; elsewhere by their full address.
    """
    rules, whole = list(LINTS), folder.resolve()
    here = whole.is_relative_to(Path.cwd())
    home = quote(whole.relative_to(Path.cwd()).as_posix()) if here else whole.as_uri()
    driver = {"name": "ackguard", "semanticVersion": "1.0.0", "rules": [_rule(one) for one in LINTS.values()]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules, home) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(one: Lint) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": "".join(word.capitalize() for word in re.findall(r"[A-Za-z]+", one.title)),
        "shortDescription": {"text": one.title},
        "fullDescription": {"text": one.why},
        "help": {
            "text": f"Avoid: {one.avoid}\nPrefer: {one.prefer}",
            "markdown": f"{one.why}\n\n```\navoid:  {one.avoid}\nprefer: {one.prefer}\n```\n\nMore: {_MORE} {one.id}",
        },
        "defaultConfiguration": {"level": _LEVEL[one.severity]},
    }


def _result(problem: Problem, rules: list[str], home: str) -> dict[str, Any]:
    at = {"uri": f"{home}/{quote(problem.path)}"}
    region: dict[str, Any] = {"startLine": problem.line, "startColumn": problem.column}
    if problem.shown:
        region["snippet"] = {"text": problem.shown}
    result: dict[str, Any] = {
        "ruleId": problem.id,
        "level": _LEVEL[problem.severity],
        "message": {"text": f"{problem.says}. {problem.remedy}"},
        "locations": [{"physicalLocation": {"artifactLocation": at, "region": region}}],
    }
    if problem.id in rules:
        result["ruleIndex"] = rules.index(problem.id)
    if problem.fix is not None:
        result["fixes"] = [{"description": {"text": problem.remedy}, "artifactChanges": [_change(problem, at)]}]
    return result


def _change(problem: Problem, at: dict[str, str]) -> dict[str, Any]:
    """The whole line replaced; a line that goes away takes its end with it."""
    whole = {"startLine": problem.line, "startColumn": 1, "endLine": problem.line + 1, "endColumn": 1}
    text = f"{problem.fix}\n" if problem.fix else ""
    return {"artifactLocation": at, "replacements": [{"deletedRegion": whole, "insertedContent": {"text": text}}]}
