"""Problems as SARIF 2.1.0 (OASIS), which code scanning of the usual forges reads."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from chalicelib.domain.problem import Problem, Severity
from chalicelib.policy.lint import LINTS
from chalicelib.policy.lints.contract import Lint

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "note"}


def sarif(problems: Iterable[Problem]) -> str:
    """One run of one tool, with a rule for every id, and a result for each problem."""
    rules = list(LINTS)
    driver = {"name": "ackguard", "semanticVersion": "1.0.0", "rules": [_rule(one) for one in LINTS.values()]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules) for problem in problems],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _rule(one: Lint) -> dict[str, Any]:
    return {
        "id": one.id,
        "shortDescription": {"text": one.title},
        "fullDescription": {"text": one.why},
        "help": {"text": f"Avoid: {one.avoid}\nPrefer: {one.prefer}"},
        "defaultConfiguration": {"level": _LEVEL[one.severity]},
    }


def _result(problem: Problem, rules: list[str]) -> dict[str, Any]:
    at = {"uri": problem.path, "uriBaseId": "POLICIES"}
    region = {"startLine": problem.line, "startColumn": problem.column}
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
