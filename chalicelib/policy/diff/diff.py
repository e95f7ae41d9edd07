"""Compare two bundles: EQUIVALENT, TIGHTENS, LOOSENS or MIXED, proven on the normal form and never optimistic (DESIGN §5).

What no comparison here knows — a new field of a rule, of a brand or of the bundle — is MIXED as soon as it differs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.policy.diff.brand import compare_brand
from chalicelib.policy.diff.change import Change, Direction, both_ways, joined, named
from chalicelib.policy.diff.rules import compare_rules
from chalicelib.policy.diff.side import Side, side_of

_COMPARED = frozenset({"format", "engines", "brands", "rules", "index", "voices"})


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed from one bundle to another. ``engines`` are those that only the new one names.

    ``direction`` is that of the policy; a new engine stands beside it, because a replay and not a proof speaks for code.
    """

    direction: Direction
    changes: tuple[Change, ...]
    engines: tuple[str, ...]


def diff(old: bytes, new: bytes) -> Diff:
    """The difference between two bundle documents; raises ValueError where one is no bundle."""
    before, after = side_of(old), side_of(new)
    changes = [*_bundle(before, after), *_brands(before, after)]
    engines = tuple(sorted(after.engines - before.engines))
    return Diff(joined(change.direction for change in changes), tuple(dict.fromkeys(changes)), engines)


def _bundle(old: Side, new: Side) -> Iterator[Change]:
    for key in sorted((old.written.keys() | new.written.keys()) - _COMPARED):
        if old.written.get(key) != new.written.get(key):
            yield Change(f"bundle/{key}", Direction.MIXED, f"{key} changed, and nobody can prove which way it points")
    if gone := old.engines - new.engines:
        direction = Direction.EQUIVALENT if new.engines - old.engines else Direction.TIGHTENS
        yield Change("bundle/engines", direction, f"no longer for the engine {', '.join(sorted(gone))}")
    voices, others = old.written["voices"], new.written["voices"]
    for name in sorted(voices.keys() | others.keys()):
        if voices.get(name) != others.get(name):
            did = "new" if name not in voices else "gone" if name not in others else "changed"
            yield Change(
                f"bundle/voice {name}", Direction.MIXED, f"the voice {name} is {did}: other words will be said in public"
            )


def _brands(old: Side, new: Side) -> Iterator[Change]:
    for name in sorted(old.brands.keys() | new.brands.keys()):
        if name not in old.brands:
            yield Change(f"{name}/brand", Direction.MIXED, "a new brand: its accounts may be answered for the first time")
        elif name not in new.brands:
            yield Change(f"{name}/brand", Direction.MIXED, "the brand is gone: its accounts are no longer ours to anybody")
        else:
            one, other = old.brands[name], new.brands[name]
            yield from compare_brand(name, one.written, other.written)
            for topic in sorted(one.names.topics.keys() & other.names.topics.keys()):
                less = one.phrases[f"topic {topic}"] - other.phrases[f"topic {topic}"]
                more = other.phrases[f"topic {topic}"] - one.phrases[f"topic {topic}"]
                if one.names.topics[topic] != other.names.topics[topic]:
                    # A pause of the topic holds whatever is recognised as it: what no longer is slips out of the pause.
                    gone = f"; no longer {named(less)}, so a pause of the topic no longer holds those" if less else ""
                    told = (f"now also recognised by {named(more)}" if more else "recognised by less") + gone
                    wider = bool(other.names.topics[topic] - one.names.topics[topic])
                    narrower = bool(one.names.topics[topic] - other.names.topics[topic])
                    direction = Direction.MIXED if narrower else both_ways(wider, stricter=False)
                    yield Change(f"{name}/topic {topic}", direction, told)
            yield from compare_rules(name, one, other)
