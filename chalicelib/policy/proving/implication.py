"""When one check follows from another, by what they ask and never by free text: two lists are taken for independent."""

from __future__ import annotations

from chalicelib.policy.rules.rule import Check, Rule

_SOME = frozenset({"text_has", "handle_has", "asks", "form_is", "history_has", "language_is", "topic"})
_NONE = frozenset({"text_lacks", "language_not"})


def implies(one: Check, other: Check) -> bool:
    """Whether ``other`` is true wherever ``one`` is true. False where that cannot be shown."""
    mine, theirs = one.argument, other.argument
    if one.name != other.name:
        return one.name == "language_is" and other.name == "language_not" and not _set(mine) & _set(theirs)
    if mine == theirs:
        return True
    if one.name in _SOME:
        return _set(mine) <= _set(theirs)
    if one.name in _NONE:
        return _set(mine) >= _set(theirs)
    if isinstance(mine, int) and isinstance(theirs, int):
        return mine >= theirs if "_over" in one.name else mine <= theirs if "_under" in one.name else False
    return False


def all_imply(checks: tuple[Check, ...], others: tuple[Check, ...]) -> bool:
    """Whether all of ``others`` are true wherever all of ``checks`` are."""
    return all(any(implies(one, other) for one in checks) for other in others)


def rule_implies(rule: Rule, other: Rule) -> bool:
    """Whether ``other`` holds wherever ``rule`` holds, on true and on unknown alike."""
    if other.skip and not rule.skip:
        return False
    return all(any(all_imply(checks, wider) for wider in other.alternatives) for checks in rule.alternatives)


def impossible(checks: tuple[Check, ...]) -> str | None:
    """Which two checks of one alternative can never both be true."""
    for place, one in enumerate(checks):
        for other in checks[place + 1 :]:
            if _contradict(one, other) or _contradict(other, one):
                return f"{one.name} and {other.name}"
    return None


def _contradict(one: Check, other: Check) -> bool:
    over, under = one.argument, other.argument
    if one.name.endswith("_over") and other.name == one.name.replace("_over", "_under"):
        return isinstance(over, int) and isinstance(under, int) and under <= over + 1
    if one.name == "text_has" and other.name == "text_lacks":
        return _set(over) <= _set(under)
    return one.name == "language_is" and other.name == "language_not" and _set(over) <= _set(under)


def _set(argument: object) -> frozenset[object]:
    return frozenset(argument) if isinstance(argument, list) else frozenset({argument})
