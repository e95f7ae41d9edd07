"""How the words that ship a policy show what they found: a difference, what was proposed, what was refused."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from chalicelib.cli import screen
from chalicelib.cli.publisher import SHOWN
from chalicelib.policy.diff.change import Direction
from chalicelib.policy.diff.diff import Diff
from chalicelib.steps.approve import REASONS, Refused
from chalicelib.steps.done import Done

STYLE = {Direction.EQUIVALENT: "green", Direction.TIGHTENS: "green", Direction.LOOSENS: "bold red", Direction.MIXED: "bold red"}
MEANING = {
    Direction.EQUIVALENT: "no mention ends otherwise",
    Direction.TIGHTENS: "nothing that went to a person is acknowledged: one person may ship it",
    Direction.LOOSENS: "something that went to a person may be acknowledged: a replay and a second person",
    Direction.MIXED: "it points both ways, or nobody can prove that it does not: a replay and a second person",
}


def show_diff(out: Console, found: Diff, old: str, new: str) -> None:
    """The direction in one word, what it means, and every change with its place."""
    out.print(Text(f"{screen.safe(old)} → {screen.safe(new)}"))
    out.print(Text(found.direction.name, style=STYLE[found.direction]), Text(f"  {MEANING[found.direction]}"))
    if found.changes:
        made = screen.table("where", "points", "what changed")
        for change in found.changes:
            points = Text(change.direction.value, style=STYLE[change.direction])
            made.add_row(Text(screen.safe(change.place)), points, Text(screen.safe(change.says)))
        out.print(made)
    if found.engines:
        shown = ", ".join(screen.safe(engine)[: SHOWN + 7] for engine in found.engines)
        out.print(Text(f"new engine {shown}: code is replayed, not proven; a second person if anything turns to acknowledge"))


def diff_json(found: Diff) -> dict[str, object]:
    """The difference for machines."""
    return {
        "direction": found.direction.name,
        "alone": found.direction.alone and not found.engines,
        "engines": list(found.engines),
        "changes": [{"place": one.place, "direction": one.direction.name, "says": one.says} for one in found.changes],
    }


def settled(done: Done | Refused) -> Done:
    """What was done; raises Complaint with the reason where nothing was."""
    if isinstance(done, Refused):
        raise screen.Complaint(REASONS[done.reason])
    return done
