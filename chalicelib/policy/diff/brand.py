"""What changed in a brand's own document: accounts, dates, thresholds, and everything that changes what is said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.domain.account import NEEDS_ATTESTATION
from chalicelib.policy.diff.change import Change, Direction, both_ways, joined, named

Written = Mapping[str, Any]

_ELSEWHERE = frozenset({"accounts", "muted", "surge_over", "industries", "is"})
"""Fields with a comparison of their own; industries only choose topics, and those are compared one by one."""

_WHY = {
    "hours": "the opening hours changed: what is promised, and when, changes with them",
    "holidays": "the holidays changed: what is promised, and when, changes with them",
    "teams": "the names of teams changed: other words will be said in public",
    "voice": "another voice: other words will be said in public",
    "own_names": "the brand's own names changed: what lies within them is not found by any list",
    "languages": "the languages changed: other words will be said in public",
}


def compare_brand(name: str, old: Written, new: Written) -> Iterator[Change]:
    """Every difference between two documents of one brand but those of its rules and phrases."""
    one, other = old["brand"], new["brand"]
    for field in sorted((one.keys() | other.keys()) - _ELSEWHERE):
        if one.get(field) != other.get(field):
            says = _WHY.get(field, f"{field} changed, and nobody can prove which way it points")
            yield Change(f"{name}/{field}", Direction.MIXED, says)
    for key in sorted((old.keys() | new.keys()) - {"brand", "lists", "topics"}):
        if old.get(key) != new.get(key):
            yield Change(f"{name}/{key}", Direction.MIXED, f"{key} changed, and nobody can prove which way it points")
    yield from _accounts(name, one["accounts"], other["accounts"])
    yield from _muted(name, frozenset(one["muted"]), frozenset(other["muted"]))
    if one.get("surge_over") != other.get("surge_over"):
        was, now = one["surge_over"], other["surge_over"]
        says = f"a surge begins over {now} people instead of {was}"
        yield Change(f"{name}/surge_over", both_ways(now > was, now < was), says)
    yield from _topics(name, old["topics"], new["topics"])


def _accounts(name: str, old: list[Written], new: list[Written]) -> Iterator[Change]:
    before, after = ({(one["platform"], one["id"]): one for one in accounts} for accounts in (old, new))
    for place in sorted(before.keys() | after.keys()):
        one, other = before.get(place), after.get(place)
        where = f"{name}/account {place[0]} {place[1]}"
        if one is None:
            yield Change(where, Direction.MIXED, "a new account: it may be answered for the first time")
        elif other is None:
            yield Change(where, Direction.MIXED, "the account is gone: it is no longer ours to anybody")
        elif one != other:
            yield _account(where, place[0], one, other)


def _account(where: str, platform: str, old: Written, new: Written) -> Change:
    directions, says = [], []
    had, has = bool(old.get("attested")), bool(new.get("attested"))
    if old.get("attested") != new.get("attested"):
        counts = platform in NEEDS_ATTESTATION
        directions.append(both_ways(counts and has and not had, counts and had and not has))
        says.append("the attested permission " + ("is new" if not had else "is gone" if not has else "is worded otherwise"))
    if {key: value for key, value in old.items() if key != "attested"} != {k: v for k, v in new.items() if k != "attested"}:
        directions.append(Direction.MIXED)
        says.append(f"it was {old.get('handle')} and is {new.get('handle')}")
    return Change(where, joined(directions), "; ".join(says))


def _muted(name: str, old: frozenset[str], new: frozenset[str]) -> Iterator[Change]:
    if more := new - old:
        yield Change(f"{name}/muted", Direction.TIGHTENS, f"nothing is acknowledged on {named(more)}")
    if less := old - new:
        yield Change(f"{name}/muted", Direction.LOOSENS, f"no longer silent on {named(less)}")


def _topics(name: str, old: Written, new: Written) -> Iterator[Change]:
    for topic in sorted(old.keys() | new.keys()):
        where = f"{name}/topic {topic}"
        if topic not in old:
            yield Change(where, Direction.LOOSENS, "a new topic that may be acknowledged")
        elif topic not in new:
            yield Change(where, Direction.MIXED, "the topic is gone; a pause of it no longer holds posts of several topics")
        elif old[topic]["department"] != new[topic]["department"]:
            yield Change(
                where, Direction.MIXED, f"its department is {new[topic]['department']}: other words will be said in public"
            )
