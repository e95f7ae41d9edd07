"""What a check may be asked in YAML: names, yes or no, numbers with their unit. Each reader gives a value or a problem."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Union

from chalicelib.domain.codec import Json
from chalicelib.domain.problem import Problem, did_you_mean
from chalicelib.policy.rules.node import Map, Node, Sequence, Text

Parsed = Union[Json, Problem]

NEEDED = {"why": "GP203", "owner": "GP206", "limit": "GP503", "review_by": "GP504"}
"""Keys whose absence has a page of its own."""

_MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60, "month": 30 * 24 * 60, "year": 365 * 24 * 60}


def names(node: Node, known: Iterable[str], what: str) -> Parsed:
    """One name or a list of them, all of them known."""
    parts = node.parts if isinstance(node, Sequence) else (node,)
    if not parts:
        return node.place.problem(f"an empty list of {what}s", f"name a {what}, or remove the check")
    allowed = frozenset(known)
    found: list[str] = []
    for part in parts:
        if not isinstance(part, Text):
            return part.place.problem(f"a {what} is a name", "write [one, two]")
        if part.value not in allowed:
            return part.place.problem(f'unknown {what} "{part.value}"', did_you_mean(part.value, allowed), "GP201")
        if part.value in found:
            return part.place.problem(f'"{part.value}" is named twice', "keep one")
        found.append(part.value)
    return list[Json](found)


def yes_or_no(node: Node) -> Parsed:
    """``yes`` or ``no``; ``true`` and ``false`` are understood."""
    if isinstance(node, Text) and node.value in ("yes", "true", "no", "false"):
        return node.value in ("yes", "true")
    return node.place.problem("yes or no was expected", "write yes or no")


def yes(node: Node) -> Parsed:
    """``yes``: for a check whose opposite has no use."""
    if isinstance(node, Text) and node.value in ("yes", "true"):
        return True
    return node.place.problem("only yes makes sense here", "write yes, or remove the check")


def number(node: Node, unit: str = "", least: int = 0, most: int = 1_000_000_000) -> Parsed:
    """A whole number from ``least`` to ``most``; the unit may stand behind it."""
    written = node.value.replace(",", "").replace("_", "") if isinstance(node, Text) else ""
    found = re.fullmatch(r"(\d{1,12})\s*(%|[a-z]*)", written)
    if not found or found.group(2) not in {"", unit, unit.rstrip("s")}:
        return node.place.problem("a whole number was expected", f"write for example {max(least, 3)} {unit}".rstrip())
    if not least <= int(found.group(1)) <= most:
        return node.place.problem(f"outside {least} to {most:,}", "choose a number in between")
    return int(found.group(1))


def percent(node: Node, least: int, most: int) -> Parsed:
    """A share with its unit (``50%``): nobody may take 50 for fifty of something else, nor 0.5 for a half."""
    found = re.fullmatch(r"(\d{1,3})\s*(?:%|percent)", node.value) if isinstance(node, Text) else None
    if not found:
        return node.place.problem("a share was expected", "write for example 50%")
    if not least <= int(found.group(1)) <= most:
        return node.place.problem(f"outside {least}% to {most}%", "choose a share in between")
    return int(found.group(1))


def minutes(node: Node) -> Parsed:
    """A time span with its unit (``30 days``), in minutes; a month is 30 days, a year 365."""
    found = re.fullmatch(r"(\d{1,6})\s+([a-z]+?)s?", node.value) if isinstance(node, Text) else None
    if not found or found.group(2) not in _MINUTES or int(found.group(1)) < 1:
        return node.place.problem(
            "a time span was expected", "write for example 30 days (minutes, hours, days, weeks, months, years)"
        )
    return int(found.group(1)) * _MINUTES[found.group(2)]


def text(node: Node, what: str) -> str | Problem:
    """A text with something in it."""
    if isinstance(node, Text) and node.value.strip():
        return node.value.strip()
    return node.place.problem(f"{what} is a text", f"write {what}: ...")


def keys(node: Map, known: Mapping[str, str], must: Iterable[str], what: str) -> list[Problem]:
    """Problems with the keys of a map. ``known`` maps every key to a sample value for the remedy."""
    problems = [
        name.place.problem(f'unknown key "{name.value}" in {what}', did_you_mean(name.value, known), "GP103")
        for name, _ in node.parts
        if name.value not in known
    ]
    return problems + [
        node.place.problem(f'{what} needs "{key}"', f"add {key}: {known[key]}", NEEDED.get(key, "GP202"))
        for key in must
        if node.get(key) is None
    ]
