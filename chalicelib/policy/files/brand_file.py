"""``<brand>/brand.yaml``: who the brand is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from chalicelib.domain.account import Account, Brand, Shift
from chalicelib.domain.problem import Problem
from chalicelib.policy.phrases.phrase import PhraseError, expand
from chalicelib.policy.rules import arguments
from chalicelib.policy.rules.node import Map, Node, Sequence, Text

T = TypeVar("T")

SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+([0-2]\d):([0-5]\d)-([0-2]\d):([0-5]\d)")
KEYS = {
    "id": "telline",
    "name": "TelLine",
    "zone": "Europe/London",
    "zone_name": "UK",
    "hours": "mon-fri 08:00-22:00",
    "holidays": "[2026-12-25]",
    "muted": "[2026-11-09]",
    "languages": "[en]",
    "industries": "[telecom]",
    "accounts": '[{platform: x, id: "1003", handle: TelLine}]',
    "voice": "plain",
    "own_names": "[TelLine]",
    "teams": "{care: care team}",
    "surge_over": "8",
    "surge_departments": "[incidents, press]",
    "sla": "{P0: 15, P1: 60, P2: 240, P3: 480, P4: 1440}",
}
OPTIONAL = frozenset({"holidays", "muted", "surge_over", "surge_departments"})


def read_brand(node: Node, folder: str, industries: Mapping[str, object]) -> tuple[Brand | None, tuple[Problem, ...]]:
    """The brand, or what is wrong. ``industries`` are the topic packs that there are."""
    if not isinstance(node, Map):
        return None, (node.place.problem("a brand is a map", "write  id: ...  name: ..."),)
    reader = _Reader(node, arguments.keys(node, KEYS, sorted(set(KEYS) - OPTIONAL), "a brand"))
    known = frozenset(industries)
    fields = {
        "id": reader.one("id", ""),
        "name": reader.one("name", ""),
        "zone": reader.one("zone", "UTC"),
        "zone_name": reader.one("zone_name", ""),
        "voice": reader.one("voice", ""),
        "languages": reader.many("languages", reader.slug),
        "industries": reader.many("industries", lambda part: reader.named(part, known, "industry")),
        "own_names": reader.many("own_names", reader.own_name),
    }
    if fields["id"] and fields["id"] != folder:
        reader.wrong("id", f'the folder is called "{folder}"', "give both the same name")
    reader.zone(str(fields["zone"]))
    brand = Brand(
        **fields,  # type: ignore[arg-type]
        hours=reader.hours(),
        holidays=frozenset(reader.many("holidays", reader.day)),
        muted=frozenset(reader.many("muted", reader.day)),
        accounts=tuple(account for account in reader.many("accounts", reader.account) if account),
        teams=reader.teams(),
        sla_minutes=reader.sla(),
        **reader.surge(),
    )
    return (None if reader.problems else brand), tuple(reader.problems)


class _Reader:
    """Reads the keys of one map and notes every problem."""

    def __init__(self, node: Map, problems: list[Problem]) -> None:
        self.node, self.problems = node, problems

    def wrong(self, key: str, says: str, remedy: str) -> None:
        place = next((name.place for name, _ in self.node.parts if name.value == key), self.node.place)
        self.problems.append(place.problem(says, remedy))

    def one(self, key: str, default: str) -> str:
        value = self.node.get(key)
        return default if value is None else self.plain(value) or default

    def many(self, key: str, read: Callable[[Node], T]) -> tuple[T, ...]:
        value = self.node.get(key)
        if value is None:
            return ()
        if not isinstance(value, Sequence):
            self.problems.append(value.place.problem(f"{key} is a list", f"write {key}: {KEYS[key]}"))
            return ()
        return tuple(read(part) for part in value.parts)

    def plain(self, node: Node) -> str:
        found = arguments.text(node, "a text")
        if isinstance(found, Problem):
            self.problems.append(found)
            return ""
        return found

    def slug(self, node: Node) -> str:
        found = self.plain(node)
        if found and not SLUG.fullmatch(found):
            self.problems.append(node.place.problem(f'"{found}" is not a plain name', "small letters, digits and - only"))
        return found

    def named(self, node: Node, known: frozenset[str], what: str) -> str:
        found = arguments.names(node, known, what)
        if isinstance(found, Problem):
            self.problems.append(found)
        return node.value if isinstance(node, Text) else ""

    def own_name(self, node: Node) -> str:
        name = self.plain(node)
        try:
            expand(name)
        except PhraseError as error:
            self.problems.append(node.place.problem(error.says, error.remedy))
        return name

    def day(self, node: Node) -> date:
        try:
            return date.fromisoformat(self.plain(node))
        except ValueError:
            self.problems.append(node.place.problem("a date was expected", "write for example 2026-12-25"))
            return date.min

    def zone(self, name: str) -> None:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            self.wrong("zone", f'no time zone "{name}"', "write for example Europe/London (the IANA name)")

    def hours(self) -> tuple[Shift, ...]:
        node = self.node.get("hours")
        parts: tuple[Node, ...] = node.parts if isinstance(node, Sequence) else (node,) if node else ()
        lines = [(part, line) for part in parts for line in self.plain(part).splitlines()]
        return tuple(shift for part, line in lines for shift in self._shifts(part, line.strip()))

    def _shifts(self, part: Node, line: str) -> tuple[Shift, ...]:
        if line == "24x7":
            return tuple(Shift(weekday=day, opens=0, closes=1440) for day in range(7))
        found = _HOURS.fullmatch(line)
        if not found or found.group(1) not in _DAYS or (found.group(2) or "mon") not in _DAYS:
            self.problems.append(part.place.problem(f'"{line}" is not a line of hours', "write mon-fri 08:00-22:00, or 24x7"))
            return ()
        first, last = _DAYS.index(found.group(1)), _DAYS.index(found.group(2) or found.group(1))
        opens, closes = (int(found.group(place)) * 60 + int(found.group(place + 1)) for place in (3, 5))
        if max(opens, closes) > 1440:
            self.problems.append(part.place.problem("a day ends at 24:00", "write mon-fri 08:00-24:00"))
        closes += 1440 if closes <= opens else 0
        return tuple(Shift(weekday=(first + step) % 7, opens=opens, closes=closes) for step in range((last - first) % 7 + 1))

    def account(self, node: Node) -> Account | None:
        sample = {"platform": "x", "id": '"1003"', "handle": "TelLine"}
        if not isinstance(node, Map):
            self.problems.append(node.place.problem("an account is a map", f"write {KEYS['accounts']}"))
            return None
        wrong = arguments.keys(node, {**sample, "attested": '"the permission, and where it is written"'}, sample, "an account")
        self.problems += wrong
        if wrong:
            return None
        return Account(**{key: self.plain(value) for key, value in ((name.value, value) for name, value in node.parts)})

    def teams(self) -> Mapping[str, str]:
        node = self.node.get("teams")
        if node is None or not isinstance(node, Map):
            self.wrong("teams", "teams maps a department to its public name", f"write teams: {KEYS['teams']}")
            return {}
        return {self.slug(name): self.plain(value) for name, value in node.parts}

    def surge(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if (over := self.node.get("surge_over")) is not None:
            number = arguments.number(over, "", 2, 10_000)
            if isinstance(number, Problem):
                self.problems.append(number)
            found["surge_over"] = number
        if departments := self.many("surge_departments", self.slug):
            found["surge_departments"] = departments
        return found

    def sla(self) -> tuple[int, ...]:
        node, sample = self.node.get("sla"), {f"P{number}": "60" for number in range(5)}
        if not isinstance(node, Map):
            self.wrong("sla", "sla gives minutes by priority", f"write sla: {KEYS['sla']}")
            return ()
        self.problems += arguments.keys(node, sample, sample, "sla")
        found = [arguments.number(node.get(key) or node, "minutes", 1) for key in sample]
        self.problems += [value for value in found if isinstance(value, Problem)]
        return tuple(value for value in found if isinstance(value, int))
