"""What changed in a brand's rules: which may fire more often or less, proven alternative by alternative."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chalicelib.policy.diff.change import Change, Direction, both_ways, joined, named
from chalicelib.policy.diff.reach import Alternative, narrower
from chalicelib.policy.diff.side import BrandForm, RuleForm
from chalicelib.policy.rules.rule import DEFAULT_PRIORITY

_COMPARED = frozenset(
    {"id", "outcome", "why", "alternatives", "department", "priority", "skip", "silence", "per_hour", "review_by"}
)


def compare_rules(brand: str, old: BrandForm, new: BrandForm) -> Iterator[Change]:
    """Every difference between the rules of one brand, the baseline's included."""
    for name in sorted(old.rules.keys() | new.rules.keys()):
        one, other = old.rules.get(name), new.rules.get(name)
        pair = one or other
        assert pair is not None
        place = f"{'baseline' if pair.owner == 'baseline' else brand}/{name}"
        if one is not None and other is not None and one.acknowledges is not other.acknowledges:
            yield Change(place, Direction.MIXED, "it is in the other section now")
        elif pair.acknowledges:
            yield from _acknowledging(place, one, other, new)
        else:
            yield from _human(place, one, other, old, new)


def _human(place: str, one: RuleForm | None, other: RuleForm | None, old: BrandForm, new: BrandForm) -> Iterator[Change]:
    """A rule for people. What it no longer catches loosens, unless another rule for people catches all of it."""
    lost = [] if one is None else [part for part in one.alternatives if not _caught(one, part, other, new)]
    won = [] if other is None else [part for part in other.alternatives if not _caught(other, part, one, old)]
    direction = both_ways(bool(lost), bool(won))
    if one is None or other is None:
        kept = "" if direction is not Direction.EQUIVALENT else "; other rules for people catch all of it"
        yield Change(place, direction, ("a new rule for people" if one is None else "the rule for people is gone") + kept)
        return
    says = list(_differences(one, other, old, new))
    if one.alternatives != other.alternatives or one.written["skip"] != other.written["skip"]:
        tail = {Direction.TIGHTENS: "more goes to people", Direction.LOOSENS: "less goes to people"}
        says.append(tail.get(direction, "some goes to people that did not, and some does not that did"))
        says = says if direction is not Direction.EQUIVALENT else [*says[:-1], "written otherwise, the same mentions"]
    aside = list(_beside(one, other, acknowledges=False))
    if says or aside:
        yield Change(place, joined([direction, *(way for way, _ in aside)]), "; ".join([*says, *(told for _, told in aside)]))


def _caught(rule: RuleForm, part: Alternative, same: RuleForm | None, among: BrandForm) -> bool:
    """Whether some rule for people among ``among`` fires wherever ``part`` of ``rule`` does, and silences as much."""
    silence, skip = rule.written["silence"], rule.written["skip"]
    candidates = [same] if same is not None and not same.acknowledges else []
    for candidate in (*candidates, *(one for one in among.of(acknowledges=False) if one is not same)):
        fits = silence is None or candidate.written["silence"] == silence
        if fits and (skip or not candidate.written["skip"]) and _known(candidate) and _within(part, candidate.alternatives):
            return True
    return False


def _known(rule: RuleForm) -> bool:
    """Whether the rule has no field that this comparison does not understand."""
    return rule.written.keys() <= _COMPARED


def _within(part: Alternative, others: Sequence[Alternative]) -> bool:
    return any(part == other for other in others) or any(narrower(part, other) for other in others)


def _acknowledging(place: str, one: RuleForm | None, other: RuleForm | None, new: BrandForm) -> Iterator[Change]:
    """An acknowledge rule. A narrower one may hand a mention on to a rule behind it that still has a limit to spend."""
    if one is None:
        yield Change(place, Direction.MIXED, "a new rule that acknowledges")
        return
    behind = [rule.id for rule in new.of(acknowledges=True) if rule.id > one.id]
    handed = f"; what it no longer takes may be taken by {', '.join(behind)}" if behind else ""
    if other is None:
        yield Change(place, Direction.MIXED if behind else Direction.TIGHTENS, f"it acknowledges no more{handed}")
        return
    more = any(not _within(part, one.alternatives) for part in other.alternatives)
    less = any(not _within(part, other.alternatives) for part in one.alternatives)
    directions = [both_ways(more, less)]
    says = []
    if more or less:
        told = "it takes more" if more and not less else "it takes less" if less and not more else "it takes others"
        says = [told]
    was, now = str(one.written["review_by"]), str(other.written["review_by"])
    if was != now:
        directions.append(both_ways(now > was, now < was))
        says.append(f"to be reviewed by {now} instead of {was}")
        less = less or now < was
    if less and behind:
        directions.append(Direction.MIXED)
        says.append(handed.removeprefix("; "))
    aside = list(_beside(one, other, acknowledges=True))
    changed = [*says, *(told for _, told in aside)]
    if changed:
        yield Change(place, joined([*directions, *(way for way, _ in aside)]), "; ".join(changed))


def _beside(one: RuleForm, other: RuleForm, acknowledges: bool) -> Iterator[tuple[Direction, str]]:
    """What differs beside the checks: where the case goes, how urgent it is, how often it may speak, and the words."""
    old, new = one.written, other.written
    for field in sorted((old.keys() | new.keys()) - _COMPARED):
        if old.get(field) != new.get(field):
            yield Direction.MIXED, f"{field} changed, and nobody can prove which way it points"
    if old["why"] != new["why"]:
        yield Direction.EQUIVALENT, "its why is worded otherwise"
    if old["department"] != new["department"]:
        yield Direction.MIXED, f"its department is {new['department']} instead of {old['department']}"
    if old["priority"] != new["priority"]:
        was, now = (DEFAULT_PRIORITY if one["priority"] is None else one["priority"] for one in (old, new))
        yield both_ways(now > was, stricter=False), f"its priority is P{now} instead of P{was}"
    if old["silence"] != new["silence"] and not acknowledges:
        yield both_ways(old["silence"] is not None, new["silence"] is not None), _silence(old["silence"], new["silence"])
    if old["per_hour"] != new["per_hour"]:
        was, now = old["per_hour"], new["per_hour"]
        yield both_ways(now > was, now < was), f"at most {now} an hour instead of {was}"


def _silence(old: Any, new: Any) -> str:
    return (
        f"it silences the {new}" if new and not old else f"it no longer silences the {old}" + (f", but the {new}" if new else "")
    )


def _differences(one: RuleForm, other: RuleForm, old: BrandForm, new: BrandForm) -> Iterator[str]:
    """What is written otherwise in the checks of two rules of one name."""
    for known in sorted(_lists(one) | _lists(other)):
        had, has = old.phrases.get(f"list {known}", frozenset()), new.phrases.get(f"list {known}", frozenset())
        if more := has - had:
            yield f"list {known}: also {named(more)}"
        if less := had - has:
            yield f"list {known}: no longer {named(less)}"
    was, now = _checks(one), _checks(other)
    if gone := was - now:
        yield f"no longer asks {named(gone)}"
    if came := now - was:
        yield f"now asks {named(came)}"


def _lists(rule: RuleForm) -> set[str]:
    return {
        known
        for checks in rule.written["alternatives"]
        for _, argument in checks
        if isinstance(argument, list)
        for known in argument
        if isinstance(known, str)
    }


def _checks(rule: RuleForm) -> set[str]:
    return {f"{name}: {_argument(argument)}" for checks in rule.written["alternatives"] for name, argument in checks}


def _argument(argument: Any) -> str:
    return ", ".join(map(str, argument)) if isinstance(argument, Iterable) and not isinstance(argument, str) else str(argument)
